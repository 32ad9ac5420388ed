"""The configuration of a car, whatever form it comes in, as sections of labels.

It is a tree of `paramtypeitems`, the JSON text of one, a flat object of labels, or only the name
of the trim, with the tree in `extra.configuration`.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from core.cars.normal.text import clean
from core.cars.normal.values import NOTHING, YES, Unreadable, read_text

FLAT = ""  # the section of labels that came without one

_LARGEST = 2**53  # beyond it JSON's readers disagree
_SHORT = 32  # letters of a value that comes again and again

Value = str | bool | int | float | None
Sections = dict[str, dict[str, Value]]


@dataclass(frozen=True, slots=True)
class Trim:
    """`-` is None and `●` True in `sections`; `name` is what a configuration of one word says."""

    sections: Sections = field(default_factory=dict)
    specid: str | None = None
    name: str | None = None

    def value(self, section: str, label: str) -> Value:
        """What stands at `label` of `section`, or of a flat object."""
        for labels in (self.sections.get(section), self.sections.get(FLAT)):
            if labels is not None and label in labels:
                return labels[label]
        return None


NO_TRIM = Trim()


def read_trim(data: dict[str, Any]) -> Trim:
    """The configuration in a listing's data. Raises Unreadable where it is of no known form."""
    extra = _object(data.get("extra"))
    own = data.get("specid") or extra.get("specid")
    name: str | None = None
    found: Any = None
    for candidate in (data.get("configuration"), extra.get("configuration")):
        value = _opened(candidate)
        if isinstance(value, str):
            name = name or value
        elif value:
            found = value
            break
    if found is None:
        return Trim(specid=read_text(own), name=name) if name or own else NO_TRIM
    if not isinstance(found, dict):
        raise Unreadable
    specid = read_text(found.get("specid") or own)
    if "paramtypeitems" in found:
        return Trim(_tree(found["paramtypeitems"], specid), specid, name)
    flat = {
        _label(label): _value(value)
        for label, value in found.items()
        if label != "specid" and not isinstance(value, dict | list)
    }
    return Trim({FLAT: flat} if flat else {}, specid, name)


def _object(value: Any) -> dict[str, Any]:
    try:
        opened = _opened(value)
    except Unreadable:
        return {}
    return opened if isinstance(opened, dict) else {}


def _opened(value: Any) -> Any:
    """JSON text as what it says, other text clean, everything else as it is."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.startswith(("{", "[")):
        try:
            return orjson.loads(text)
        except ValueError:
            raise Unreadable from None
    return read_text(text)


def _tree(types: Any, specid: str | None) -> Sections:
    sections: Sections = {}
    for kind in _list(types):
        if not isinstance(kind, dict):
            continue
        labels = sections.setdefault(_label(kind.get("name")), {})
        for item in _list(kind.get("paramitems")):
            if isinstance(item, dict) and (label := _label(item.get("name"))):
                given = _of_several(item, specid) if "valueitems" in item else item.get("value")
                labels.setdefault(label, _value(given))
    return {name: labels for name, labels in sections.items() if labels}


def _of_several(item: dict[str, Any], specid: str | None) -> Any:
    """Of the item's values that of the listing's own car, else the first."""
    values = _list(item["valueitems"])
    first = None
    for one in values:
        if not isinstance(one, dict):
            continue
        if specid is not None and str(one.get("specid")) == specid:
            return one.get("value")
        first = one if first is None else first
    return None if first is None else first.get("value")


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unreadable
    return value


def _label(name: Any) -> str:
    return _compared(name) if name.__class__ is str else ""


@lru_cache(10_000)  # the same few hundred in every tree
def _compared(label: str) -> str:
    """As labels are compared: clean, with ordinary brackets and no spaces."""
    return "".join(clean(label).replace("（", "(").replace("）", ")").split())


def _value(value: Any) -> Value:
    if value.__class__ is str:
        return _short_text(value) if len(value) <= _SHORT else _text(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if abs(value) < _LARGEST else str(value)
    return None


def _text(value: str) -> Value:
    text = clean(value)
    if text in NOTHING:
        return None
    return True if text == YES else text


_short_text = lru_cache(20_000)(_text)  # most stand in thousands of listings

"""The registry of number ranges as the Ministry of Digital Development publishes it.

Four files of CSV with semicolons: one for the codes from 3, from 4 and from 8, one for the mobile
ones from 9. Newer copies have the columns ИНН and Территория ГАР as well.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import UserError
from core.i18n import _
from core.tables.reading.list_file import open_list

_LATIN = str.maketrans("авсеорхё", "abceopxе")  # letters that look the same
_CODE = re.compile(r"[0-9]{3}")
_REST = re.compile(r"[0-9]{1,7}")
_REST_DIGITS = 7


class NotTheRegistry(UserError):
    """A file that holds no number ranges; nothing was changed."""


@dataclass(frozen=True, slots=True)
class RangeRow:
    """A row of the registry: the ten digits of its first and last number, and whose they are."""

    first: str
    last: str
    operator: str
    inn: str
    region: str


def read_registry(path: Path) -> Iterator[RangeRow | None]:
    """The rows of one file; None for a row that is no range.

    Raises NotTheRegistry where the columns are others, and ListUnreadable.
    """
    with open_list(path) as source:
        places: dict[str, int] | None = None
        for batch in source.batches():
            rows = batch
            if places is None:
                places = _columns(batch[0], path)
                rows = batch[1:]
            for row in rows:
                yield _range(row, places)
    if places is None:
        raise _not_the_registry(path)


def _columns(heading: Sequence[str], path: Path) -> dict[str, int]:
    """Where each column stands."""
    places: dict[str, int] = {}
    for place, text in enumerate(heading):
        plain = _plain(text)
        for name, words in _KNOWN.items():
            if plain in words:
                places.setdefault(name, place)
    if not places.keys() >= _MUST:
        raise _not_the_registry(path)
    return places


def _not_the_registry(path: Path) -> NotTheRegistry:
    return NotTheRegistry(
        _("{name} is not a file of the registry of number ranges.").format(name=path.name),
        _("Its first row must name the columns АВС/DEF, От, До, Емкость, Оператор, Регион."),
    )


def _plain(text: str) -> str:
    """A heading without case, spaces and the difference between letters that look the same."""
    return re.sub(r"[^\w]", "", text.casefold()).translate(_LATIN)


_KNOWN = {
    "code": {_plain(text) for text in ("АВС/DEF", "ABC/DEF", "АВС/ DEF", "ABC", "DEF", "Код")},
    "first": {_plain("От")},
    "last": {_plain("До")},
    "operator": {_plain("Оператор")},
    "region": {_plain("Регион")},
    "inn": {_plain("ИНН")},
}
_MUST = {"code", "first", "last", "operator", "region"}


def _range(row: Sequence[str], places: dict[str, int]) -> RangeRow | None:
    def cell(name: str) -> str:
        place = places.get(name, -1)
        return row[place].strip() if 0 <= place < len(row) else ""

    code, first, last = cell("code"), cell("first"), cell("last")
    if not (_CODE.fullmatch(code) and _REST.fullmatch(first) and _REST.fullmatch(last)):
        return None
    first, last = first.zfill(_REST_DIGITS), last.zfill(_REST_DIGITS)
    if first > last:
        return None
    return RangeRow(
        code + first,
        code + last,
        " ".join(cell("operator").split()),
        cell("inn"),
        region_of(cell("region")),
    )


def region_of(text: str) -> str:
    """The region of a place: `р-н Абанский|Красноярский край` is in `Красноярский край`."""
    return " ".join(text.split("|")[-1].split())

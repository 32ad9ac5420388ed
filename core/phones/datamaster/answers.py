"""DataMaster's answers, from bytes to clients, projects and records; strict about shapes.

Nothing here trusts the server: what is not understood raises BrokenAnswer, so that it can never
be taken for 'no more data', and texts are cleaned of what would do harm further on.
"""

import codecs
import json
import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

from core.asking.troubles import BrokenAnswer, Reason
from core.logs.log_text import without_secrets
from core.phones.upstream import Client, Listing, NotJson, Page, Project

Item = TypeVar("Item")

MAX_ID = 2**63 - 1  # the largest number that SQLite keeps whole
MAX_NAME = 500
MAX_PHONE = 300  # beyond what core.phones reads: whatever is cut here is rejected there
MAX_DATE = 100

MAX_VALUES = 3_000_000  # the longest list has some ten thousand; each costs up to 100 bytes
_BEGINS_VALUE = (b",", b"{", b"[")
_AROUND = 200  # characters around a fault
_EXACT = 2**53  # up to here a float is one integer

_PHONES = {str, int, float, type(None)}  # bool is a kind of its own
_DATES = {str, type(None)}

_LONGEST_SECRET = 1000  # characters, however it is spelled: none is cut in its middle

_WRAPPERS = ("items", "data", "phones", "rows", "list")

# Control characters, line ends, marks that turn the direction of writing, lone surrogates.
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_ID = re.compile("[0-9]{1,19}", re.ASCII)


def document(body: bytes) -> dict[str, Any]:
    """The JSON object that an answer is; of repeated keys the last counts, as everywhere.

    Raises BrokenAnswer: NOT_JSON with the NotJson that it is, CUT_SHORT where it only ends too
    early, TOO_LARGE, UNKNOWN_SHAPE where it is JSON but no object.
    """
    if sum(map(body.count, _BEGINS_VALUE)) > MAX_VALUES:
        raise BrokenAnswer(Reason.TOO_LARGE, f"more than {MAX_VALUES} values")
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise _broken(error) from None
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise BrokenAnswer(Reason.CUT_SHORT) from None
        wide = body[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or b"\0" in body[:4]
        encoding = NotJson.UTF_16 if wide else NotJson.ENCODING
        raise BrokenAnswer(Reason.NOT_JSON, encoding) from None
    except RecursionError:
        raise BrokenAnswer(Reason.UNKNOWN_SHAPE, "nested too deeply") from None
    except ValueError:  # NaN, a number of thousands of digits
        raise BrokenAnswer(Reason.NOT_JSON, NotJson.NO_NUMBER) from None
    if not isinstance(value, dict):
        _unknown("the answer", value)
    return value


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _broken(error: json.JSONDecodeError) -> BrokenAnswer:
    """What is wrong with a text that is no JSON."""
    before = error.doc[max(0, error.pos - _AROUND) : error.pos].rstrip()
    rest = error.doc[error.pos : error.pos + _AROUND].lstrip()
    comma = rest if before.endswith(",") else rest[1:].lstrip() if rest[:1] == "," else ""
    if "\0" in error.doc[:4]:  # without a mark at its beginning
        return BrokenAnswer(Reason.NOT_JSON, NotJson.UTF_16)
    if error.doc.lstrip()[:1] not in ("{", "["):
        return BrokenAnswer(Reason.NOT_JSON, NotJson.PAGE)
    if comma[:1] in ("}", "]"):
        return BrokenAnswer(Reason.NOT_JSON, NotJson.COMMA)
    if error.msg.startswith("Invalid control character"):
        return BrokenAnswer(Reason.NOT_JSON, NotJson.CONTROL)
    if _is_near_end(error):
        return BrokenAnswer(Reason.CUT_SHORT)
    return BrokenAnswer(Reason.NOT_JSON, NotJson.GARBLED)


def _is_near_end(error: json.JSONDecodeError) -> bool:
    rest = error.doc[error.pos :]
    # A text that was cut is reported where it began, a cut word or escape where that began.
    return error.msg.startswith("Unterminated string") or len(rest.strip()) < len("\\uD83D")


def result_list(answer: dict[str, Any]) -> list[Any]:
    """The list that a successful answer holds, bare or wrapped.

    Raises BrokenAnswer(UNKNOWN_SHAPE) where there is none.
    """
    result = answer.get("result")
    if isinstance(result, dict):
        lists = [result[key] for key in _WRAPPERS if isinstance(result.get(key), list)]
        # An empty list beside a full one is another matter's, and never the end.
        full = [rows for rows in lists if rows]
        if len(full) > 1:
            _unknown("result", result)
        result = (full or lists or [None])[0]
    if not isinstance(result, list):
        _unknown("result", answer.get("result"))
    return result


def error_text(answer: dict[str, Any]) -> str:
    """What an answer that is no success says, '' where it says nothing."""
    for key in ("error", "message"):
        said = answer.get(key)
        if isinstance(said, dict):
            said = said.get("message")
        if isinstance(said, str) and said.strip():
            return said
    return ""


def clean(text: str, longest: int) -> str:
    """`text` in one line, at most `longest` characters, without what terminals and files choke on.

    Nor with a secret of ours in it, in whatever spelling. Cut first: a name of a megabyte is not
    worth cleaning.
    """
    return without_secrets(_harmless(text, longest + _LONGEST_SECRET)).strip()[:longest]


def _harmless(text: str, longest: int) -> str:
    """Like `clean`, but keeps the blanks around it: what a record reads as must not depend on
    the other records of its page, or a record met again looks like another one."""
    return _HARMFUL.sub(" ", text[:longest])


def read_clients(rows: Sequence[Any]) -> Listing[Client]:
    """Rows of `clients`. Raises BrokenAnswer where no row at all can be read."""
    return _read_list(rows, _client)


def read_projects(rows: Sequence[Any]) -> Listing[Project]:
    """Rows of `gck_projects`. Raises BrokenAnswer where no row at all can be read."""
    return _read_list(rows, _project)


def _read_list(rows: Sequence[Any], read: Callable[[Any], Item]) -> Listing[Item]:
    """One bad row among thousands must not keep the others from being collected."""
    items: list[Item] = []
    unreadable: list[str] = []
    for number, row in enumerate(rows, 1):
        try:
            items.append(_row(number, row, read))
        except BrokenAnswer as error:
            unreadable.append(error.detail)
    if unreadable and not items:
        raise BrokenAnswer(Reason.UNKNOWN_SHAPE, unreadable[0])
    return Listing(items, unreadable)


def read_page(rows: Sequence[Any]) -> Page:
    """Rows of `gck_phones` as columns; about a millionth of a second a row.

    A number that is empty, or null, stays a record with an empty number, a fraction one with its
    text: they are accounted for as rejected. So is a row that is something else (`Page.odd`).
    Raises BrokenAnswer where there are rows and none of them is like a record.
    """
    try:
        phones = [row["phone"] for row in rows]
        dates = [row.get("created_at") for row in rows]
    except (TypeError, KeyError, AttributeError):
        return _read_odd_page(rows)
    kinds = set(map(type, phones))
    if not kinds <= _PHONES or not set(map(type, dates)) <= _DATES:
        return _read_odd_page(rows)
    if kinds != {str} or not _is_plain(phones, MAX_PHONE):
        phones = [_phone(phone) for phone in phones]
    if not _is_plain(dates, MAX_DATE):
        dates = [None if date is None else _harmless(date, MAX_DATE) for date in dates]
    return Page(phones, dates)


def _read_odd_page(rows: Sequence[Any]) -> Page:
    """A page of which some rows are no records."""
    odd = frozenset(place for place, row in enumerate(rows) if not _is_record(row))
    if not any(isinstance(row, dict) and "phone" in row for row in rows):
        raise BrokenAnswer(Reason.UNKNOWN_SHAPE, "a record without a phone")
    records = [
        {"phone": without_secrets(json.dumps(row, ensure_ascii=False))} if place in odd else row
        for place, row in enumerate(rows)
    ]
    page = read_page(records)
    return Page(page.phones, page.created_at, odd)


def _is_record(row: Any) -> bool:
    return (
        isinstance(row, dict)
        and "phone" in row
        and type(row["phone"]) in _PHONES
        and type(row.get("created_at")) in _DATES
    )


def _is_plain(values: Sequence[Any], longest: int) -> bool:
    """Whether the texts among them are short and harmless, as all are in practice."""
    texts = [value for value in values if type(value) is str]
    together = "".join(texts)
    if not (together.isascii() and together.isprintable()) and _HARMFUL.search(together):
        return False
    return len(max(texts, key=len, default="")) <= longest


def _phone(phone: str | float | None) -> str | int:
    if phone is None:
        return ""
    phone = _whole(phone)
    if isinstance(phone, int) and 0 <= phone <= MAX_ID:
        return phone
    return _harmless(str(phone), MAX_PHONE)


def _row(number: int, row: Any, read: Callable[[Any], Item]) -> Item:
    """What `read` makes of row `number`; raises BrokenAnswer that names the row."""
    if not isinstance(row, dict):
        raise BrokenAnswer(Reason.UNKNOWN_SHAPE, f"row {number}: no object")
    try:
        return read(row)
    except BrokenAnswer as error:
        raise BrokenAnswer(error.reason, f"row {number}: {error.detail}") from None


def _client(row: dict[str, Any]) -> Client:
    return Client(_id(row.get("id")), _name(row.get("username")))


def _project(row: dict[str, Any]) -> Project:
    return Project(_id(row.get("id")), _name(row.get("name")), _status(row.get("status")))


def _id(value: Any) -> int:
    value = _whole(value)
    if type(value) is str and _ID.fullmatch(value.strip()):
        value = int(value.strip())
    if type(value) is not int or not 0 < value <= MAX_ID:
        _unknown("id", value)
    return value


def _whole(value: Any) -> Any:
    """100002.0 is 100002: some languages write every number so."""
    if type(value) is float and value.is_integer() and abs(value) <= _EXACT:
        return int(value)
    return value


def _status(value: Any) -> int:
    if value is None:
        return 1
    value = _whole(value)
    if type(value) is str and _ID.fullmatch(value.strip().removeprefix("-")):
        value = int(value.strip())
    if type(value) is not int or not -MAX_ID <= value <= MAX_ID:
        _unknown("status", value)
    return value


def _name(value: Any) -> str:
    if value is None:
        return ""
    if type(value) not in (str, int):
        _unknown("name", value)
    return clean(str(value), MAX_NAME)


def _unknown(what: str, value: Any) -> NoReturn:
    """Say what was found there by its kind only: its contents are the server's, maybe personal."""
    kinds = {dict: "object", list: "list", str: "text", bool: "true/false", type(None): "nothing"}
    found = kinds.get(type(value), "number")
    if type(value) is int and what in ("id", "status"):
        found = str(value) if abs(value) <= MAX_ID else "a number out of range"
    raise BrokenAnswer(Reason.UNKNOWN_SHAPE, f"{what} is {found}")

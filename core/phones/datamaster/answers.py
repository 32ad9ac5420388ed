"""DataMaster's answers, from bytes to clients, projects and records; strict about shapes.

Nothing here trusts the server: what is not understood raises BrokenAnswer, so that it can never
be taken for 'no more data', and texts are cleaned of what would do harm further on.
"""

import json
import logging
import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

from core.asking.troubles import BrokenAnswer, Reason
from core.phones.upstream import Client, Page, Project

log = logging.getLogger(__name__)

Item = TypeVar("Item")

MAX_ID = 2**63 - 1  # the largest number that SQLite keeps whole
MAX_NAME = 500
MAX_PHONE = 300  # beyond what core.phones reads: whatever is cut here is rejected there
MAX_DATE = 100

_WRAPPERS = ("items", "data", "phones", "rows", "list")

# Control characters, line ends, marks that turn the direction of writing, lone surrogates.
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_ID = re.compile("[0-9]{1,19}", re.ASCII)


def document(body: bytes) -> dict[str, Any]:
    """The JSON object that an answer is; of repeated keys the last counts, as everywhere.

    Raises BrokenAnswer: NOT_JSON, CUT_SHORT where it only ends too early, UNKNOWN_SHAPE where
    it is JSON but no object.
    """
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        ends_early = text.lstrip()[:1] in ("{", "[") and _is_near_end(error)
        raise BrokenAnswer(Reason.CUT_SHORT if ends_early else Reason.NOT_JSON) from None
    except RecursionError:
        raise BrokenAnswer(Reason.UNKNOWN_SHAPE, "nested too deeply") from None
    except ValueError as error:  # no UTF-8, NaN, a number of thousands of digits
        raise BrokenAnswer(Reason.NOT_JSON, type(error).__name__) from None
    if not isinstance(value, dict):
        _unknown("the answer", value)
    return value


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


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
        result = next((result[key] for key in _WRAPPERS if isinstance(result.get(key), list)), None)
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

    Cut first: a name of a megabyte is not worth cleaning.
    """
    return _harmless(text, longest).strip()


def _harmless(text: str, longest: int) -> str:
    """Like `clean`, but keeps the blanks around it: what a record reads as must not depend on
    the other records of its page, or a record met again looks like another one."""
    return _HARMFUL.sub(" ", text[:longest])


def read_clients(rows: Sequence[Any]) -> list[Client]:
    """Rows of `clients`. One that cannot be read is left out and said in the log.

    One bad row among thousands must not keep the others from being collected. Raises
    BrokenAnswer where no row at all can be read.
    """
    clients = []
    trouble: BrokenAnswer | None = None
    for number, row in enumerate(rows, 1):
        try:
            clients.append(_row(number, row, _client))
        except BrokenAnswer as error:
            trouble = error
            log.error("a client is left out, its entry cannot be read: %s", error.detail)
    if trouble is not None and not clients:
        raise trouble
    return clients


def read_projects(rows: Sequence[Any]) -> list[Project]:
    """Rows of `gck_projects`. Raises BrokenAnswer naming the first row that cannot be read."""
    return [_row(number, row, _project) for number, row in enumerate(rows, 1)]


def read_page(rows: Sequence[Any]) -> Page:
    """Rows of `gck_phones` as columns; about a millionth of a second a row.

    A number that is empty, or null, stays a record with an empty number: it is accounted for as
    rejected. Raises BrokenAnswer where a row has no number or something else in its place.
    """
    try:
        phones = [row["phone"] for row in rows]
        dates = [row.get("created_at") for row in rows]
    except (TypeError, KeyError, AttributeError):
        raise BrokenAnswer(Reason.UNKNOWN_SHAPE, "a record without a phone") from None
    kinds = set(map(type, phones))
    if not kinds <= {str, int, type(None)}:  # bool is a kind of its own
        raise BrokenAnswer(Reason.UNKNOWN_SHAPE, "a phone that is no text and no number")
    if not set(map(type, dates)) <= {str, type(None)}:
        raise BrokenAnswer(Reason.UNKNOWN_SHAPE, "created_at is no text")
    if kinds != {str} or not _is_plain(phones, MAX_PHONE):
        phones = [_phone(phone) for phone in phones]
    if not _is_plain(dates, MAX_DATE):
        dates = [None if date is None else _harmless(date, MAX_DATE) for date in dates]
    return Page(phones, dates)


def _is_plain(values: Sequence[Any], longest: int) -> bool:
    """Whether the texts among them are short and harmless, as all are in practice."""
    texts = [value for value in values if type(value) is str]
    together = "".join(texts)
    if not (together.isascii() and together.isprintable()) and _HARMFUL.search(together):
        return False
    return len(max(texts, key=len, default="")) <= longest


def _phone(phone: str | int | None) -> str | int:
    if phone is None:
        return ""
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
    if type(value) is str and _ID.fullmatch(value.strip()):
        value = int(value.strip())
    if type(value) is not int or not 0 < value <= MAX_ID:
        _unknown("id", value)
    return value


def _status(value: Any) -> int:
    if value is None:
        return 1
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

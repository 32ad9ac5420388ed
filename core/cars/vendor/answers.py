"""Reads the vendor's answers. Whatever is not what was agreed raises BrokenAnswer: a page that is
cut, foreign or of another shape must never be taken for 'no more'."""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from core.asking.troubles import BrokenAnswer, Reason
from core.cars.listings import EXPECTED, Change, ChangeType, Data, Offer, without_personal_data

log = logging.getLogger(__name__)

_ID = re.compile(r"[0-9]{1,30}")
_LARGEST_ID = 2**63 - 1  # of a bigint
# What no database keeps as text: NUL, and halves of characters.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class OffersPage:
    """`unreadable` counts items without an inner_id."""

    offers: tuple[Offer, ...]
    next_page: int | None
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """A stretch of the feed. `next_id` is the next one to ask for; at the end of the feed it is
    where the feed will go on."""

    changes: tuple[Change, ...]
    next_id: int
    is_end: bool
    unreadable: int = 0


class CursorWentBack(Exception):
    """The feed named a next place that lies before the one it was asked for."""

    def __init__(self, asked: int, given: int) -> None:
        super().__init__(f"{given} after {asked}")
        self.asked = asked
        self.given = given


def document(body: bytes) -> Any:
    """The JSON of an answer, without what no database could keep."""
    try:
        answer = orjson.loads(body)
    except ValueError:
        answer = _standard(body)
        return _storable(answer)
    return _storable(answer) if b"\\u0000" in body else answer


def _standard(body: bytes) -> Any:
    """The standard library reads what orjson refuses: halves of characters, huge numbers."""
    if body.lstrip()[:1] == b"<":
        raise BrokenAnswer(Reason.NOT_JSON, "a page of HTML")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        reason = Reason.CUT_SHORT if body.lstrip()[:1] in (b"{", b"[") else Reason.NOT_JSON
        raise BrokenAnswer(reason) from None


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {_UNSTORABLE.sub("", name): _storable(one) for name, one in value.items()}
    if isinstance(value, int) and abs(value) > _LARGEST_ID:
        return float(value)
    return value


def read_offers(body: bytes, page: int) -> OffersPage:
    """A page of `/offers`."""
    items, meta = _envelope(body)
    next_page = meta.get("next_page", 0)
    if next_page is not None and (_is_no_id(next_page) or int(next_page) <= page):
        raise _shape(f"next_page {next_page!r} after {page}")
    offers = tuple(_offers(items))
    return OffersPage(
        offers, None if next_page is None else int(next_page), len(items) - len(offers)
    )


def read_changes(body: bytes, asked: int) -> ChangesPage:
    """A stretch of `/changes` from `asked` on. Raises CursorWentBack."""
    items, meta = _envelope(body)
    if "next_change_id" not in meta:
        raise _shape("no next_change_id")
    given = meta["next_change_id"]
    if given is not None and _is_no_id(given):
        raise _shape(f"next_change_id {given!r}")
    changes = tuple(_changes(items))
    unreadable = len(items) - len(changes)
    next_id = int(given or 0)
    if 0 < next_id < asked:
        raise CursorWentBack(asked, next_id)
    # The end is shown in four ways: null, 0, the same place again, nothing at the same place.
    if next_id in (0, asked):
        after = max((change.id + 1 for change in changes), default=asked)
        return ChangesPage(changes, max(after, asked), is_end=True, unreadable=unreadable)
    return ChangesPage(changes, next_id, is_end=False, unreadable=unreadable)


def read_change_id(body: bytes) -> int:
    """The answer of `/change_id`."""
    answer = document(body)
    given = answer.get("change_id") if isinstance(answer, dict) else None
    if given is None or _is_no_id(given):
        raise _shape("no change_id")
    return int(given)


def read_offer(body: bytes, inner_id: str) -> Data:
    """The data of listing `inner_id`: bare, or in the envelope of `/offers`."""
    answer = document(body)
    if not isinstance(answer, dict):
        raise _shape("no object")
    if "result" in answer:
        result = answer["result"]
        answer = result[0] if isinstance(result, list) and result else result
    if isinstance(answer, dict) and isinstance(answer.get("data"), dict):
        answer = answer["data"]
    # Any object could stand for bare data: believed is what speaks of a listing, and of this one.
    if not isinstance(answer, dict) or not answer.keys() & EXPECTED:
        raise _shape("no listing")
    if str(answer.get("inner_id", inner_id)) != inner_id:
        raise _shape("another listing")
    return without_personal_data(answer)


def read_filters(body: bytes) -> Data:
    """The values that `/offers` can be filtered by."""
    answer = document(body)
    if not isinstance(answer, dict) or not isinstance(answer.get("mark"), dict):
        raise _shape("no marks")
    return answer


def _envelope(body: bytes) -> tuple[list[Any], Data]:
    answer = document(body)
    if not isinstance(answer, dict):
        raise _shape("no object")
    result, meta = answer.get("result"), answer.get("meta")
    if not isinstance(result, list) or not isinstance(meta, dict):
        raise _shape("no result or no meta")
    return result, meta


def _offers(items: list[Any]) -> Iterator[Offer]:
    seen: set[str] = set()
    for item in items:
        inner_id = _inner_id(item)
        if inner_id is None or not isinstance(item.get("data"), dict):
            log.warning("an item of /offers is not understood")
            continue
        if inner_id in seen:
            log.info("listing %s stands twice on one page", inner_id)
        seen.add(inner_id)
        yield Offer(
            inner_id,
            _id(item.get("id")),
            str(item.get("change_type") or ChangeType.ADDED),
            _moment(item.get("created_at")),
            without_personal_data(item["data"]),
        )


def _changes(items: list[Any]) -> Iterator[Change]:
    for item in items:
        inner_id, change_id = _inner_id(item), None
        if inner_id is not None:
            change_id = _id(item.get("id"))
        data = (item.get("data") or {}) if isinstance(item, dict) else None
        kind = item.get("change_type") if isinstance(item, dict) else None
        if (
            inner_id is None
            or change_id is None
            or not isinstance(data, dict)
            or kind not in list(ChangeType)
        ):
            log.warning("a change is not understood: id %r", change_id)
            continue
        yield Change(
            change_id,
            inner_id,
            ChangeType(kind),
            _moment(item.get("created_at")),
            without_personal_data(data),
        )


def _inner_id(item: Any) -> str | None:
    if not isinstance(item, dict):
        return None
    given = item.get("inner_id")
    if given is None and isinstance(item.get("data"), dict):
        given = item["data"].get("inner_id")
    if isinstance(given, bool):
        return None
    text = str(given).strip() if isinstance(given, str | int) else ""
    return text if _ID.fullmatch(text) else None


def _is_no_id(value: Any) -> bool:
    return _id(value) is None


def _id(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and _ID.fullmatch(value):
        value = int(value)
    return value if isinstance(value, int) and 0 <= value <= _LARGEST_ID else None


def _moment(value: Any) -> datetime | None:
    """A time with `Z`, or an offset and milliseconds; UTC where it says nothing."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _shape(detail: str) -> BrokenAnswer:
    return BrokenAnswer(Reason.UNKNOWN_SHAPE, detail)

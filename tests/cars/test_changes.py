"""The table of changes, one test a row, and that reading a stretch again changes nothing."""

import os
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.cars.changes import EFFECTS, Case, applied, asks_for_offer, is_news
from core.cars.listings import EXPECTED, Change, ChangeType, Data, Listing, Source

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
FULL: Data = dict.fromkeys(EXPECTED, 1)
OFFER: Data = {**FULL, "price": 5000, "city": "Beijing"}
KNOWN: Data = {"price": 9000, "color": "white", "new_sticker": "x"}
ADDED, CHANGED, REMOVED = ChangeType.ADDED, ChangeType.CHANGED, ChangeType.REMOVED


def change(kind: ChangeType, data: Data, number: int = 7) -> Change:
    return Change(number, "51", kind, LATER, data)


def listing(data: Data, active: int, last: int | None = None) -> Listing:
    return Listing("51", 3, "added", NOW, data, NOW, NOW, Source.INITIAL_LOAD, active, last)


# kind, what is known (data, active_status), what /offer says, what came → data, status, asks
TABLE: list[tuple[Any, ...]] = [
    (ADDED, None, None, FULL, FULL, 0, False),
    (ADDED, None, OFFER, {"price": 1}, {**OFFER, "price": 1}, 0, True),
    (ADDED, None, None, {"price": 1}, {"price": 1}, 0, True),
    (ADDED, ({**FULL, **KNOWN}, 0), None, {"price": 1}, {**FULL, **KNOWN, "price": 1}, 0, False),
    (ADDED, ({**FULL, **KNOWN}, 1), None, {"price": 1}, {**FULL, **KNOWN, "price": 1}, 0, False),
    (ADDED, ({}, 1), OFFER, {"price": 1}, {**OFFER, "price": 1}, 0, True),
    (CHANGED, None, OFFER, {"new_price": 7}, {**OFFER, "price": 7}, 0, True),
    (CHANGED, None, None, {"new_price": 7}, {"price": 7}, 0, True),
    (CHANGED, (KNOWN, 0), None, {"new_price": 7}, {**KNOWN, "price": 7}, 0, False),
    (CHANGED, (KNOWN, 1), None, {"new_price": 7}, {**KNOWN, "price": 7}, 1, False),
    (CHANGED, (KNOWN, 0), None, {"price": 7}, {**KNOWN, "price": 7}, 0, False),
    (CHANGED, (KNOWN, 0), None, {"new_wheels": 4}, {**KNOWN, "new_wheels": 4}, 0, False),
    (CHANGED, (KNOWN, 0), None, {"wheels": 4}, {**KNOWN, "wheels": 4}, 0, False),
    (REMOVED, None, None, {}, {}, 1, False),
    (REMOVED, (KNOWN, 0), None, {}, KNOWN, 1, False),
    (REMOVED, (KNOWN, 1), None, {"price": 1}, KNOWN, 1, False),
]


@pytest.mark.parametrize(("kind", "known", "offer", "came", "data", "status", "asks"), TABLE)
def test_a_row_of_the_table(
    kind: ChangeType,
    known: tuple[Data, int] | None,
    offer: Data | None,
    came: Data,
    data: Data,
    status: int,
    asks: bool,
) -> None:
    before = listing(*known) if known else None
    one = change(kind, came)
    assert asks_for_offer(one, before) is asks
    after = applied(one, before, offer, LATER)
    assert (after.data, after.active_status) == (data, status)
    assert (after.change_type, after.created_at, after.last_change_id) == (kind, LATER, 7)
    assert after.last_updated_at == LATER
    assert after.first_loaded_at == (NOW if known else LATER)


def test_the_table_is_whole() -> None:
    assert set(EFFECTS) == {Case(kind, known) for kind in ChangeType for known in (True, False)}


@pytest.mark.parametrize(
    ("last", "news"), [(None, True), (6, True), (7, False), (8, False)], ids=str
)
def test_what_was_applied_is_no_news(last: int | None, news: bool) -> None:
    assert is_news(change(CHANGED, {}), listing(KNOWN, 0, last)) is news


DATA = st.dictionaries(
    st.sampled_from(["price", "new_price", "km_age", "new_km_age", "new_sticker", "title"]),
    st.integers(0, 5),
    max_size=3,
)
FEED = st.lists(
    st.tuples(st.sampled_from(["1", "2", "3"]), st.sampled_from(list(ChangeType)), DATA),
    max_size=30,
)
PLACES = st.integers(0, 30)
STRETCHES = st.lists(st.tuples(PLACES, PLACES), max_size=12)  # where each begins, how long it is


def read(feed: list[Change], rows: dict[str, Listing], begin: int, end: int) -> None:
    for one in feed[begin:end]:
        known = rows.get(one.inner_id)
        if is_news(one, known):
            rows[one.inner_id] = applied(one, known, None, NOW)


@settings(
    max_examples=2000 if os.environ.get("TORTURE") == "full" else 200,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(FEED, STRETCHES, PLACES)
def test_any_repetition_of_stretches_is_the_feed_once(
    entries: list[tuple[str, ChangeType, Data]], stretches: list[tuple[int, int]], last: int
) -> None:
    """Stretches in any order and as often as you like, each of which begins no later than where
    reading has come to, as cursors do."""
    feed = [Change(100 + n, name, kind, NOW, data) for n, (name, kind, data) in enumerate(entries)]
    once: dict[str, Listing] = {}
    read(feed, once, 0, len(feed))
    again: dict[str, Listing] = {}
    reached = 0
    for begin, length in stretches:
        begin = min(begin, reached)
        end = min(begin + length, len(feed))
        read(feed, again, begin, end)
        reached = max(reached, end)
    read(feed, again, min(last, reached), len(feed))
    assert again == once

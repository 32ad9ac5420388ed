"""The vendor's answers: every form that was seen is read, and nothing else is believed."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from core.asking.troubles import BrokenAnswer
from core.cars.listings import without_personal_data
from core.cars.vendor import answers
from core.cars.vendor.answers import CursorWentBack


def offers(result: Any, **meta: Any) -> bytes:
    return orjson.dumps({"result": result, "meta": {"page": 1, "next_page": None, **meta}})


def changes(result: Any, following: Any, asked: int = 100) -> bytes:
    meta = {"cur_change_id": asked, "next_change_id": following, "limit": 20}
    return orjson.dumps({"result": result, "meta": meta})


def change(number: Any, **more: Any) -> dict[str, Any]:
    return {"id": number, "inner_id": "51", "change_type": "changed", "data": {}, **more}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2026-10-01T08:00:00Z", datetime(2026, 10, 1, 8, tzinfo=UTC)),
        ("2026-10-01T11:00:00.250+03:00", datetime(2026, 10, 1, 8, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-10-01 08:00:00", datetime(2026, 10, 1, 8, tzinfo=UTC)),
        ("yesterday", None),
        (None, None),
    ],
)
def test_times_are_read(given: Any, read: datetime | None) -> None:
    page = answers.read_changes(changes([change(100, created_at=given)], None), 100)
    assert page.changes[0].created_at == read


@pytest.mark.parametrize(
    ("following", "result", "next_id", "is_end"),
    [
        (None, [], 100, True),
        (None, [change(100), change(104)], 105, True),
        (0, [change(100)], 101, True),
        (100, [change(100)], 101, True),
        (100, [], 100, True),
        (120, [change(100)], 120, False),
        ("120", [change("100")], 120, False),
    ],
)
def test_where_the_feed_goes_on(following: Any, result: Any, next_id: int, is_end: bool) -> None:
    page = answers.read_changes(changes(result, following), 100)
    assert (page.next_id, page.is_end) == (next_id, is_end)


def test_a_feed_from_its_very_beginning() -> None:
    page = answers.read_changes(changes([change(0)], 0, asked=0), 0)
    assert (page.next_id, page.is_end) == (1, True)


def test_a_feed_that_leads_back_is_told() -> None:
    with pytest.raises(CursorWentBack):
        answers.read_changes(changes([change(100)], 80), 100)


@pytest.mark.parametrize(
    "item",
    [
        None,
        7,
        {},
        change(None),
        change(-1),
        change(True),
        change(100, inner_id="x7"),
        change(100, inner_id=None),
        change(100, change_type="sold"),
        change(100, data=[1]),
    ],
)
def test_a_change_that_is_not_understood_is_counted(item: Any) -> None:
    page = answers.read_changes(changes([item, change(101)], 120), 100)
    assert ([one.id for one in page.changes], page.unreadable) == ([101], 1)


@pytest.mark.parametrize("gone", [{}, None])
def test_a_removal_may_come_without_data(gone: Any) -> None:
    item = change(100, change_type="removed", data=gone)
    assert answers.read_changes(changes([item], 120), 100).changes[0].data == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"12",
        b'{"result": []}',
        b'{"meta": {}}',
        b'{"result": null, "meta": {"next_page": 2, "next_change_id": 7}}',
        b'{"result": [], "meta": {"page": 1}}',
        b"<html><body>maintenance</body></html>",
        b'{"result": [{"id": 1, "in',
        b'{"message": "error"}',
    ],
)
def test_what_was_not_agreed_is_never_the_end(body: bytes) -> None:
    with pytest.raises(BrokenAnswer):
        answers.read_offers(body, 1)
    with pytest.raises(BrokenAnswer):
        answers.read_changes(body, 100)
    with pytest.raises(BrokenAnswer):
        answers.read_change_id(body)
    with pytest.raises(BrokenAnswer):
        answers.read_offer(body, "51")


@pytest.mark.parametrize("following", [1, 0, -3, "two", True, 1.5])
def test_a_next_page_that_is_none_is_not_believed(following: Any) -> None:
    with pytest.raises(BrokenAnswer):
        answers.read_offers(offers([], next_page=following), 1)


def test_items_that_are_no_listings_are_left_out_and_counted() -> None:
    body = b'{"result": [{"data": {"price": 1}}, {"inner_id": "51", "data": {}}, 7], '
    body += b'"meta": {"next_page": null}}'
    page = answers.read_offers(body, 1)
    assert ([one.inner_id for one in page.offers], page.unreadable) == (["51"], 2)


DATA = {"inner_id": "51", "mark": "BMW", "price": 1}


@pytest.mark.parametrize(
    "answer",
    [
        DATA,
        {"result": DATA, "meta": {}},
        {"result": [DATA], "meta": {}},
        {"result": [{"id": 3, "inner_id": "51", "data": DATA}], "meta": {}},
        {"result": {"inner_id": "51", "data": DATA}},
        {"inner_id": "51", "data": DATA},
    ],
)
def test_a_listing_is_read_bare_and_in_envelopes(answer: Any) -> None:
    assert answers.read_offer(orjson.dumps(answer), "51") == DATA


def test_another_listing_is_not_taken_for_it() -> None:
    with pytest.raises(BrokenAnswer, match="another"):
        answers.read_offer(orjson.dumps(DATA), "52")


def test_what_no_database_keeps_is_taken_out() -> None:
    body = b'{"result": [{"inner_id": "51", "data": {"title": "a\\u0000b\\ud800c", "n": 1e999}}], '
    body += b'"meta": {"next_page": null}}'
    (offer,) = answers.read_offers(body, 1).offers
    assert offer.data["title"] == "abc"


PHONE = "+79070000001"


@pytest.mark.parametrize(
    "data",
    [
        {"extra": {"inspection": {"phone": PHONE}, "configuration": 1}},
        {"extra": f'{{"inspection": "{PHONE}", "x": 1}}'},
        {"extra": f'{{"inspection": "{PHONE}", broken'},
        {"extra": [{"inspection": PHONE}]},
        {"new_extra": {"inspection": PHONE}},
        {"inspection": PHONE, "new_inspection": PHONE},
    ],
)
def test_a_sellers_phone_is_taken_out_of_every_form(data: dict[str, Any]) -> None:
    cleaned = without_personal_data({"mark": "BMW", **data})
    assert "9070000001" not in str(cleaned)
    assert cleaned["mark"] == "BMW"

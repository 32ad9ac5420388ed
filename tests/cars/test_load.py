"""Loading everything and keeping it current, on both databases, from a vendor that drifts."""

import itertools
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text

from core.cars.jobs.job import MOSCOW
from core.cars.normal.rules import price_of
from core.cars.stand_in.catalogue import RUSSIAN
from core.cars.stand_in.market import Market
from core.cars.stand_in.server import FeedEnd, VendorFaults, VendorServer
from core.cars.storage.state import Phase
from core.cars.tables import operations_log, price_history, processed_data
from tests.cars.working import AtNoon, Works


def test_a_load_is_the_vendors_state(works: Works, market: Market, server: VendorServer) -> None:
    market.drift = 1
    server.faults = VendorFaults(changes_per_request=3, changes_limit=150)
    report = works.load()
    assert report.is_complete
    server.faults = VendorFaults()
    works.update()  # what happened during its last requests
    works.check_raw(market)
    assert works.state().phase is Phase.CURRENT
    assert works.state().last_change_id == market.next_change
    assert works.state().last_successful_date == datetime.now(UTC).astimezone(MOSCOW).date()
    works.normalize()
    works.check_processed()


@pytest.mark.parametrize("end", list(FeedEnd))
def test_the_end_of_the_feed_is_known_in_every_form(
    works: Works, market: Market, server: VendorServer, end: FeedEnd
) -> None:
    works.load(once=True)
    server.faults = VendorFaults(end=end)
    for count in (0, 7, 20, 45):
        market.happen(count)
        report = works.update()
        assert report.at_end
        assert works.state().last_change_id == market.next_change
    works.check_raw(market)


def test_updates_go_on_where_they_ended(works: Works, market: Market) -> None:
    works.load(once=True)
    market.happen(75)
    report = works.update(max_pages=2)
    assert (report.pages, report.at_end) == (2, False)
    server = works.server
    server.journal.clear()
    assert works.update().at_end
    assert not server.journal.pages_asked_twice()
    assert server.journal.count("change_id") == 0
    works.check_raw(market)


def test_without_a_place_the_day_is_the_way_in(works: Works, market: Market) -> None:
    market.happen(30)
    report = works.update()
    assert report.at_end
    assert works.server.journal.count("change_id") == 1
    assert works.state().last_change_id == market.next_change
    works.load(once=True)
    works.check_raw(market)


def test_going_on_from_a_day_reads_twice_and_changes_nothing(works: Works, market: Market) -> None:
    works.load(once=True)
    market.happen(30)
    works.update()
    before = works.raw()
    report = works.update(since=datetime.now(UTC).date())
    assert report.counts.skipped == 30
    assert {name: row.last_updated_at for name, row in works.raw().items()} == {
        name: row.last_updated_at for name, row in before.items()
    }


def test_a_trial_reads_so_many_pages_and_goes_on_there(works: Works, market: Market) -> None:
    report = works.load(max_pages=4)
    assert (report.pages, report.is_complete) == (4, False)
    assert works.state().next_page == 5
    assert works.load(once=True).pages == 4
    assert not works.server.journal.pages_asked_twice()


def test_what_slipped_by_is_found_by_further_passes(works: Works, market: Market) -> None:
    market.drift = 8
    works.load(once=True)
    missed = len(market.active() - works.raw().keys())
    assert missed, "nothing slipped by: the test tests nothing"
    with works.engine.begin() as db:
        for name in ("raw_data", "price_history"):
            db.execute(text(f"DELETE FROM {name}"))
        db.execute(text("UPDATE sync_state SET load_from_id = NULL, phase = 'loading'"))
    works.load()
    assert works.state().load_pass > 1
    assert len(market.active() - works.raw().keys()) < missed


def test_what_slipped_by_is_found_by_the_daily_file(works: Works, market: Market) -> None:
    market.drift = 8
    works.with_files()
    works.clock = AtNoon()
    assert works.load().differences is not None
    works.check_raw(market)


def test_an_update_finishes_an_unfinished_load(works: Works, market: Market) -> None:
    market.drift = 0
    works.load(max_pages=3)
    market.happen(20)
    works.update()
    assert works.state().phase is Phase.CURRENT
    works.check_raw(market)


def test_the_other_brand_becomes_the_same_columns(works: Works, server: VendorServer) -> None:
    works.load(once=True)
    works.normalize()
    english = works.processed()
    server.market = Market(160, brand=RUSSIAN)
    with works.engine.begin() as db:
        for name in ("raw_data", "processed_data"):
            db.execute(text(f"DELETE FROM {name}"))
        db.execute(text("UPDATE sync_state SET load_from_id = NULL, phase = 'loading'"))
    works.load(once=True)
    works.normalize()
    codes = ("color", "engine_type", "transmission_type", "body_type", "drive_type", "section")
    for name, row in works.processed().items():
        assert [row[code] for code in codes] == [english[name][code] for code in codes]


def test_every_price_that_was_seen_is_kept(works: Works, market: Market) -> None:
    works.load(once=True)
    market.happen(60)
    works.update()
    works.update(since=datetime.now(UTC).date())
    with works.engine.connect() as db:
        rows = db.execute(select(price_history).order_by(price_history.c.id)).all()
    prices: dict[str, list[int]] = {}
    for row in rows:
        prices.setdefault(row.inner_id, []).append(row.price)
    assert any(len(seen) > 1 for seen in prices.values())
    for name, row in works.raw().items():
        if row.active_status == 0 and (price := price_of(row.data)) is not None:
            assert prices[name][-1] == price
    assert all(a != b for seen in prices.values() for a, b in itertools.pairwise(seen))


def test_a_sellers_phone_is_never_kept(works: Works, market: Market) -> None:
    market.happen(40)
    works.load()
    works.normalize()
    sellers = [one for one in market.active() if "inspection" in str(market.data(int(one)))]
    assert sellers, "nobody has one: the test tests nothing"
    with works.engine.connect() as db:
        for table in ("raw_data", "processed_data", "operations_log"):
            for row in db.execute(text(f"SELECT * FROM {table}")):
                assert "inspection" not in str(row)
                assert "9070000001" not in str(row)


def test_operations_are_logged_with_counts(works: Works) -> None:
    works.load(once=True)
    works.normalize()
    with works.engine.connect() as db:
        rows = db.execute(select(operations_log).order_by(operations_log.c.id)).all()
    assert [(row.operation_type, row.status) for row in rows] == [
        ("data_fetch", "OK"),
        ("normalization", "OK"),
    ]
    assert rows[0].details["new"] == len(works.raw())
    assert rows[1].details["rows"] == len(works.raw())


def test_versions_grow_with_what_changes_and_stay_with_what_does_not(
    works: Works, market: Market
) -> None:
    works.load(once=True)
    works.normalize()
    first = works.processed()
    version = works.state().version
    assert {row["version"] for row in first.values()} <= set(range(1, version + 1))
    works.normalize(again=True)
    assert works.processed() == first
    assert works.state().version == version
    market.happen(40)
    works.update()
    works.normalize()
    now = works.processed()
    # What a copy of the table asks for, and what it must get.
    seen = {name for name, row in now.items() if row["version"] > version}
    changed = {
        name
        for name, row in now.items()
        if name not in first or row["fingerprint"] != first[name]["fingerprint"]
    }
    gone = {name for name, row in works.raw().items() if row.active_status == 1}
    assert seen == changed
    assert gone & first.keys() <= seen
    for name in first.keys() - changed:
        assert now[name] == first[name]


def test_a_row_is_never_doubled(works: Works, market: Market) -> None:
    works.load()
    market.happen(30)
    works.update()
    works.normalize()
    works.normalize(again=True)
    with works.engine.connect() as db:
        count = db.scalar(select(func.count()).select_from(processed_data))
    assert count == len(works.raw())
    works.check_processed()

"""A vendor that misbehaves, a database that is away: nothing is lost, and a sentence says what."""

import json
import subprocess
import threading
from pathlib import Path

import pytest
from sqlalchemy import select, text

from core.asking.limiter import Stopped
from core.cars.errors import CursorUnknown, FeedWentBack, KeyRefused, VendorAway
from core.cars.jobs import normalize as normalizing
from core.cars.jobs.reconcile import FileRefused, reconcile
from core.cars.stand_in.market import FIRST_LISTING, Market
from core.cars.stand_in.server import VendorFaults, VendorServer
from core.cars.storage.operations import Operation
from core.cars.storage.state import Phase
from core.cars.tables import load_pages, operations_log
from core.database.errors import DiskFull
from core.errors import UserError
from core.stand_in.faults import COMMON, Fault, Outage
from core.stop import StopSignal
from tests.cars.working import AtNoon, Works
from tests.postgres import Postgres
from tests.small_disk import mounted

FAULTS = (*COMMON, Fault.FOREIGN, Fault.MESSAGE, Fault.REDIRECT)


@pytest.fixture
def small(market: Market, tmp_path: Path, server: VendorServer) -> Works:
    """In a file: what the vendor does is the same whatever the database is."""
    return Works(tmp_path / "small", f"sqlite:///{tmp_path / 'small.db'}", server)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_quarter_of_the_answers_is_faulty(
    small: Works, market: Market, server: VendorServer, fault: Fault
) -> None:
    server.faults = VendorFaults(
        seed=3,
        shares={fault: 0.25},
        retry_after=0,
        changes_per_request=1,
        changes_limit=20,
        max_in_a_row=1,
    )
    small.load(once=True)
    server.faults = VendorFaults(shares={fault: 0.25}, retry_after=0, max_in_a_row=1)
    small.update()
    small.check_raw(market)
    assert server.journal.count() > server.journal.answered, "nothing failed"
    assert not server.journal.pages_asked_twice()


@pytest.mark.slow
def test_an_outage_is_waited_for(small: Works, market: Market, server: VendorServer) -> None:
    server.faults = VendorFaults(outages=[Outage(4, 15.0)])
    small.load(once=True)
    small.check_raw(market)
    assert small.heard.told.count("outage") == small.heard.told.count("outage over") == 1
    assert not server.journal.pages_asked_twice()


def test_an_outage_that_is_too_long_ends_the_load_which_goes_on(
    small: Works, market: Market, server: VendorServer
) -> None:
    small.more = {"CARS_OUTAGE_LIMIT": "0", "CARS_MAX_RETRIES": "0"}
    server.faults = VendorFaults(outages=[Outage(4, 3600.0)])
    with pytest.raises(VendorAway, match="does not answer"):
        small.load(once=True)
    server.come_back()
    small.load(once=True)
    small.check_raw(market)
    assert not server.journal.pages_asked_twice()


def test_a_page_that_never_works_is_noted_and_asked_again(
    works: Works, market: Market, server: VendorServer
) -> None:
    works.more = {"CARS_MAX_RETRIES": "0"}
    server.faults = VendorFaults(broken_pages={3})
    report = works.load(once=True)
    assert (report.is_complete, report.lost_pages) == (True, 1)
    assert [line for line in works.heard.told if "page 3" in line] == [
        "again /offers page 3 1/2",
        "again /offers page 3 2/2",
    ]
    with works.engine.connect() as db:
        noted = db.execute(select(load_pages)).one()
        assert (noted.page, noted.state, noted.tries) == (3, "lost", 4)
        assert db.scalar(select(operations_log.c.status)) == "ERROR"
    server.faults = VendorFaults()
    assert works.load(once=True).lost_pages == 0
    works.check_raw(market)


def test_many_pages_that_fail_end_the_load_which_goes_on(
    small: Works, market: Market, server: VendorServer
) -> None:
    small.more = {"CARS_MAX_RETRIES": "0", "CARS_RETRY_TIMES": "0"}
    server.faults = VendorFaults(broken_pages=range(3, 100))
    with pytest.raises(VendorAway):
        small.load(once=True)
    server.faults = VendorFaults()
    small.load(once=True)
    small.check_raw(market)


def test_a_listing_that_cannot_be_asked_for_is_kept_as_it_came(
    works: Works, market: Market, server: VendorServer
) -> None:
    works.more = {"CARS_MAX_RETRIES": "0"}
    works.load(once=True)
    market.happen(60)
    new = {int(one) for one in market.active()} - {int(one) for one in works.raw()}
    server.faults = VendorFaults(broken_offers=new)
    report = works.update()
    assert report.counts.offers_missing
    rows = works.raw()
    assert {name for name, row in rows.items() if row.active_status == 0} == market.active()
    assert all({"mark", "model"} <= rows[str(one)].data.keys() for one in new)


def test_a_refused_key_ends_everything_at_once(
    works: Works, market: Market, server: VendorServer
) -> None:
    works.load(max_pages=2)
    server.journal.clear()
    environment = works.environment
    server.revoke_key()
    works.more = {"CHE168_API_KEY": environment["CHE168_API_KEY"]}
    with pytest.raises(KeyRefused, match="refuses the key") as refused:
        works.load()
    assert len(server.journal) == 1
    assert environment["CHE168_API_KEY"] not in str(refused.value)
    works.more = {}
    works.load(once=True)
    works.check_raw(market)


@pytest.mark.parametrize(
    ("faults", "error", "said"),
    [
        (VendorFaults(forgets_before=10**9), CursorUnknown, "does not know change"),
        (VendorFaults(goes_back=True), FeedWentBack, "leads back"),
    ],
)
def test_a_place_in_the_feed_that_is_no_good_ends_the_update(
    works: Works,
    market: Market,
    server: VendorServer,
    faults: VendorFaults,
    error: type[UserError],
    said: str,
) -> None:
    works.load(once=True)
    market.happen(30)
    before = works.state()
    server.faults = faults
    with pytest.raises(error, match=said) as caught:
        works.update()
    if error is CursorUnknown:
        assert "reconcile" in caught.value.hint
        assert "--since" in caught.value.hint
    assert works.state().last_change_id == before.last_change_id
    server.faults = VendorFaults()
    works.update()
    works.check_raw(market)


def test_a_stop_ends_every_wait_at_once(works: Works, server: VendorServer) -> None:
    works.more = {"CARS_RETRY_MINUTES": "60", "CARS_MAX_RETRIES": "0"}
    server.faults = VendorFaults(broken_pages={2})
    waiting = threading.Event()
    works.heard.tries_again = lambda *_: waiting.set()  # type: ignore[method-assign]
    ended: list[BaseException] = []

    def load() -> None:
        try:
            works.load()
        except Stopped as error:
            ended.append(error)

    thread = threading.Thread(target=load)
    thread.start()
    assert waiting.wait(60)
    works.stop.abandon()
    thread.join(10)
    assert not thread.is_alive()
    assert ended
    works.stop = StopSignal()
    assert works.state().next_page == 2


# The database


def test_postgresql_may_be_restarted_in_mid_load(
    postgres: Postgres, postgres_url: str, tmp_path: Path, market: Market, server: VendorServer
) -> None:
    works = Works(tmp_path / "home", postgres_url, server)
    server.faults = VendorFaults(changes_per_request=2, changes_limit=40)
    pages: list[int] = []

    def restart(_progress: object) -> None:
        pages.append(1)
        if len(pages) in (2, 5, 9):
            postgres.restart()

    works.heard.on_progress = restart
    works.load(once=True)
    server.faults = VendorFaults()
    works.update()
    works.heard.on_progress = restart
    pages.clear()
    works.normalize(batch=20)
    assert works.heard.told.count("database away") >= 3
    assert works.heard.told.count("database back") >= 3
    works.check_raw(market)
    works.check_processed()
    works.close()


def test_a_database_that_another_process_holds_is_told(works: Works) -> None:
    with works.without_vendor(), pytest.raises(UserError, match="in use by process"):
        works.load()


def test_a_full_disk_ends_the_load_which_goes_on(
    tmp_path: Path, market: Market, server: VendorServer
) -> None:
    market = server.market = Market(600)
    with mounted(tmp_path / "disk", "3m") as disk:
        works = Works(tmp_path / "home", f"sqlite:///{disk / 'cars.db'}", server)
        with pytest.raises(DiskFull, match="no space left"):
            works.load(once=True)
        works.close()
        subprocess.run(["mount", "-o", "remount,size=60m", str(disk)], check=True)
        works.load(once=True)
        works.check_raw(market)
        assert not server.journal.pages_asked_twice()[2:]  # one or two failed while being stored
        works.close()


# Rows that cannot be normalised


@pytest.mark.parametrize("batch", [1, 7, 200])
def test_poison_rows_stand_in_nobodys_way(works: Works, market: Market, batch: int) -> None:
    works.load(once=True)
    before = works.raw()
    poison = sorted(before)[::10]
    with works.engine.begin() as db:
        for name in poison:
            db.execute(
                text("UPDATE raw_data SET data = '[1]' WHERE inner_id = :name"), {"name": name}
            )
    report = works.normalize(batch=batch)
    assert (report.done, report.bad) == (len(before) - len(poison), len(poison))
    assert sorted(works.heard.bad) == poison
    rows = works.raw()
    assert {name for name, row in rows.items() if not row.is_processed} == set(poison)
    assert all("NoListing" in rows[name].process_problem for name in poison)
    assert works.normalize().bad == len(poison)
    asked = len(works.server.journal)
    with works.engine.begin() as db:
        for name in poison:
            data = before[name].data
            db.execute(
                text(f"UPDATE raw_data SET data = {_json(works.url)} WHERE inner_id = :name"),
                {"name": name, "data": _text(data)},
            )
    assert works.normalize().bad == 0
    assert len(works.server.journal) == asked
    works.check_processed()


def _json(url: str) -> str:
    return ":data" if url.startswith("sqlite") else "CAST(:data AS jsonb)"


def _text(data: object) -> str:
    return json.dumps(data)


def test_rows_that_the_database_refuses_stand_in_nobodys_way(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    works.load(once=True)
    bad = sorted(works.raw())[5::40]
    usual = normalizing.normalize

    def spoilt(inner_id: str, active: int, data: object, *, this_year: int) -> dict[str, object]:
        row = usual(inner_id, active, data, this_year=this_year)
        if inner_id in bad:
            row["normalized_data"] = None  # NOT NULL in the table
        return row

    monkeypatch.setattr(normalizing, "normalize", spoilt)
    report = works.normalize()
    assert (report.bad, sorted(works.heard.bad)) == (len(bad), bad)
    assert report.done == len(works.raw()) - len(bad)
    monkeypatch.undo()
    assert works.normalize().bad == 0
    works.check_processed()


# The daily file


def test_differences_are_told_and_mended(works: Works, market: Market) -> None:
    works.load(once=True)
    works.with_files()
    works.clock = AtNoon()
    gone, unknown = f"{FIRST_LISTING + 900_000}", sorted(market.active())[3]
    with works.engine.begin() as db:
        db.execute(text("DELETE FROM raw_data WHERE inner_id = :name"), {"name": unknown})
        db.execute(
            text("UPDATE raw_data SET inner_id = :gone WHERE inner_id = :name"),
            {"gone": gone, "name": sorted(market.active())[4]},
        )
    files = works.program.files()
    assert files is not None
    for dry_run in (True, False):
        with works.job() as job, job.recorded(Operation.DATA_FETCH) as record:
            found = reconcile(job, files, record, dry_run=dry_run)
        assert (found.missing, found.surplus) == (2, 1)
    assert (found.added, found.removed) == (2, 1)
    works.check_raw(market)


def test_a_file_with_too_few_is_not_believed(works: Works, tmp_path: Path) -> None:
    works.load(once=True)
    file = tmp_path / "all_active.csv"
    names = sorted(works.raw())
    file.write_text("\n".join(["id|inner_id", *(f"1|{name}" for name in names[: len(names) // 2])]))
    before = works.raw()
    with (
        works.job() as job,
        pytest.raises(FileRefused, match="too few"),
        job.recorded(Operation.DATA_FETCH) as record,
    ):
        reconcile(job, file, record)
    assert works.raw() == before
    file.write_text("something|else\n1|2\n")
    with (
        works.job() as job,
        pytest.raises(FileRefused, match="no column inner_id"),
        job.recorded(Operation.DATA_FETCH) as record,
    ):
        reconcile(job, file, record)


def test_a_file_that_is_not_there_leaves_passes(works: Works, market: Market) -> None:
    works.with_files()
    works.clock = AtNoon()
    works.server.files_served = False
    report = works.load()
    assert report.is_complete
    assert any("cannot be had" in line for line in works.heard.told)
    assert works.state().load_pass > 1
    assert works.state().phase is Phase.CURRENT
    works.check_raw(market)

"""What a run makes of a database that was saved from a damaged one, or restored."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.expected import expected
from core.phones.datamaster.demo.growth import Growth
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.phones.events import Mode, RunStatus
from core.phones.run_request import RunRequest, Selection
from core.phones.storage.backup import make_backup
from core.phones.storage.repair import repair
from core.phones.storage.restore import restore
from tests.contents import contents
from tests.phones.engine.conftest import Collection, collect
from tests.phones.storage.collected import Rows
from tests.phones.storage.consistency import contradictions
from tests.phones.storage.test_salvage import PAGE, destroy

__all__ = ["collect"]

Make = Callable[..., Collection]

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PHONES = "SELECT phone FROM phones ORDER BY phone"
LINKS = (
    "SELECT project_id, phone FROM project_phones JOIN phones ON phones.id = phone_id ORDER BY 1, 2"
)
REJECTED = "SELECT project_id, raw FROM rejected_phones ORDER BY 1, 2"


def spoil(database: Path) -> None:
    """Destroy a tenth of the pages, of all tables."""
    roots = Rows(database)("SELECT rootpage FROM sqlite_schema")
    pages = range(max(row[0] for row in roots) + 3, database.stat().st_size // PAGE + 1)
    for page in random.Random(5).sample(pages, len(pages) // 10):
        destroy(database, page)


@pytest.mark.parametrize("mode", [Mode.FULL, Mode.QUICK, Mode.SMART])
def test_the_next_run_brings_back_what_was_lost(
    mode: Mode, database: Path, rows: Rows, server: DemoServer, collect: Make
) -> None:
    before = [rows(sql) for sql in (PHONES, LINKS, REJECTED)]
    spoil(database)
    repair(database, NOW)
    assert rows(PHONES) != before[0]
    assert rows(LINKS) != before[1]

    collection = collect(server)
    truth = expected(server.dataset)
    finished = collection.run(RunRequest(mode=mode))

    assert finished.status is RunStatus.COMPLETED
    assert finished.totals.received == truth.records
    assert finished.totals.new + finished.totals.known == truth.phones
    assert finished.totals.errors == 0
    assert [rows(sql) for sql in (PHONES, LINKS, REJECTED)] == before
    # Of older runs it stays what they counted; nothing else may disagree.
    assert not [name for name in contradictions(database) if not name.endswith("of runs")]

    again = collection.run(RunRequest(mode=Mode.QUICK))
    assert again.totals.new == 0
    assert [rows(sql) for sql in (PHONES, LINKS, REJECTED)] == before


def test_a_run_that_was_under_way_is_continued_and_the_next_one_completes_it(
    tmp_path: Path, collect: Make
) -> None:
    """What was lost of its stored pages is not asked for again by the run itself."""
    data = DemoDataset(2, 8, 30, 9000)
    with DemoServer(data) as server:
        undisturbed = collect(server, name="undisturbed.db")
        undisturbed.run()
        collection = collect(server, EngineSettings(workers=1, delay=0.0))
        first = RunRequest(selection=Selection(limit_clients=5))
        collection.run(first)
        database = collection.database
        Rows(database)("UPDATE runs SET status = 'stopped', completed_at = NULL, request = '{}'")
        Rows(database)("UPDATE run_clients SET state = 'pending'")
        Rows(database)("UPDATE run_projects SET state = 'pending' WHERE project_id % 2")
        Rows(database)("PRAGMA wal_checkpoint(TRUNCATE)")
        spoil(database)
        repair(database, NOW)

        assert collection.resume().status is RunStatus.COMPLETED
        finished = collection.run(RunRequest(mode=Mode.QUICK))
        assert finished.totals.errors == 0
        rows = Rows(database)
        wanted = Rows(undisturbed.database)
        assert [rows(sql) for sql in (PHONES, LINKS)] == [wanted(sql) for sql in (PHONES, LINKS)]


def test_a_run_after_a_restore_ends_like_one_that_was_never_undone(
    tmp_path: Path, collect: Make
) -> None:
    data = DemoDataset(2, 8, 30, 9000)
    with DemoServer(data) as server:
        collection = collect(server)
        collection.run()
        backup = make_backup(collection.database, 7, NOW).path
        server.dataset = data.grow(Growth(records=700))
        collection.run(RunRequest(mode=Mode.QUICK))
        undisturbed = contents(collection.database)

        restore(backup, collection.database, NOW)
        assert collection.number("SELECT count(*) FROM runs") == 1
        collection.run(RunRequest(mode=Mode.QUICK))
        assert contents(collection.database) == undisturbed
        assert not contradictions(collection.database)

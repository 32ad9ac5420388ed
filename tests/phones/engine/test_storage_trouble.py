"""The disk fills up, another program locks the file, the folder is read-only, the file is bad."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from core.database import lock_wait
from core.database.diskspace import Room
from core.database.failures import StorageProblem
from core.phones.collector import Collector, CollectorSetup
from core.phones.datamaster.api import DataMasterSource
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.expected import expected
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine import disk_guard
from core.phones.engine.session import EngineSettings
from core.phones.events import (
    Activity,
    ActivityChanged,
    Event,
    Notice,
    ProjectFinished,
    RunFinished,
    RunStatus,
)
from core.phones.run_failure import RunFailure
from core.phones.run_request import RunRequest
from core.phones.storage.backup import list_backups
from tests.phones.engine.conftest import Collection, wait_for
from tests.small_disk import mounted

Make = Callable[..., Collection]

DATASET = DemoDataset(2, clients=10, projects=40, records=20_000)
STEADY = EngineSettings(workers=4, delay=0.01, max_retries=1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB."""
    with mounted(tmp_path / "small", "3m") as folder:
        yield folder


def collector_in(
    folder: Path, server: DemoServer, events: list[Event], room: Room = Room.PLENTY
) -> Collector:
    collector = Collector(
        CollectorSetup(
            folder / "phones.db",
            STEADY,
            lambda: DataMasterSource(server.url, server.token, timeout=10.0),
            room_for=lambda path: room,
        )
    )
    collector.watch(events.append)
    return collector


def test_full_disk_ends_the_run_and_loses_nothing_stored(small_disk: Path) -> None:
    events: list[Event] = []
    ballast = small_disk / "ballast"
    with DemoServer(DATASET) as server:
        collector = collector_in(small_disk, server, events)
        ballast.write_bytes(b"x" * 1_500_000)
        collector.start(RunRequest())
        assert collector.wait(60)
        finished = events[-1]
        assert isinstance(finished, RunFinished)
        assert finished.status is RunStatus.FAILED
        assert finished.reason is RunFailure.DISK_FULL
        ballast.unlink()
        collector.resume()
        # The rest needs more than this small disk has; a second full disk is as harmless.
        assert collector.wait(60)
    connection = sqlite3.connect(small_disk / "phones.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        stored = connection.execute("SELECT count(*) FROM project_phones").fetchone()[0]
        counted = connection.execute("SELECT sum(new_links) FROM run_projects").fetchone()[0]
    finally:
        connection.close()
    assert stored == counted > 0
    assert len([event for event in events if isinstance(event, RunFinished)]) == 2


def test_low_disk_pauses_and_goes_on_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_guard, "LOOK_EVERY", 0.05)
    events: list[Event] = []
    room = [Room.NONE]
    with DemoServer(DATASET) as server:
        collector = Collector(
            CollectorSetup(
                tmp_path / "phones.db",
                STEADY,
                lambda: DataMasterSource(server.url, server.token, timeout=10.0),
                room_for=lambda path: room[0],
            )
        )
        collector.watch(events.append)
        collector.start(RunRequest())
        wait_for(lambda: ActivityChanged(Activity.DISK_LOW) in events)
        asked = len(server.journal)
        assert not collector.wait(0.5)
        assert len(server.journal) <= asked + STEADY.workers
        room[0] = Room.PLENTY
        assert collector.wait(60)
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert finished.status is RunStatus.COMPLETED
    told = [event.code for event in events if isinstance(event, Notice)]
    assert told == ["disk_low", "disk_none", "disk_ok"]
    assert events.index(Notice("disk_none")) < events.index(ActivityChanged(Activity.DISK_LOW))


def test_stop_during_the_pause(tmp_path: Path) -> None:
    events: list[Event] = []
    with DemoServer(DATASET) as server:
        collector = collector_in(tmp_path, server, events, Room.NONE)
        collector.start(RunRequest())
        wait_for(lambda: ActivityChanged(Activity.DISK_LOW) in events)
        collector.stop()
        assert collector.wait(20)


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another program that keeps the file locked."""
    with closing(sqlite3.connect(database, isolation_level=None, timeout=10)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def paused_by_a_lock(collection: Collection) -> list[ActivityChanged]:
    changes = collection.of(ActivityChanged)
    return [change for change in changes if change.activity is Activity.LOCKED]


def test_a_lock_of_another_program_is_told_and_waited_for(collect: Make) -> None:
    with DemoServer(DATASET) as server:
        collection = collect(server, STEADY)
        collection.collector.start(RunRequest())
        wait_for(lambda: collection.of(ProjectFinished))
        with locked(collection.database):
            wait_for(lambda: paused_by_a_lock(collection))
            asked = len(server.journal)
            assert not collection.collector.wait(1.0)
            assert len(server.journal) <= asked + STEADY.workers
        assert collection.end().status is RunStatus.COMPLETED
        told = collection.of(ActivityChanged)
        paused = told.index(paused_by_a_lock(collection)[0])
        assert ActivityChanged(Activity.READING) in told[paused:]
    assert collection.number("SELECT count(*) FROM phones") == expected(DATASET).phones


def test_a_lock_that_never_ends_ends_the_run(
    collect: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_wait, "LONGEST_WAIT", 1.0)
    with DemoServer(DATASET) as server:
        collection = collect(server, STEADY)
        collection.collector.start(RunRequest())
        wait_for(lambda: collection.of(ProjectFinished))
        with locked(collection.database):
            finished = collection.end()
        assert finished.status is RunStatus.FAILED
        assert (finished.reason, finished.detail) == (RunFailure.DATABASE, StorageProblem.BUSY)
        assert collection.resume().status is RunStatus.COMPLETED
    assert collection.number("SELECT count(*) FROM phones") == expected(DATASET).phones


def test_stop_while_another_program_locks_the_file(collect: Make) -> None:
    with DemoServer(DATASET) as server:
        collection = collect(server, STEADY)
        collection.collector.start(RunRequest())
        wait_for(lambda: collection.of(ProjectFinished))
        with locked(collection.database):
            wait_for(lambda: paused_by_a_lock(collection))
            collection.collector.stop()
            assert collection.collector.wait(6)
        assert [end.status for end in collection.of(RunFinished)] == [RunStatus.STOPPED]
        assert collection.resume().status is RunStatus.COMPLETED
    assert collection.number("SELECT count(*) FROM phones") == expected(DATASET).phones


def test_damaged_file_is_noticed_before_anything_is_asked(collect: Make) -> None:
    with DemoServer(DATASET) as server:
        collection = collect(server)
        collection.run()
        size = collection.database.stat().st_size
        os.truncate(collection.database, size // 2)
        asked = len(server.journal)
        finished = collection.run()
        assert finished.reason is RunFailure.DATABASE
        assert finished.detail == StorageProblem.DAMAGED
        assert len(server.journal) == asked


def test_a_backup_is_made_once_a_day(tmp_path: Path) -> None:
    database = tmp_path / "phones.db"
    with DemoServer(DemoDataset(1, clients=2, projects=4, records=100)) as server:
        collector = Collector(
            CollectorSetup(
                database,
                EngineSettings(delay=0.0),
                lambda: DataMasterSource(server.url, server.token, timeout=10.0),
                backups_kept=3,
            )
        )
        for expected_backups in (0, 1, 1):  # there is nothing to back up before the first run
            collector.start(RunRequest())
            assert collector.wait(20)
            assert len(list_backups(database)) == expected_backups


@pytest.mark.skipif(os.name == "nt", reason="Windows lets nobody rename or delete an open file")
@pytest.mark.parametrize("way", ["renamed", "folder renamed", "deleted", "replaced", "wal"])
def test_a_database_that_is_taken_away_ends_the_run_and_is_found_again(
    way: str, tmp_path: Path
) -> None:
    """Where the rows are is told, and there they are: the run goes on from there."""
    folder = tmp_path / "data"
    folder.mkdir()

    def lose(database: Path) -> None:
        match way:
            case "renamed":
                database.rename(database.with_name("elsewhere.db"))
            case "folder renamed":
                folder.rename(tmp_path / "moved")
            case "deleted":
                database.unlink()
            case "replaced":
                other = database.with_name("other")
                other.touch()
                other.replace(database)
            case "wal":
                database.with_name("phones.db-wal").unlink()

    events: list[Event] = []
    with DemoServer(DATASET) as server:
        collector = collector_in(folder, server, events)
        collector.start(RunRequest())
        wait_for(lambda: sum(isinstance(event, ProjectFinished) for event in events) > 5)
        lose(folder / "phones.db")
        assert collector.wait(60)
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.status, finished.reason) == (RunStatus.FAILED, RunFailure.DATABASE_MOVED)
    found = Path(finished.detail)
    with closing(sqlite3.connect(found)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT total_phones FROM runs").fetchone()[0] > 0
        links = db.execute("SELECT sum(new_links) FROM run_projects").fetchone()[0]
        assert links == db.execute("SELECT count(*) FROM project_phones").fetchone()[0]

    back = tmp_path / "back"
    back.mkdir()
    found.rename(back / "phones.db")
    with DemoServer(DATASET) as server:
        collector = collector_in(back, server, events)
        collector.resume()
        assert collector.wait(60)
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert finished.status is RunStatus.COMPLETED
    assert finished.totals.new == expected(DATASET).phones

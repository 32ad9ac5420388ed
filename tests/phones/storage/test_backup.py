"""Backups on real files: complete, checked, the newest kept, restored."""

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.database.errors import DatabaseBusy
from core.database.failures import StorageFailure, StorageProblem
from core.database.lock import CollectionLock
from core.phones.storage.backup import (
    backup_folder,
    before_migration,
    is_due,
    list_backups,
    make_backup,
    newest_good_backup,
)
from core.phones.storage.connect import open_writer
from core.phones.storage.copying import check_integrity, copy_database
from core.phones.storage.migrations import MIGRATIONS, migrate
from core.phones.storage.restore import restore
from core.phones.storage.schema import SCHEMA_VERSION
from core.watch import Cancelled, Watch
from tests.phones.storage.collected import Rows
from tests.phones.storage.consistency import contradictions
from tests.small_disk import mounted

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PHONES = "SELECT count(*), sum(id), max(phone) FROM phones"


def problem_of(call: Callable[[], object]) -> StorageProblem:
    with pytest.raises(StorageFailure) as caught:
        call()
    return caught.value.problem


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def damage(path: Path) -> None:
    """Overwrite the middle third of the file."""
    with path.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(size // 3)
        file.write(os.urandom(size // 3))


# Making


def test_a_backup_is_one_good_file_with_everything(database: Path, rows: Rows) -> None:
    with closing(open_writer(database)) as db:  # what is only in the WAL belongs to it too
        db.execute("UPDATE phones SET last_seen = last_seen + 1")
        said: list[float] = []
        backup = make_backup(database, 7, NOW, Watch(said.append))
        assert database.with_name("phones.db-wal").stat().st_size > 0
    assert backup.path == database.parent / "backups" / "phones-20261121-120000.db"
    assert files_in(backup.path.parent) == {backup.path.name}
    assert Rows(backup.path)("SELECT * FROM phones") == rows("SELECT * FROM phones")
    assert not contradictions(backup.path)
    assert backup.path.read_bytes()[18:20] == b"\x01\x01", "a backup needs no WAL"
    assert said == sorted(said)
    assert said[-1] == 1.0
    assert list_backups(database) == [backup]


def test_a_backup_is_of_one_moment_while_others_write(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.phones.storage.copying._PAGES_A_STEP", 5)
    before = dict(Rows(database)("SELECT id, last_seen FROM phones"))
    ending = threading.Event()

    def write() -> None:
        with closing(open_writer(database)) as db:
            while not ending.is_set():
                db.execute("UPDATE phones SET last_seen = last_seen + 1, last_run_id = last_seen")

    writer = threading.Thread(target=write)
    writer.start()
    said: list[float] = []

    def slowly(done: float) -> None:
        said.append(done)
        ending.wait(0.02)

    try:
        backup = make_backup(database, 7, NOW, Watch(slowly))
    finally:
        ending.set()
        writer.join()
    assert said == sorted(said), "it began anew when somebody wrote"
    after = dict(Rows(backup.path)("SELECT id, last_seen FROM phones"))
    assert len({after[phone] - before[phone] for phone in before}) == 1
    assert not contradictions(backup.path)


def test_only_the_newest_are_kept(database: Path) -> None:
    for day in range(6):
        make_backup(database, 3, NOW + timedelta(days=day))
    kept = [backup.made_at.day for backup in list_backups(database)]
    assert kept == [26, 25, 24]


def test_what_is_no_backup_of_this_database_is_not_touched(database: Path) -> None:
    folder = backup_folder(database)
    folder.mkdir()
    others = ["notes.txt", "phones-20251121-120000.db.bak", "other-20251121-120000.db"]
    others += ["phones-99999999-999999.db", "phones-20251121-120000.db.part", "phones.db"]
    for name in others:
        (folder / name).write_text("x")
    make_backup(database, 1, NOW)
    make_backup(database, 1, NOW + timedelta(days=1))
    assert files_in(folder) == {*others, "phones-20261122-120000.db"}


def test_a_backup_of_a_damaged_database_removes_no_good_one(database: Path) -> None:
    good = make_backup(database, 1, NOW)
    damage(database)
    make = lambda: make_backup(database, 1, NOW + timedelta(days=1))  # noqa: E731
    assert problem_of(make) is StorageProblem.DAMAGED
    assert files_in(good.path.parent) == {good.path.name}


def test_the_damaged_database_is_named_not_its_unfinished_copy(
    database: Path, tmp_path: Path
) -> None:
    damage(database)
    with pytest.raises(StorageFailure) as failed:
        copy_database(database, tmp_path / "copy.db")
    assert failed.value.path == database


def test_a_cancelled_backup_leaves_nothing(database: Path) -> None:
    calls: list[int] = []

    def cancelled() -> bool:
        calls.append(1)
        return len(calls) > 1

    for limit in (Watch(cancelled=lambda: True), Watch(cancelled=cancelled)):
        with pytest.raises(Cancelled):
            make_backup(database, 7, NOW, limit)
        assert files_in(backup_folder(database)) == set()


def test_no_room_for_a_backup(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.phones.storage.backup.free_bytes", lambda _path: 60_000_000)
    assert problem_of(lambda: make_backup(database, 7, NOW)) is StorageProblem.DISK_FULL
    assert not backup_folder(database).exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    with mounted(tmp_path / "small", "2m") as folder:
        yield folder


def test_the_disk_gets_full_during_a_backup(database: Path, small_disk: Path) -> None:
    with closing(open_writer(database)) as db:
        db.execute("CREATE TABLE ballast AS SELECT randomblob(3000000) AS b")
    target = small_disk / "copy.db"
    with pytest.raises(StorageFailure) as failed:
        copy_database(database, target)
    assert (failed.value.problem, failed.value.path) == (StorageProblem.DISK_FULL, target)
    assert files_in(small_disk) == set()
    assert not contradictions(database)


def test_a_folder_that_cannot_be_written(database: Path) -> None:
    backup_folder(database).write_text("a file where the folder should be")
    make = lambda: make_backup(database, 7, NOW)  # noqa: E731
    assert problem_of(make) in (StorageProblem.UNREACHABLE, StorageProblem.READ_ONLY)


# When


@pytest.mark.parametrize(
    ("hours", "due"), [(0.0, False), (19.9, False), (20.1, True), (400, True), (-5, True)]
)
def test_once_a_day(hours: float, due: bool, database: Path) -> None:
    assert is_due(database, NOW)
    make_backup(database, 7, NOW)
    assert is_due(database, NOW + timedelta(hours=hours)) is due


def test_nothing_to_back_up(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    assert not is_due(path, NOW)
    path.touch()
    assert not is_due(path, NOW)
    assert list_backups(path) == []


def test_before_a_migration(database: Path) -> None:
    with closing(open_writer(database)) as db:
        back_up = before_migration(7, lambda: NOW)
        steps = (*MIGRATIONS, lambda db: db.execute("DELETE FROM project_phones"))
        migrate(db, database, back_up, steps)
        assert db.execute("SELECT count(*) FROM project_phones").fetchone()[0] == 0
    [backup] = list_backups(database)
    assert Rows(backup.path).one("SELECT count(*) FROM project_phones") > 0
    assert Rows(backup.path).one("PRAGMA user_version") == SCHEMA_VERSION


# Restoring


def test_restored_and_the_replaced_one_kept(database: Path, rows: Rows) -> None:
    backup = make_backup(database, 7, NOW)
    before = rows(PHONES)
    content = backup.path.read_bytes()
    with closing(open_writer(database)) as db:
        db.execute("DELETE FROM project_phones")
        db.execute("DELETE FROM phones")
        # Copied as it is now, the way a crash leaves it: with a WAL full of deletions.
        shutil.copyfile(database, database.with_name("crashed.db"))
        shutil.copyfile(database.with_name("phones.db-wal"), database.with_name("crashed.db-wal"))
    crashed = database.with_name("crashed.db")
    assert crashed.with_name("crashed.db-wal").stat().st_size > 0

    aside = restore(backup.path, crashed, NOW)

    assert Rows(crashed)(PHONES) == before
    assert not contradictions(crashed)
    assert backup.path.read_bytes() == content
    assert aside is not None
    assert Rows(aside)("SELECT count(*) FROM phones") == [(0,)], "with its own WAL"
    assert not crashed.with_name("crashed.db.restored").exists()


def test_restored_where_there_is_no_database(database: Path, rows: Rows, tmp_path: Path) -> None:
    backup = make_backup(database, 7, NOW)
    before = rows(PHONES)
    new = tmp_path / "new" / "phones.db"
    new.parent.mkdir()
    new.with_name("phones.db-wal").write_bytes(b"of a database that is gone")
    assert restore(backup.path, new, NOW) is None
    assert Rows(new)(PHONES) == before


@pytest.mark.parametrize("what", ["damaged", "no database", "foreign", "too new", "missing"])
def test_what_is_no_good_backup_changes_nothing(what: str, database: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.db"
    if what == "damaged":
        shutil.copyfile(database, bad)
        damage(bad)
    elif what == "no database":
        bad.write_bytes(b"Dear Sir or Madam " * 1000)
    elif what != "missing":
        with closing(sqlite3.connect(bad)) as db:
            db.execute("CREATE TABLE things (a)")
            if what == "too new":
                shutil.copyfile(database, bad)
                db.execute("PRAGMA user_version = 999")
    before = database.read_bytes()
    expected = {
        "damaged": StorageProblem.DAMAGED,
        "no database": StorageProblem.NOT_A_DATABASE,
        "foreign": StorageProblem.FOREIGN,
        "too new": StorageProblem.TOO_NEW,
        "missing": StorageProblem.MISSING,
    }
    names = {*files_in(tmp_path), "phones.db.lock", "bad.db-wal", "bad.db-shm"}
    assert problem_of(lambda: restore(bad, database, NOW)) is expected[what]
    assert database.read_bytes() == before
    assert files_in(tmp_path) <= names


def test_not_while_a_run_goes_on(database: Path) -> None:
    backup = make_backup(database, 7, NOW)
    lock = CollectionLock(database)
    lock.acquire(NOW)
    try:
        with pytest.raises(DatabaseBusy):
            restore(backup.path, database, NOW)
    finally:
        lock.release()
    assert restore(backup.path, database, NOW)


def test_where_it_cannot_be_put_aside_whole_it_stays_whole(database: Path, rows: Rows) -> None:
    backup = make_backup(database, 7, NOW)
    with closing(open_writer(database)) as db:
        db.execute("UPDATE phones SET last_seen = last_seen + 1")
        # Copied as it is now, the way a crash leaves it.
        crashed = database.with_name("crashed.db")
        for companion in ("", "-wal"):
            shutil.copyfile(f"{database}{companion}", f"{crashed}{companion}")
    taken = crashed.with_name("crashed.db.replaced-20261121-120000-wal")
    taken.mkdir()
    (taken / "something").touch()
    before = files_in(crashed.parent)
    with pytest.raises(StorageFailure):
        restore(backup.path, crashed, NOW)
    assert files_in(crashed.parent) == before | {"crashed.db.lock"}
    assert Rows(crashed)(PHONES) == rows(PHONES)
    changed = "SELECT sum(last_seen) FROM phones"
    assert Rows(crashed).one(changed) == rows.one(changed), "with its own WAL"


def test_not_from_itself(database: Path) -> None:
    assert problem_of(lambda: restore(database, database, NOW)) is StorageProblem.BUSY


def test_the_newest_good_one_is_found(database: Path) -> None:
    assert newest_good_backup(database) is None
    backups = [make_backup(database, 7, NOW + timedelta(days=day)) for day in range(3)]
    assert newest_good_backup(database) == backups[2]
    damage(backups[2].path)
    backups[1].path.write_bytes(b"")
    assert newest_good_backup(database) == backups[0]


def test_a_check_finds_damage_and_can_be_cancelled(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_integrity(database)
    monkeypatch.setattr("core.phones.storage.copying._STEPS_BETWEEN_LOOKS", 100)
    with pytest.raises(Cancelled):
        check_integrity(database, Watch(cancelled=lambda: True))
    damage(database)
    assert problem_of(lambda: check_integrity(database)) is StorageProblem.DAMAGED

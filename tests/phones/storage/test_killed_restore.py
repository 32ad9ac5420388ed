"""A restore that dies at any of its steps: finished at the next start, and no row is gone."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.phones.storage.backup import make_backup
from core.phones.storage.connect import open_reader, open_writer
from core.phones.storage.lost import DatabaseLost, need_not_lost
from core.phones.storage.restoration import REPLACED, RESTORING, finish_restore
from core.phones.storage.restore import restore, set_aside
from tests.phones.storage.collected import Rows
from tests.phones.storage.consistency import contradictions

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
STEPS = {"os.rename", "os.remove", "open", "os.mkdir", "sqlite3.connect", "os.truncate"}
MARK = "SELECT value FROM meta WHERE key = 'mark'"

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills copies of this process")


def die_at(step: int, work: Callable[[], object]) -> bool:
    """Do `work` in a copy of this process that dies just before its step number `step`; False
    where it needed fewer steps."""
    child = os.fork()
    if child == 0:
        steps = 0

        def count(event: str, _arguments: object) -> None:
            nonlocal steps
            if event in STEPS:
                steps += 1
                if steps == step:
                    os._exit(9)

        try:
            sys.addaudithook(count)
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 9


def crashed_database(database: Path) -> Path:
    """A copy as a crash leaves it: committed rows that stand in its WAL only."""
    crashed = database.with_name("crashed.db")
    with closing(open_writer(database)) as db:
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("INSERT INTO meta VALUES ('mark', 'only in the WAL')")
        for companion in ("", "-wal"):
            shutil.copyfile(f"{database}{companion}", f"{crashed}{companion}")
    return crashed


def test_a_restore_may_die_at_any_step(database: Path, tmp_path: Path) -> None:
    backup = make_backup(database, 7, NOW).path
    source = crashed_database(database)
    step, finished, undone = 0, 0, 0
    while True:
        step += 1
        folder = tmp_path / f"step-{step}"
        folder.mkdir()
        path = folder / "phones.db"
        for companion in ("", "-wal"):
            shutil.copyfile(f"{source}{companion}", f"{path}{companion}")
        died = die_at(step, lambda path=path: restore(backup, path, NOW))  # type: ignore[misc]

        finish_restore(path)
        with closing(open_reader(path)) as db:  # whoever looks in first
            mark = db.execute(MARK).fetchone()
        kept = [
            file
            for file in folder.iterdir()
            if REPLACED in file.name and not file.name.endswith(("-wal", "-shm"))
        ]
        if mark is None:  # the backup is in place, and the replaced file has all its rows
            finished += 1
            assert len(kept) == 1
            assert Rows(kept[0])(MARK) == [("only in the WAL",)]
        else:
            undone += 1
            assert mark == ("only in the WAL",)
            assert kept == []
        assert not path.with_name(path.name + RESTORING).exists()
        assert not contradictions(path)
        if not died:
            break
    assert finished > 3
    assert undone > 3


def test_whoever_only_reads_finishes_it_too(database: Path, tmp_path: Path) -> None:
    backup = make_backup(database, 7, NOW).path
    source = crashed_database(database)
    path = tmp_path / "here" / "phones.db"
    step = 0
    while not path.with_name("phones.db.restored").exists() or path.exists():
        step += 1
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir()
        shutil.copyfile(source, path)
        assert die_at(step, lambda: restore(backup, path, NOW))
    with closing(open_reader(path)) as db:
        assert db.execute("SELECT count(*) FROM phones").fetchone()[0] > 0


@pytest.mark.parametrize("way", ["deleted", "emptied"])
def test_a_missing_database_beside_its_backups_is_lost(way: str, database: Path) -> None:
    need_not_lost(database)
    backup = make_backup(database, 7, NOW).path
    need_not_lost(database)
    if way == "deleted":
        database.unlink()
    else:
        database.write_bytes(b"")
    with pytest.raises(DatabaseLost) as caught:
        need_not_lost(database)
    assert caught.value.trace == backup
    backup.unlink()
    need_not_lost(database)
    aside = database.with_name("phones.db.replaced-20261127-120000")
    aside.write_bytes(b"x")
    with pytest.raises(DatabaseLost) as caught:
        need_not_lost(database)
    assert caught.value.trace == aside


def test_what_was_set_aside_on_purpose_is_not_lost(database: Path) -> None:
    aside = set_aside(database, NOW)
    assert aside is not None
    need_not_lost(database)
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("SELECT count(*) FROM phones").fetchone() == (0,)

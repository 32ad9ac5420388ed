"""One lock for one file, whatever name it is called by."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from core.database import lock as lock_module
from core.database.lock import CollectionLock, DatabaseHeld, holder_of, is_held

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def link(kind: str, folder: Path, database: Path) -> Path:
    """Another path of `database`."""
    match kind:
        case "symbolic link":
            other = folder / "other.db"
            other.symlink_to(database)
        case "linked folder":
            (folder / "linked").symlink_to(database.parent, target_is_directory=True)
            other = folder / "linked" / database.name
        case "hard link":
            other = folder / "other.db"
            os.link(database, other)
        case _:
            other = database.parent / ".." / database.parent.name / database.name
    return other


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize("kind", ["symbolic link", "linked folder", "hard link", "dots"])
def test_the_same_file_by_another_name_is_held(kind: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    database = tmp_path / "data" / "phones.db"
    database.touch()
    other = link(kind, tmp_path, database)
    first, second = CollectionLock(database), CollectionLock(other)
    for holder, late in ((first, second), (second, first)):
        holder.acquire(NOW)
        assert is_held(database)
        assert is_held(other)
        with pytest.raises(DatabaseHeld):
            late.acquire(NOW)
        holder.release()
        assert not is_held(database)
        assert not is_held(other)


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_to_a_file_that_is_not_there_yet_is_the_same(tmp_path: Path) -> None:
    database, other = tmp_path / "phones.db", tmp_path / "other.db"
    other.symlink_to(database)
    first, second = CollectionLock(other), CollectionLock(database)
    first.acquire(NOW)
    with pytest.raises(DatabaseHeld):
        second.acquire(NOW)
    first.release()


def test_two_files_of_one_name_are_two(tmp_path: Path) -> None:
    locks = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "phones.db").touch()
        locks.append(CollectionLock(tmp_path / name / "phones.db"))
    for lock in locks:
        lock.acquire(NOW)
    for lock in locks:
        lock.release()


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    database = tmp_path / "phones.db"
    (tmp_path / "phones.db.holder").symlink_to(victim)
    lock = CollectionLock(database)
    lock.acquire(NOW)
    holder = holder_of(database)
    assert holder is not None
    assert holder.pid == os.getpid()
    lock.release()
    assert victim.read_text() == "mine"


def test_a_look_in_the_moment_of_a_start_is_no_other_collection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_module, "PATIENCE", 60.0)
    database = tmp_path / "phones.db"
    database.touch()
    run = CollectionLock(database)
    looking = FileLock(tmp_path / "phones.db.lock", thread_local=False)
    looking.acquire()
    with ThreadPoolExecutor() as pool:
        started = pool.submit(run.acquire, NOW)
        time.sleep(0.1)
        looking.release()
        started.result()
    assert is_held(database)
    run.release()

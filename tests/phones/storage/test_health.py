"""The look at a database at every start, and the free space."""

import os
import shutil
import time
from contextlib import closing
from pathlib import Path

import pytest

from core.database import diskspace
from core.database.diskspace import PAUSE_BYTES, WARN_BYTES, Room, free_bytes, room_for
from core.database.failures import StorageFailure, StorageProblem
from core.phones.storage.connect import open_writer
from core.phones.storage.health import look
from tests.phones.storage.collected import Rows


def problem_of(path: Path) -> StorageProblem:
    with pytest.raises(StorageFailure) as caught:
        look(path)
    return caught.value.problem


def test_a_good_database(database: Path) -> None:
    look(database)
    with closing(open_writer(database)) as db:
        db.execute("UPDATE phones SET last_seen = 1")
        look(database)


def test_none_yet(tmp_path: Path) -> None:
    look(tmp_path / "none.db")
    (tmp_path / "empty.db").touch()
    look(tmp_path / "empty.db")


@pytest.mark.parametrize("kept", [0.01, 0.3, 0.9, 0.999])
def test_a_copy_that_broke_off(kept: float, database: Path) -> None:
    os.truncate(database, int(database.stat().st_size * kept))
    assert problem_of(database) is StorageProblem.DAMAGED


def test_destroyed_roots(database: Path, rows: Rows, tmp_path: Path) -> None:
    roots = rows("SELECT rootpage, name FROM sqlite_schema")
    for root, name in [(1, "schema"), *roots]:
        path = tmp_path / f"broken-{name}.db"
        shutil.copyfile(database, path)
        with path.open("rb+") as file:
            file.seek(4096 * (root - 1) + (100 if root == 1 else 0))
            file.write(b"\xee" * 3000)
        assert problem_of(path) is StorageProblem.DAMAGED, name


def test_a_file_of_zeros(database: Path) -> None:
    database.write_bytes(bytes(database.stat().st_size))
    assert problem_of(database) is StorageProblem.NOT_A_DATABASE


def test_pages_that_are_still_in_the_wal_are_not_missing(database: Path, tmp_path: Path) -> None:
    crashed = tmp_path / "crashed.db"
    with closing(open_writer(database)) as db:
        db.execute("CREATE TABLE more AS SELECT randomblob(500000) AS b")
        shutil.copyfile(database, crashed)
        shutil.copyfile(database.with_name("phones.db-wal"), tmp_path / "crashed.db-wal")
    look(crashed)


def test_a_look_changes_nothing_and_costs_little(database: Path) -> None:
    before = database.read_bytes()
    began = time.perf_counter()
    for _ in range(10):
        look(database)
    assert time.perf_counter() - began < 5
    assert database.read_bytes() == before


# Free space


@pytest.mark.parametrize(
    ("free", "room"),
    [
        (0, Room.NONE),
        (PAUSE_BYTES - 1, Room.NONE),
        (PAUSE_BYTES, Room.LOW),
        (WARN_BYTES - 1, Room.LOW),
        (WARN_BYTES, Room.PLENTY),
    ],
)
def test_room(free: int, room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(diskspace.shutil, "disk_usage", lambda _path: usage)
    assert room_for(tmp_path / "phones.db") is room


def test_free_space_of_what_does_not_exist_yet(tmp_path: Path) -> None:
    there = free_bytes(tmp_path)
    assert abs(free_bytes(tmp_path / "a" / "b" / "phones.db") - there) < 100_000_000


def test_a_system_that_does_not_tell_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(diskspace.shutil, "disk_usage", refuse)
    assert room_for(tmp_path) is Room.PLENTY

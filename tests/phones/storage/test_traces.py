"""A number is erased in every file that the program made; half files of the dead are cleared."""

import os
import shutil
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.leftovers import is_left, own_mark
from core.phones.storage.backup import backup_folder, make_backup
from core.phones.storage.connect import open_writer
from core.phones.storage.restore import restore
from core.phones.storage.traces import clear_leftovers, forget_elsewhere, half_files
from tests.phones.storage.collected import Rows

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def dead_mark() -> str:
    """The mark of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    return own_mark().replace(str(os.getpid()), str(process.pid))


def holding(folder: Path, digits: str) -> set[str]:
    return {
        path.name
        for path in folder.rglob("*")
        if path.is_file() and digits.encode() in path.read_bytes()
    }


def test_a_number_is_erased_in_every_file_of_the_program(database: Path, rows: Rows) -> None:
    phone = rows("SELECT phone FROM phones LIMIT 1")[0][0]
    digits = phone.removeprefix("+")
    backup = make_backup(database, 7, NOW - timedelta(days=1)).path
    restore(backup, database, NOW)  # leaves the one before, set aside
    rescued = database.with_name("phones.db.rescued-20261127-120000")
    shutil.copyfile(database, rescued)
    with closing(open_writer(rescued)) as db:  # as a crash leaves it: rows in its WAL
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("INSERT INTO meta VALUES ('x', 'y')")
        shutil.copyfile(f"{rescued}-wal", database.with_name("kept-wal"))
    database.with_name("kept-wal").rename(f"{rescued}-wal")
    exports = database.parent / "exports"
    workshop = exports / f".export-.{dead_mark()}-abc"
    workshop.mkdir(parents=True)
    (workshop / "0.csv").write_text(phone)
    half = backup_folder(database) / f"phones-20261127-110000.db.{dead_mark()}.part"
    shutil.copyfile(database, half)
    other = database.parent / "of the user.csv"
    other.write_text("not ours")
    assert len(holding(database.parent, digits)) == 6

    from core.phones.storage.forget import forget

    forget(database, phone, NOW)
    assert forget_elsewhere(database, phone, NOW, exports) == []
    assert holding(database.parent, digits) == set()
    assert other.exists()


def test_what_cannot_be_erased_is_named(database: Path) -> None:
    make_backup(database, 7, NOW)
    bad = database.with_name("phones.db.replaced-20261127-120000")
    bad.write_bytes(b"no database at all " * 1000)
    making = backup_folder(database) / f"phones-20261127-110000.db.{own_mark()}.part"
    making.write_bytes(b"being made now")
    left = forget_elsewhere(database, "+79571234567", NOW)
    assert set(left) == {bad, making}


def test_only_what_the_dead_have_left_is_cleared(database: Path) -> None:
    folder = backup_folder(database)
    folder.mkdir()
    dead, living = dead_mark(), own_mark()
    names = [f"phones-1.db.{mark}.part{end}" for mark in (dead, living) for end in ("", "-wal")]
    old = folder / "phones-2.db.part"  # as earlier versions named them
    for path in (*(folder / name for name in names), old):
        path.write_bytes(b"half")
    of_others = folder / "phones-3.db.another-host-1.part"
    of_others.write_bytes(b"half")
    clear_leftovers(database)
    assert {path.name for path in half_files(database)} == {*names[2:], old.name, of_others.name}
    long_ago = NOW.timestamp() - 400 * 24 * 3600
    os.utime(old, (long_ago, long_ago))
    os.utime(of_others, (long_ago, long_ago))
    clear_leftovers(database)
    assert {path.name for path in half_files(database)} == {*names[2:]}
    assert not is_left(folder / "gone")

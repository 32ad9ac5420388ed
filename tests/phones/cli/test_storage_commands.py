"""backup, forget, revalidate and check as an administrator meets them."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.database.lock import CollectionLock
from tests.phones.cli.conftest import Api, Installation

DATA = ("--clients", "6", "--projects", "12", "--records", "1500")

pytestmark = pytest.mark.slow

Start = Callable[..., Api]
Install = Callable[..., Installation]


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


@pytest.fixture
def home(start_api: Start, install: Install) -> Installation:
    """With one run collected."""
    made = install(start_api(*DATA))
    assert made.run("collect").returncode == 0
    return made


def test_backup_and_restore(home: Installation) -> None:
    before = rows(home.database, "SELECT id, phone FROM phones")
    done = home.run("backup")
    assert done.returncode == 0, done.stderr
    [backup] = (home.database.parent / "backups").glob("phones-*.db")
    assert str(backup) in done.stdout
    assert str(backup) in home.run("backup", "--list").stdout
    with closing(sqlite3.connect(home.database)) as db, db:
        db.execute("DELETE FROM project_phones")
        db.execute("DELETE FROM phones")
    done = home.run("backup", "--restore", str(backup))
    assert done.returncode == 0, done.stderr
    assert rows(home.database, "SELECT id, phone FROM phones") == before
    assert backup.exists()
    [replaced] = home.database.parent.glob("phones.db.replaced-*[0-9]")
    assert str(replaced) in done.stdout


def test_backup_to_a_place_of_ones_own(home: Installation, tmp_path: Path) -> None:
    out = tmp_path / "Копии" / "моя.db"
    assert home.run("backup", "--out", str(out)).returncode == 0
    assert rows(out, "SELECT count(*) FROM phones") == rows(
        home.database, "SELECT count(*) FROM phones"
    )
    again = home.run("backup", "--out", str(out))
    assert (again.returncode, "is there already" in again.stderr) == (2, True)
    assert home.run("backup", "--out", str(out.parent)).returncode == 0
    assert len(list(out.parent.glob("phones-*.db"))) == 1
    unplugged = home.run("backup", "--out", f"{tmp_path}/disk/")
    assert (unplugged.returncode, "There is no folder" in unplugged.stderr) == (2, True)
    assert not (tmp_path / "disk").exists()


@pytest.mark.parametrize("what", ["no such file", "no database"])
def test_what_is_no_backup_is_not_restored(what: str, home: Installation, tmp_path: Path) -> None:
    bad = tmp_path / "bad.db"
    if what == "no database":
        bad.write_text("Dear Sir or Madam")
    before = home.database.read_bytes()
    done = home.run("backup", "--restore", str(bad))
    assert done.returncode == 1
    assert str(bad) in done.stderr
    assert "--list" in done.stderr
    assert "DATABASE_PATH" not in done.stderr  # that is not what is wrong
    assert home.database.read_bytes() == before


def test_the_database_is_no_backup_of_itself(home: Installation) -> None:
    done = home.run("backup", "--restore", str(home.database))
    assert done.returncode == 1
    assert "itself" in done.stderr


def test_a_damaged_database(home: Installation, tmp_path: Path) -> None:
    with home.database.open("rb+") as file:
        file.seek(home.database.stat().st_size // 2)
        file.write(b"\xee" * 8192)
    checked = home.run("check")
    assert checked.returncode == 1
    assert "damaged" in checked.stdout
    saved = tmp_path / "saved.db"
    done = home.run("backup", "--salvage", str(saved))
    assert done.returncode == 0, done.stderr
    assert rows(saved, "PRAGMA integrity_check") == [("ok",)]
    assert home.run("backup", "--restore", str(saved)).returncode == 0
    assert home.run("check").returncode == 0
    assert home.run("collect").returncode == 0


def test_forget_and_never_again(home: Installation) -> None:
    home.run("backup")
    [(phone, links)] = rows(
        home.database, "SELECT phone, projects FROM phones ORDER BY projects DESC LIMIT 1"
    )
    written = f"8 ({phone[2:5]}) {phone[5:8]}-{phone[8:]}"
    done = home.run("forget", written)
    assert done.returncode == 0, done.stderr
    assert "--backups" in done.stdout
    assert f"links to projects: {links}," in done.stdout
    again = home.run("forget", written, "--backups").stdout
    assert "not in the database" in again
    assert "no backup any more" in again
    assert home.run("collect").returncode == 0
    [backup] = (home.database.parent / "backups").glob("phones-*.db")
    for path in (home.database, backup):
        assert rows(path, f"SELECT count(*) FROM phones WHERE phone = '{phone}'") == [(0,)]
        assert phone[1:].encode() not in path.read_bytes()
    for text in (home.log, done.stdout, done.stderr):
        assert phone[1:] not in text
        assert written not in text


@pytest.mark.parametrize("text", ["", "hello", "1234", "+7"])
def test_what_is_no_number_is_not_forgotten(text: str, home: Installation) -> None:
    done = home.run("forget", text)
    assert (done.returncode, done.stdout) == (2, "")
    assert rows(home.database, "SELECT * FROM forgotten_phones") == []


def test_revalidate(home: Installation) -> None:
    rejected = rows(home.database, "SELECT count(*) FROM rejected_phones")[0][0]
    done = home.run("revalidate")
    assert (done.returncode, done.stdout.startswith(f"Tried again: {rejected}.")) == (0, True)
    home.environment["PHONE_ACCEPT"] = "possible"
    assert home.run("revalidate").returncode == 0
    assert rows(home.database, "SELECT count(*) FROM rejected_phones")[0][0] < rejected


@pytest.mark.parametrize("command", [("forget", "+79071234567"), ("revalidate",)])
def test_not_while_somebody_collects(command: tuple[str, ...], home: Installation) -> None:
    from datetime import UTC, datetime

    lock = CollectionLock(home.database)
    lock.acquire(datetime.now(UTC))
    try:
        done = home.run(*command)
    finally:
        lock.release()
    assert done.returncode == 1
    assert "in use by process" in done.stderr
    assert rows(home.database, "SELECT * FROM forgotten_phones") == []


@pytest.mark.parametrize(
    "command",
    [("forget", "+79071234567"), ("revalidate",), ("backup",), ("backup", "--salvage", "x.db")],
)
def test_without_a_database(command: tuple[str, ...], install: Install) -> None:
    home = install()
    done = home.run(*command)
    assert done.returncode == 1
    assert "There is no database at" in done.stderr
    assert not home.database.exists()


def test_check_tells_about_backups_and_space(home: Installation) -> None:
    assert (
        "Backups: none yet" in home.run("check").stdout
        or (home.database.parent / "backups").exists()
    )
    home.run("backup")
    checked = home.run("check").stdout
    assert "Backups: 1, the newest of" in checked
    assert "Free space: " in checked

"""Opening, making and migrating the database file, on real files."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.database import network
from core.database.failures import StorageFailure, StorageProblem
from core.phones.storage import connect, migrations
from core.phones.storage.connect import open_reader, open_writer
from core.phones.storage.schema import APPLICATION_ID, SCHEMA_VERSION


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "phones.db"
    open_writer(path).close()
    return path


def problem_of(opening: object, path: Path) -> StorageProblem:
    with pytest.raises(StorageFailure) as caught:
        opening(path).close()  # type: ignore[operator]
    return caught.value.problem


@pytest.mark.parametrize(
    "name", ["plain.db", "два слова.db", "what?#100%.db", "a&mode=memory.db", "к ñ ' ; .db"]
)
def test_any_path_is_opened_as_it_is(tmp_path: Path, name: str) -> None:
    path = tmp_path / "папка с пробелом" / name
    with closing(open_writer(path)) as writer:
        writer.execute("INSERT INTO meta VALUES ('a', 'b')")
        assert path.exists()
        with closing(open_reader(path)) as reader:
            assert reader.execute("SELECT value FROM meta").fetchall() == [("b",)]


def test_uri_of_windows_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import PureWindowsPath

    class WindowsPath(PureWindowsPath):
        def absolute(self) -> "WindowsPath":
            return self

    drive = WindowsPath("C:\\Данные агентства\\a#1?.db")
    share = WindowsPath("\\\\server\\share\\a b.db")
    assert connect.database_uri(drive, "ro").startswith("file:///C:/%D0%94")  # type: ignore[arg-type]
    assert connect.database_uri(drive, "ro").endswith("a%231%3F.db?mode=ro")  # type: ignore[arg-type]
    assert connect.database_uri(share, "ro") == "file:////server/share/a%20b.db?mode=ro"  # type: ignore[arg-type]


def test_writer_settings(database: Path) -> None:
    with closing(open_writer(database)) as writer:
        ask = {
            name: writer.execute(f"PRAGMA {name}").fetchone()[0]
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "application_id",
                "user_version",
            )
        }
    assert ask == {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "application_id": APPLICATION_ID,
        "user_version": SCHEMA_VERSION,
    }


def test_no_wal_on_a_network_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "is_network_path", lambda _path: True)
    path = tmp_path / "share.db"
    with closing(open_writer(path)) as writer:
        assert writer.execute("PRAGMA journal_mode").fetchone()[0] == "delete"


def test_a_wal_database_moved_to_a_share_leaves_wal(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "is_network_path", lambda _path: True)
    with closing(open_writer(database)) as writer:
        assert writer.execute("PRAGMA journal_mode").fetchone()[0] == "delete"


def test_file_system_is_that_of_the_deepest_mount(monkeypatch: pytest.MonkeyPatch) -> None:
    from collections import namedtuple

    Mount = namedtuple("Mount", "mountpoint fstype")
    mounts = [Mount("/", "ext4"), Mount("/mnt/share", "cifs"), Mount("/mnt/share/in", "ext4")]
    monkeypatch.setattr("psutil.disk_partitions", lambda **_: mounts)
    assert network.is_network_path(Path("/mnt/share/data/phones.db"))
    assert not network.is_network_path(Path("/mnt/share/in/phones.db"))
    assert not network.is_network_path(Path("/mnt/shared/phones.db"))


def test_reader_cannot_write(database: Path) -> None:
    with (
        closing(open_reader(database)) as reader,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        reader.execute("INSERT INTO meta VALUES ('a', 'b')")


def test_reader_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    assert problem_of(open_reader, path) is StorageProblem.MISSING
    assert not path.exists()
    path.touch()
    assert problem_of(open_reader, path) is StorageProblem.MISSING


@pytest.mark.parametrize("opening", [open_reader, open_writer])
def test_a_file_that_is_no_database(tmp_path: Path, opening: object) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes(b"Dear Sir or Madam, " * 100)
    before = path.read_bytes()
    assert problem_of(opening, path) is StorageProblem.NOT_A_DATABASE
    assert path.read_bytes() == before


@pytest.mark.parametrize("opening", [open_reader, open_writer])
def test_a_database_of_another_program(tmp_path: Path, opening: object) -> None:
    path = tmp_path / "theirs.db"
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute("CREATE TABLE things (a)")
    before = path.read_bytes()
    assert problem_of(opening, path) is StorageProblem.FOREIGN
    assert path.read_bytes() == before


@pytest.mark.parametrize("opening", [open_reader, open_writer])
def test_a_newer_database_is_not_touched(database: Path, opening: object) -> None:
    with closing(sqlite3.connect(database)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = database.read_bytes()
    assert problem_of(opening, database) is StorageProblem.TOO_NEW
    assert database.read_bytes() == before
    assert [file.name for file in database.parent.iterdir()] == [database.name]


@pytest.mark.parametrize("opening", [open_reader, open_writer])
def test_a_damaged_database(database: Path, opening: object) -> None:
    content = bytearray(database.read_bytes())
    content[100:4096] = b"\xff" * 3996  # the page that holds the schema
    database.write_bytes(content)
    assert problem_of(opening, database) is StorageProblem.DAMAGED


def test_reader_waits_for_the_writer_to_migrate(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "READABLE_SINCE", SCHEMA_VERSION + 1)
    assert problem_of(open_reader, database) is StorageProblem.OUTDATED


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert problem_of(open_writer, tmp_path / "file" / "x.db") is StorageProblem.UNREACHABLE


def test_migration_runs_after_the_backup_and_with_its_marker(database: Path) -> None:
    backups: list[Path] = []

    def add_column(connection: sqlite3.Connection) -> None:
        assert backups == [database]
        connection.execute("ALTER TABLE meta ADD COLUMN extra")

    with closing(open_writer(database)) as writer:
        migrations.migrate(writer, database, backups.append, (*migrations.MIGRATIONS, add_column))
        assert writer.execute("SELECT extra FROM meta").fetchall() == []
        assert writer.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION + 1
    assert backups == [database]


def test_a_failed_migration_leaves_the_old_version(database: Path) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half_done (a)")
        raise ZeroDivisionError

    with closing(open_writer(database)) as writer:
        with pytest.raises(ZeroDivisionError):
            migrations.migrate(writer, database, None, (*migrations.MIGRATIONS, half))
        names = writer.execute("SELECT name FROM sqlite_schema").fetchall()
        assert ("half_done",) not in names
        assert writer.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION


def test_two_processes_make_the_same_new_file(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with closing(open_writer(path)) as first, closing(open_writer(path)) as second:
        for writer in (first, second):
            assert writer.execute("SELECT count(*) FROM totals").fetchone()[0] == 6

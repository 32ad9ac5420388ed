"""Files of older versions of the program: read as they are, brought up to date by the writer."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.phones.storage import migrations
from core.phones.storage.backup import list_backups
from core.phones.storage.connect import open_reader, open_writer
from core.phones.storage.queries import phones
from core.phones.storage.queries.phone_filter import PhoneFilter
from core.phones.storage.queries.runs import failed_items
from core.phones.storage.reader import Reader
from core.phones.storage.schema import SCHEMA, SCHEMA_VERSION, WORK_TABLES

Schema = dict[str, str]


def schema_of(db: sqlite3.Connection) -> Schema:
    found = db.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    return {name: " ".join(sql.split()) for name, sql in found}


@pytest.fixture
def version_1(database: Path) -> Path:
    """The collected database as version 1 left it."""
    with closing(sqlite3.connect(database)) as db:
        db.execute("DROP TABLE run_unreadable")
        db.execute("DROP INDEX phones_in_many")
        db.execute("CREATE INDEX phones_in_several ON phones (projects DESC) WHERE projects > 1")
        for table in re.findall(r"CREATE TABLE (\w+)", WORK_TABLES):
            db.execute(f"DROP TABLE {table}")
        db.execute("ALTER TABLE run_projects DROP COLUMN marks")
        db.execute("PRAGMA user_version = 1")
        db.commit()
    return database


NEW = {"run_unreadable"}  # tables that came later, and are empty then


def contents(db: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
    """Of the tables that every version has."""
    tables = [name for name, sql in sorted(schema_of(db).items()) if sql.startswith("CREATE TABLE")]
    later = {*NEW, *re.findall(r"CREATE TABLE (\w+)", WORK_TABLES)}
    rows = {name: db.execute(f'SELECT * FROM "{name}"').fetchall() for name in {*tables} - later}
    if "marks" in schema_of(db)["run_projects"]:  # came later, too
        rows["run_projects"] = [row[:-1] for row in rows["run_projects"]]
    return [rows[name] for name in sorted(rows)]


def test_the_writer_brings_version_1_up_to_date(version_1: Path) -> None:
    backups: list[Path] = []
    with closing(sqlite3.connect(version_1)) as db:
        before = contents(db)
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(SCHEMA)
        expected = schema_of(fresh)
    with closing(open_writer(version_1, backups.append)) as db:
        assert schema_of(db) == expected
        assert contents(db) == before
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert backups == [version_1]


def test_what_another_program_brought_up_to_date_meanwhile_is_left_alone(version_1: Path) -> None:
    """After an update the window and the daily task may begin in the same second."""
    with closing(open_writer(version_1, lambda path: open_writer(path).close())) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_file_that_is_up_to_date_is_left_alone(database: Path) -> None:
    backups: list[Path] = []
    open_writer(database, backups.append).close()
    assert backups == []


def test_version_1_is_read_before_any_writer_came(version_1: Path) -> None:
    """After an update of the program its window shows what was collected before."""
    with Reader(version_1) as reader:
        page = phones.phones(reader, PhoneFilter(), phones.PhoneSort.PROJECTS)
        assert page.rows
        assert failed_items(reader, 1) == []
    with closing(open_reader(version_1)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
    assert list_backups(version_1) == []


def test_every_version_has_its_migration() -> None:
    assert len(migrations.MIGRATIONS) + 1 == SCHEMA_VERSION

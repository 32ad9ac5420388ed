"""Brings a database file to the present schema: makes a fresh one or migrates an old one.

The version stands in `PRAGMA user_version`, our mark in `PRAGMA application_id`; both are in
the file's header and are written in the transaction that changes the tables. So a power cut
in the middle of a migration leaves the file exactly as it was before.
"""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from core.database.failures import StorageFailure, StorageProblem
from core.phones.storage.schema import APPLICATION_ID, SCHEMA, SCHEMA_VERSION, WORK_TABLES

Migration = Callable[[sqlite3.Connection], None]


def _index_phones_in_many(connection: sqlite3.Connection) -> None:
    """1 to 2: phones of two projects cost 10 bytes each in an index that only sorting needs."""
    connection.execute("DROP INDEX phones_in_several")
    connection.execute("CREATE INDEX phones_in_many ON phones (projects DESC) WHERE projects > 2")


def _keep_unreadable(connection: sqlite3.Connection) -> None:
    """2 to 3: what a list held and could not be read is told."""
    connection.execute(
        "CREATE TABLE run_unreadable ("
        " run_id INTEGER NOT NULL REFERENCES runs (id),"
        " client_id INTEGER NOT NULL,"
        " place INTEGER NOT NULL,"
        " reason TEXT NOT NULL,"
        " detail TEXT NOT NULL,"
        " PRIMARY KEY (run_id, client_id, place)"
        " ) WITHOUT ROWID"
    )


def _add_work_tables(connection: sqlite3.Connection) -> None:
    """3 to 4: registry of number ranges, imports, rules after runs."""
    for statement in statements(WORK_TABLES):
        connection.execute(statement)


def _add_marks(connection: sqlite3.Connection) -> None:
    """4 to 5: what a reading that was interrupted must know to go on."""
    connection.execute("ALTER TABLE run_projects ADD COLUMN marks BLOB")


# Step n of this tuple takes a file from version n + 1 to version n + 2. A step only executes
# statements: the transaction around it and its version number are written by `migrate`.
MIGRATIONS: tuple[Migration, ...] = (
    _index_phones_in_many,
    _keep_unreadable,
    _add_work_tables,
    _add_marks,
)


def file_version(connection: sqlite3.Connection, path: Path) -> int:
    """The schema version of an open file, 0 for an empty one; only reads.

    Raises StorageFailure: FOREIGN where the file is not ours, TOO_NEW where a newer program
    made it; sqlite3.DatabaseError where it is no database or is damaged.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    mark = int(connection.execute("PRAGMA application_id").fetchone()[0])
    objects = int(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
    if objects == 0 and version == 0 and mark == 0:
        return 0
    if mark != APPLICATION_ID:
        raise StorageFailure(StorageProblem.FOREIGN, path)
    if version > SCHEMA_VERSION:
        raise StorageFailure(StorageProblem.TOO_NEW, path, f"version {version}")
    return version


def migrate(
    connection: sqlite3.Connection,
    path: Path,
    before_migration: Callable[[Path], None] | None = None,
    steps: tuple[Migration, ...] = MIGRATIONS,
) -> None:
    """Make the tables in an empty file, or take an older file forward step by step.

    `connection` is a writing connection in autocommit mode (isolation_level None) without
    an open transaction. `before_migration` is called once with the path before the first
    change to a file that holds data, for a backup; what it raises ends the migration with
    the file untouched. Raises what `file_version` raises.
    """
    version = file_version(connection, path)
    if 0 < version <= len(steps) and before_migration is not None:
        before_migration(path)
    if version == 0:
        _step(connection, path, 0, len(steps) + 1, _create)
        return
    for number in range(version, len(steps) + 1):
        _step(connection, path, number, number + 1, steps[number - 1])


def _create(connection: sqlite3.Connection) -> None:
    for statement in statements(SCHEMA):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _step(
    connection: sqlite3.Connection, path: Path, old: int, new: int, change: Migration
) -> None:
    # Asked again inside the transaction: another process may have been faster.
    connection.execute("BEGIN IMMEDIATE")
    try:
        if file_version(connection, path) == old:
            change(connection)
            connection.execute(f"PRAGMA user_version = {new}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def statements(script: str) -> Iterator[str]:
    """The single statements of an SQL script.

    `executescript` would do the cutting itself, but it commits an open transaction first.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement

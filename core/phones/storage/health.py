"""Whether a database is damaged: a look that costs milliseconds, for every start.

SQLite's `quick_check` and `integrity_check` read the whole file, seconds a gigabyte; that is for
backups and for `app.py check`. The look at a start finds what really happens to files in offices:
a copy or a synchronisation that broke off (the file is shorter than its header says), a file
overwritten by something else, and destroyed pages at the root or at either end of a table, where
a run writes. Damage in the middle of a table is found by the nightly backup's check, or by the
run that comes across it.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from core.database.failures import StorageFailure, StorageProblem, storage_failure
from core.phones.storage.connect import open_reader

_HEADER_BYTES = 100


def look(path: Path) -> None:
    """Raise the StorageFailure that a start should tell about `path`; nothing where all is well.

    MISSING and OUTDATED are no damage and are not raised. Reads some fifty pages.
    """
    if not path.exists() or path.stat().st_size == 0:
        return
    _check_length(path)
    try:
        with closing(open_reader(path, any_version=True)) as reader:
            _touch_tables(reader)
    except sqlite3.Error as error:
        raise storage_failure(error, path) from error
    except StorageFailure as failure:
        if failure.problem is not StorageProblem.MISSING:
            raise


def _check_length(path: Path) -> None:
    """A file that ends before the page that its header calls the last was cut.

    Pages that are still in a WAL file may be missing here, so this is told only without one.
    """
    wal = path.with_name(path.name + "-wal")
    try:
        if wal.exists() and wal.stat().st_size > 0:
            return
        size = path.stat().st_size
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except OSError as error:
        raise storage_failure(error, path) from error
    if len(header) < _HEADER_BYTES or not header.startswith(b"SQLite format 3\x00"):
        return  # what it is instead, opening it tells
    page_bytes = int.from_bytes(header[16:18], "big")
    page_bytes = 65536 if page_bytes == 1 else page_bytes
    pages = int.from_bytes(header[28:32], "big")
    is_current = header[24:28] == header[92:96]  # else an old program wrote it without the count
    if is_current and size < pages * page_bytes:
        raise StorageFailure(StorageProblem.DAMAGED, path, f"{size} bytes of {pages * page_bytes}")


def _touch_tables(reader: sqlite3.Connection) -> None:
    """Read the first and the last entry of every table and index, by way of its root page."""
    tables = reader.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (table,) in tables:
        columns = reader.execute("SELECT name FROM pragma_table_info(?) WHERE pk", (table,))
        key = [_quoted(name) for (name,) in columns] or ["rowid"]
        for order in ("ASC", "DESC"):
            by = ", ".join(f"{column} {order}" for column in key)
            reader.execute(f"SELECT * FROM {_quoted(table)} ORDER BY {by} LIMIT 1").fetchone()  # noqa: S608 - quoted
        indexed = reader.execute(
            "SELECT i.name, (SELECT name FROM pragma_index_info(i.name) WHERE seqno = 0),"
            " CASE WHEN partial THEN (SELECT sql FROM sqlite_schema s WHERE s.name = i.name) END"
            " FROM pragma_index_list(?) i",
            (table,),
        ).fetchall()
        for index, column, partial in indexed:
            # An index of some rows is used only where the same condition is asked for.
            where = f"WHERE {partial.partition(' WHERE ')[2]}" if partial else ""
            source = f"{_quoted(table)} INDEXED BY {_quoted(index)} {where}"
            for order in ("ASC", "DESC"):
                by = f"{_quoted(column)} {order}"
                reader.execute(f"SELECT 1 FROM {source} ORDER BY {by} LIMIT 1").fetchone()  # noqa: S608 - quoted


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

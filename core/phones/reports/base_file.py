"""The base: a new SQLite file that holds the distinct numbers and nothing else."""

import errno
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from core.phones.storage.connect import create_plain_file
from core.tables.columns import Cell

_SCHEMA = "CREATE TABLE phones (phone TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID"


class BaseFile:
    """One table, `phones(phone)`, filled in the order of numbers. Raises OSError."""

    def __init__(self, path: Path) -> None:
        self.rows = 0
        with _as_os_error():
            self._connection = create_plain_file(path, _SCHEMA)
            self._connection.execute("BEGIN")

    def write(self, phones: Sequence[Cell]) -> None:
        with _as_os_error():
            self._connection.executemany("INSERT INTO phones VALUES (?)", zip(phones, strict=True))
        self.rows += len(phones)

    def close(self) -> None:
        """Finish the file."""
        with _as_os_error(), closing(self._connection):
            self._connection.execute("COMMIT")

    def abandon(self) -> None:
        """Let go of the file; it will be thrown away."""
        with suppress(sqlite3.Error):
            self._connection.close()


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Here SQLite is only a way to write a file, so what fails is the file."""
    try:
        yield
    except sqlite3.OperationalError as error:
        full = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL
        raise OSError(errno.ENOSPC if full else errno.EIO, str(error)) from error

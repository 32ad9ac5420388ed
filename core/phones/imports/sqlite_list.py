"""The numbers of a SQLite file as a list: a base that this or another program wrote."""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from core.database.failures import StorageFailure, StorageProblem
from core.phones.storage.connect import open_any
from core.tables.reading.problems import ListUnreadable, damaged, not_a_list, unreadable
from core.tables.reading.text_list import ROWS_A_BATCH, Rows

_PHONES = "phones"  # the table of our own files
# Columns of our own tables that tell nothing about a number.
_DATE_COLUMNS = ("first_seen_at", "first_seen", "created_at", "date")


class SqliteList:
    """The rows of one table, with the names of its columns as the first row.

    `phones` where there is such a table, else the one with most rows. One thread at a time.
    """

    def __init__(self, path: Path) -> None:
        """Raises ListUnreadable."""
        self._path = path
        self.done = 0.0
        try:
            self._db = open_any(path)
        except StorageFailure as failure:
            raise _named(failure, path) from failure
        try:
            self._table, self._columns = self._choose()
            self._rows = max(1, self._size(self._table))
        except sqlite3.Error as error:
            self.close()
            raise damaged(path.name) from error
        except BaseException:
            self.close()
            raise

    def _choose(self) -> tuple[str, list[str]]:
        names = [
            name
            for (name,) in self._db.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            )
        ]
        if not names:
            raise not_a_list(self._path.name)
        name = _PHONES if _PHONES in names else max(names, key=self._size)
        columns = [
            row[0] for row in self._db.execute("SELECT name FROM pragma_table_xinfo(?)", (name,))
        ]
        if name == _PHONES and "phone" in columns:  # ours: the number, and the day if it is kept
            columns = ["phone", *[c for c in _DATE_COLUMNS if c in columns][:1]]
        return name, columns

    def _size(self, name: str) -> int:
        return self._number(f"SELECT count(*) FROM {_quoted(name)}")  # noqa: S608 - quoted

    def _number(self, query: str) -> int:
        return int(self._db.execute(query).fetchone()[0])

    def batches(self) -> Iterator[Rows]:
        """All rows, the names of the columns first. Raises ListUnreadable."""
        names = ", ".join(map(_quoted, self._columns))
        try:
            cursor = self._db.execute(f"SELECT {names} FROM {_quoted(self._table)}")  # noqa: S608 - quoted
            read, rows = 0, [list(self._columns)]
            while found := cursor.fetchmany(ROWS_A_BATCH):
                rows += [["" if cell is None else str(cell) for cell in row] for row in found]
                read += len(found)
                self.done = min(1.0, read / self._rows)
                yield rows
                rows = []
            if rows:
                yield rows
        except sqlite3.Error as error:
            raise damaged(self._path.name) from error

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self._db.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _named(failure: StorageFailure, path: Path) -> ListUnreadable:
    if failure.problem in {StorageProblem.NOT_A_DATABASE, StorageProblem.DAMAGED}:
        return damaged(path.name)
    return unreadable(path, OSError(failure.detail or str(failure.problem)))

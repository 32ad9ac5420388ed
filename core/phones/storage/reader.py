"""A read-only connection with what queries need around it: rows, cancel, errors by name."""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from core.database.failures import StorageFailure, StorageProblem, storage_failure
from core.phones.storage.connect import open_reader

# How many steps of SQLite's machine pass between two looks at the stop signal: about 0.1 ms.
STEPS_BETWEEN_CHECKS = 10_000

Row = tuple[Any, ...]


class Reader:
    """Executes the read-only queries of `core.phones.storage.queries`; one thread at a time.

    Every query is read to its end at once, so that no read transaction stays open between
    two calls and the WAL file can be emptied.

    `stop` is asked while a query runs: as soon as it says True the query ends with
    StorageFailure(INTERRUPTED). That is how a search for what the operator no longer wants
    is dropped. It is called on the reading thread and must return at once.
    """

    def __init__(self, path: Path, stop: Callable[[], bool] | None = None) -> None:
        """Open `path`. Raises what `core.phones.storage.connect.open_reader` raises."""
        self.path = path
        self._stop = stop
        self._connection = open_reader(path)
        self._connection.create_function("folded", 1, _folded, deterministic=True)
        if stop is not None:
            self._connection.set_progress_handler(self._interrupted, STEPS_BETWEEN_CHECKS)

    def _interrupted(self) -> bool:
        return self._stop is not None and self._stop()

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """All rows of one query. Raises StorageFailure."""
        if self._interrupted():
            raise StorageFailure(StorageProblem.INTERRUPTED, self.path)
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise storage_failure(error, self.path) from error

    def row(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Row | None:
        """The first row, None where there is none. Raises StorageFailure."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def number(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> int:
        """The one number that a query answers, 0 for none. Raises StorageFailure."""
        found = self.row(sql, parameters)
        return int(found[0]) if found and found[0] is not None else 0

    def has_table(self, name: str) -> bool:
        """False in a file of an older version that no writer has brought up to date yet."""
        return bool(self.rows("SELECT 1 FROM sqlite_schema WHERE name = ?", (name,)))

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _folded(text: str | None) -> str:
    """Text for comparing without regard to case; SQLite itself folds Latin letters only."""
    return (text or "").casefold()

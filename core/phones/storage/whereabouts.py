"""Whether the file that a connection writes into still has its name.

On Linux and macOS an open file can be renamed or deleted, and everything written into it goes on
as if nothing had happened: into a file that nobody will find. The WAL beside it as well.
"""

import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from core.database.failures import StorageFailure, StorageProblem, storage_failure
from core.phones.storage.connect import open_blank

RESCUED = ".rescued-"
_OPEN_FILES = Path("/proc/self/fd")

Identity = tuple[int, int]


class Whereabouts:
    """For the one thread that writes, from when its connection is open."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._wal_path = path.with_name(path.name + "-wal")
        self._file = _identity(path)
        self._wal: Identity | None = None

    def check(self, connection: sqlite3.Connection) -> None:
        """Raise StorageFailure MOVED where the file has lost its name, after what is stored was
        put where it can be found; its `path` says where. Costs microseconds. Called outside of
        transactions."""
        try:
            # In this order: of a folder renamed between the two only the file must seem lost.
            wal, file = _identity(self._wal_path), _identity(self._path)
        except OSError:  # a share that does not answer for a moment says nothing
            return
        lost = file != self._file
        lost_wal = self._wal is not None and wal != self._wal
        self._wal = wal
        if self._file is None or not (lost or lost_wal):
            return
        with suppress(sqlite3.Error):  # what is still in the WAL belongs into the file
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        where = self._found() if lost else self._path
        raise StorageFailure(StorageProblem.MOVED, where or self._rescued(connection))

    def _found(self) -> Path | None:
        """Where the file is now, as far as the system tells; None where it has no name."""
        with suppress(OSError):
            for entry in _OPEN_FILES.iterdir():
                with suppress(OSError):
                    found = entry.stat()
                    if (found.st_dev, found.st_ino) != self._file:
                        continue
                    path = entry.readlink()
                    if _identity(path) == self._file:
                        return path
        return None

    def _rescued(self, connection: sqlite3.Connection) -> Path:
        """A copy of the file that has no name any more, beside where it was."""
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        target = self._path.with_name(f"{self._path.name}{RESCUED}{stamp}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with closing(open_blank(target)) as copy:
                connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
        except (sqlite3.Error, OSError) as error:
            raise storage_failure(error, target) from error
        return target


def _identity(path: Path) -> Identity | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino

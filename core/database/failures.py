"""What can be wrong with the database file, named by what happened.

SQLite tells it in numbers and in English for programmers; here each becomes one of the
problems that the operator can do something about.
"""

import errno
import sqlite3
from enum import StrEnum
from pathlib import Path

from core.database.diskspace import free_bytes


class StorageProblem(StrEnum):
    MISSING = "missing"  # no file yet, or an empty one: nothing was collected so far
    NOT_A_DATABASE = "not_a_database"  # another kind of file, or its beginning is destroyed
    FOREIGN = "foreign"  # a database of another program
    TOO_NEW = "too_new"  # made by a newer version of this program; not touched
    OUTDATED = "outdated"  # made by an older version; the writer brings it up to date
    DAMAGED = "damaged"
    BUSY = "busy"  # another program holds it locked
    READ_ONLY = "read_only"  # no right to write the file or its folder
    DISK_FULL = "disk_full"
    UNREACHABLE = "unreachable"  # cannot be opened or read: folder gone, drive off, no rights
    INTERRUPTED = "interrupted"  # a query was cancelled on purpose; never shown


class StorageFailure(Exception):
    """The database file cannot be used. `detail` is for the log, not for the operator."""

    def __init__(self, problem: StorageProblem, path: Path, detail: str = "") -> None:
        super().__init__(f"{problem}: {path.name}" + (f" ({detail})" if detail else ""))
        self.problem = problem
        self.path = path
        self.detail = detail


_NO_ROOM = 64 * 1024  # bytes: less than what SQLite writes when it opens a database

_BY_CODE = {
    sqlite3.SQLITE_NOTADB: StorageProblem.NOT_A_DATABASE,
    sqlite3.SQLITE_CORRUPT: StorageProblem.DAMAGED,
    sqlite3.SQLITE_FORMAT: StorageProblem.DAMAGED,
    sqlite3.SQLITE_BUSY: StorageProblem.BUSY,
    sqlite3.SQLITE_LOCKED: StorageProblem.BUSY,
    sqlite3.SQLITE_READONLY: StorageProblem.READ_ONLY,
    sqlite3.SQLITE_FULL: StorageProblem.DISK_FULL,
    sqlite3.SQLITE_INTERRUPT: StorageProblem.INTERRUPTED,
    sqlite3.SQLITE_CANTOPEN: StorageProblem.UNREACHABLE,
    sqlite3.SQLITE_PERM: StorageProblem.UNREACHABLE,
    sqlite3.SQLITE_IOERR: StorageProblem.UNREACHABLE,
}

_BY_ERRNO = {
    errno.ENOSPC: StorageProblem.DISK_FULL,
    errno.EDQUOT: StorageProblem.DISK_FULL,
    errno.EROFS: StorageProblem.READ_ONLY,
    errno.EACCES: StorageProblem.READ_ONLY,
    errno.EPERM: StorageProblem.READ_ONLY,
}


def storage_failure(error: sqlite3.Error | OSError, path: Path) -> StorageFailure:
    """The failure that an error of SQLite or of the file system stands for."""
    if isinstance(error, OSError):
        if error.errno is None:  # of a library that calls its own troubles so, of no file
            raise error
        problem = _BY_ERRNO.get(error.errno or 0, StorageProblem.UNREACHABLE)
        return StorageFailure(problem, path, error.strerror or "")
    # The low byte is the kind of error; the rest says more about it. Errors that the sqlite3
    # module raises by itself (a closed connection, a wrong parameter) have no code: those
    # are our mistakes and must not look like a problem with the file.
    code = getattr(error, "sqlite_errorcode", None)
    if code is None or (code & 0xFF) not in _BY_CODE:
        raise error
    problem = _BY_CODE[code & 0xFF]
    if problem is StorageProblem.UNREACHABLE and free_bytes(path) < _NO_ROOM:
        # SQLite cannot open a file beside the database that there is no room for.
        problem = StorageProblem.DISK_FULL
    return StorageFailure(problem, path, str(error))

"""What can be wrong with the database file, named by what happened.

SQLite tells it in numbers and in English for programmers; here each becomes one of the
problems that the operator can do something about.
"""

import errno
import os
import sqlite3
import tempfile
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
    QUOTA = "quota"  # the user's share of the disk is used up
    TOO_LARGE = "too_large"  # the file system or a limit allows no larger file
    BROKEN_DISK = "broken_disk"  # the system could not read or write it: the disk, or its cable
    MOVED = "moved"  # renamed or deleted while we wrote into it; `path` is where it is now
    TOO_FEW_FILES = "too_few_files"  # the system lets this process open no more files
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

# SQLite hides the errno of what it could not read or write.
_TRANSFERS = {
    sqlite3.SQLITE_IOERR_READ,
    sqlite3.SQLITE_IOERR_SHORT_READ,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_CLOSE,
}
_WRITES = _TRANSFERS - {sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ}

_BY_ERRNO = {
    errno.ENOSPC: StorageProblem.DISK_FULL,
    errno.EDQUOT: StorageProblem.QUOTA,
    errno.EFBIG: StorageProblem.TOO_LARGE,
    errno.EIO: StorageProblem.BROKEN_DISK,
    errno.EMFILE: StorageProblem.TOO_FEW_FILES,
    errno.ENFILE: StorageProblem.TOO_FEW_FILES,
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
    elif problem is StorageProblem.UNREACHABLE and _is_out_of_files():
        problem = StorageProblem.TOO_FEW_FILES
    elif code in _TRANSFERS:
        problem = StorageProblem.BROKEN_DISK
        if code in _WRITES:
            problem = _why_not_written(path) or problem
    return StorageFailure(problem, path, str(error))


def _why_not_written(path: Path) -> StorageProblem | None:
    """What the system says of another file of the same length beside `path`; None: it writes."""
    try:
        length = max(_length(path), _length(path.with_name(path.name + "-wal")))
        with tempfile.TemporaryFile(dir=path.parent) as file:
            file.write(bytes(_NO_ROOM))
            file.seek(length)
            file.write(b"\0")
            file.flush()
    except OSError as error:
        return _BY_ERRNO.get(error.errno or 0)
    return None


def _is_out_of_files() -> bool:
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno in (errno.EMFILE, errno.ENFILE)
    return False


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0

"""Only one process collects into one database."""

import json
import os
import platform
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout


@dataclass(frozen=True, slots=True)
class Holder:
    """Who collects into the database now."""

    pid: int
    host: str
    since: str


class DatabaseHeld(Exception):
    """Another process collects into this database; `holder` is None where it is unknown."""

    def __init__(self, path: Path, holder: Holder | None) -> None:
        super().__init__(f"{path.name} is held by {holder}")
        self.path = path
        self.holder = holder


class CollectionLock:
    """Held from the first to the last write of a run; the system frees it with the process.

    The holder writes who it is into a file of its own beside the lock, because a locked file
    cannot be read on Windows.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._holder = _holder_file(database)
        self._lock = FileLock(database.with_name(database.name + ".lock"), thread_local=False)

    def acquire(self, now: datetime) -> None:
        """Take the lock. Raises DatabaseHeld at once where another process has it, OSError
        where the folder cannot be written."""
        self._database.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise DatabaseHeld(self._database, holder_of(self._database)) from None
        holder = Holder(os.getpid(), platform.node(), now.strftime("%Y-%m-%dT%H:%M:%SZ"))
        with suppress(OSError):  # only information
            self._holder.write_text(json.dumps(asdict(holder)), encoding="utf-8")

    def release(self) -> None:
        """Give it back; safe to call when it is not held."""
        if self._lock.is_locked:
            with suppress(OSError):
                self._holder.unlink(missing_ok=True)
            self._lock.release()


def holder_of(database: Path) -> Holder | None:
    """Who said last that it collects into `database`; only while it `is_held` is that still so."""
    try:
        return Holder(**json.loads(_holder_file(database).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _holder_file(database: Path) -> Path:
    return database.with_name(database.name + ".holder")


def is_held(database: Path) -> bool:
    """Whether a process collects into `database` now."""
    lock = database.with_name(database.name + ".lock")
    try:
        if not lock.exists():
            return False
        with FileLock(lock, timeout=0, thread_local=False):
            return False
    except Timeout:
        return True
    except OSError:
        return _held_as_a_reader_sees(lock)


def _held_as_a_reader_sees(lock: Path) -> bool:
    """For whoever may not write there; where nothing can be found out it counts as held."""
    try:
        with lock.open("rb") as file:  # closing it gives the lock back
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:  # given back in this moment
        return False
    except OSError:
        return True
    return False

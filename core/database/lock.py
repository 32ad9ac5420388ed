"""Only one process collects into one database."""

import json
import os
import platform
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

# Whoever looks whether the lock is held has it for that moment: a run that begins just then must
# not take that for another program's collection.
PATIENCE = 0.5  # seconds
_POLL = 0.01


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

    One lock for one file, by whatever path: it lies beside the file itself, not beside a link to
    it, and a second one is named after the file's identity, for hard links and mounts.

    The holder writes who it is into a file of its own beside the lock, because a locked file
    cannot be read on Windows.
    """

    def __init__(self, database: Path) -> None:
        self._database = _real(database)
        self._holder = _holder_file(self._database)
        self._lock = FileLock(_lock_file(self._database), thread_local=False)
        self._identity: FileLock | None = None

    def acquire(self, now: datetime) -> None:
        """Take the lock. Raises DatabaseHeld where another process has it for longer than
        `PATIENCE`, OSError where the folder cannot be written."""
        self._database.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=PATIENCE, poll_interval=_POLL)
            self._lock_identity()
        except Timeout:
            self._lock.release()
            raise DatabaseHeld(self._database, holder_of(self._database)) from None
        holder = Holder(os.getpid(), platform.node(), now.strftime("%Y-%m-%dT%H:%M:%SZ"))
        with suppress(OSError):  # only information
            self._holder.unlink(missing_ok=True)  # perhaps a link to something else
            with self._holder.open("x", encoding="utf-8") as file:
                file.write(json.dumps(asdict(holder)))

    def release(self) -> None:
        """Give it back; safe to call when it is not held."""
        if self._lock.is_locked:
            with suppress(OSError):
                self._holder.unlink(missing_ok=True)
            if self._identity is not None:
                with suppress(OSError):
                    Path(self._identity.lock_file).unlink(missing_ok=True)
                self._identity.release()
                self._identity = None
            self._lock.release()

    def _lock_identity(self) -> None:
        """Raises Timeout where another process has it."""
        file = _identity_file(self._database)
        if file is None:
            return
        identity = FileLock(file, thread_local=False)
        try:
            identity.acquire(timeout=PATIENCE, poll_interval=_POLL)
        except Timeout:
            raise
        except OSError:  # another user's: the first lock has to do
            return
        self._identity = identity


def holder_of(database: Path) -> Holder | None:
    """Who said last that it collects into `database`; only while it `is_held` is that still so."""
    try:
        return Holder(**json.loads(_holder_file(_real(database)).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _real(database: Path) -> Path:
    """The path without links; the file need not exist."""
    return Path(os.path.realpath(database))


def _lock_file(real: Path) -> Path:
    return real.with_name(real.name + ".lock")


def _identity_file(real: Path) -> Path | None:
    """A lock that is the same for every name of the file; None where there is no file yet."""
    try:
        found = real.stat()
    except OSError:
        return None
    name = f"datamaster-collector-{found.st_dev:x}-{found.st_ino:x}.lock"
    return Path(tempfile.gettempdir()) / name if found.st_ino else None


def _holder_file(database: Path) -> Path:
    return database.with_name(database.name + ".holder")


def is_held(database: Path) -> bool:
    """Whether a process collects into `database` now."""
    real = _real(database)
    identity = _identity_file(real)
    return _is_locked(_lock_file(real)) or (identity is not None and _is_locked(identity))


def _is_locked(lock: Path) -> bool:
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

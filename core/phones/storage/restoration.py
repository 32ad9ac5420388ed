"""A restore that can be killed anywhere: what it is about to do is written down first.

Beside the database `phones.db` lies, while a restore renames files, `phones.db.restoring` with the
name under which the old file is kept. Whoever finds it finishes the restore: a complete copy
lies ready as `phones.db.restored`, and each rename is done where it was not.
"""

import json
import logging
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from core.database.failures import storage_failure
from core.database.lock import CollectionLock, DatabaseHeld

log = logging.getLogger(__name__)

RESTORED = ".restored"
RESTORING = ".restoring"
REPLACED = ".replaced-"
COMPANIONS = ("", "-wal", "-journal")


def fresh_copy(database: Path) -> Path:
    """Where the complete copy lies that is to take the place of `database`."""
    return database.with_name(database.name + RESTORED)


def replace(database: Path, now: datetime) -> Path | None:
    """Put the fresh copy in the place of `database`, whose files are kept aside; returns where,
    None where there was no database. The caller holds the lock. Raises OSError; then it is as it
    was.
    """
    aside = aside_name(database, now)
    had_database = database.exists()
    intent = _intent(database)
    _write(intent, json.dumps({"aside": aside.name}))
    try:
        move_aside(database, aside)
    except OSError:
        intent.unlink(missing_ok=True)
        raise
    _finish(database, aside)
    return aside if had_database else None


def aside_name(database: Path, now: datetime) -> Path:
    """Under which name a file that is replaced now is kept."""
    stamp = now.astimezone(UTC).strftime("%Y%m%d-%H%M%S")
    return database.with_name(f"{database.name}{REPLACED}{stamp}")


def move_aside(database: Path, aside: Path) -> None:
    """Rename the files of `database`, all or none. Raises OSError."""
    moved: list[tuple[Path, Path]] = []
    try:
        # The WAL first: rows that are only there would be lost with a file that goes alone.
        for companion in reversed(COMPANIONS):
            path = database.with_name(database.name + companion)
            if path.exists():
                place = aside.with_name(aside.name + companion)
                path.replace(place)
                moved.append((path, place))
        database.with_name(database.name + "-shm").unlink(missing_ok=True)
    except OSError:
        for path, place in reversed(moved):
            place.replace(path)
        raise
    _sync(database.parent)


def finish_restore(database: Path) -> bool:
    """Finish what a killed restore has left; True where there was something.

    Costs one look for a file. Does nothing while another process holds the database. Raises
    StorageFailure where the files cannot be renamed.
    """
    # Not Path.exists, which raises where a folder is closed to us: opening the file tells that.
    if not os.path.exists(_intent(database)):  # noqa: PTH110
        return False
    lock = CollectionLock(database)
    try:
        lock.acquire(datetime.now(UTC))
    except DatabaseHeld:
        return False
    except OSError as error:
        raise storage_failure(error, database) from error
    try:
        return finish_restore_held(database)
    finally:
        lock.release()


def finish_restore_held(database: Path) -> bool:
    """As `finish_restore`, for whoever holds the lock."""
    intent = _intent(database)
    try:
        aside = database.with_name(Path(json.loads(intent.read_text("utf-8"))["aside"]).name)
    except FileNotFoundError:
        return False
    except (OSError, ValueError, KeyError, TypeError):
        # Killed while it was being written: nothing had been renamed yet.
        with suppress(OSError):
            intent.unlink(missing_ok=True)
        return False
    try:
        if fresh_copy(database).exists():
            move_aside(database, aside)
        _finish(database, aside)
    except OSError as error:
        raise storage_failure(error, database) from error
    log.warning("a restore that was broken off is finished; the old file is %s", aside.name)
    return True


def _finish(database: Path, aside: Path) -> None:
    fresh = fresh_copy(database)
    if fresh.exists():
        try:
            fresh.replace(database)
        except OSError:
            for companion in COMPANIONS:
                with suppress(OSError):
                    place = aside.with_name(aside.name + companion)
                    place.replace(database.with_name(database.name + companion))
            raise
    _sync(database.parent)
    _intent(database).unlink(missing_ok=True)


def _intent(database: Path) -> Path:
    return database.with_name(database.name + RESTORING)


def _write(path: Path, text: str) -> None:
    """Complete or not at all, and on the disk."""
    temporary = path.with_name(path.name + ".part")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Renames in `folder` are on the disk; Windows does that by itself."""
    if os.name == "nt":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

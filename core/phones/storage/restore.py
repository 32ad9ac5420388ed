"""Puts a backup in the place of the database. The backup itself stays where it is."""

import logging
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from core.database.failures import StorageFailure, StorageProblem, storage_failure
from core.phones.storage.copying import copy_database
from core.phones.storage.exclusive import exclusive
from core.watch import UNWATCHED, Watch

log = logging.getLogger(__name__)


def restore(backup: Path, database: Path, now: datetime, watch: Watch = UNWATCHED) -> Path | None:
    """Replace `database` by a copy of `backup`; returns where the replaced file is kept now.

    The order keeps something usable at every moment: first a complete, checked copy beside the
    database, then the old file aside, then the copy into its place. The old file's -wal goes aside
    with it: left behind, SQLite would take it for a part of the restored file.

    Raises StorageFailure (of `backup`: NOT_A_DATABASE, FOREIGN, TOO_NEW, DAMAGED; of `database`:
    DISK_FULL, READ_ONLY, BUSY), core.errors.DatabaseBusy while a run goes on, and
    core.phones.storage.copying.Cancelled. In all of these the database is as it was.
    """
    if backup.exists() and database.exists() and backup.samefile(database):
        raise StorageFailure(StorageProblem.BUSY, database, "the backup is the database itself")
    with exclusive(database, existing=False):
        fresh = database.with_name(database.name + ".restored")
        copy_database(backup, fresh, watch)
        try:
            aside = _set_aside(database, now)
            fresh.replace(database)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise storage_failure(error, database) from error
        log.info("restored from %s", backup.name)
        return aside


def set_aside(database: Path, now: datetime) -> Path | None:
    """Take `database` out of the way, so that the next run begins a new one; returns where it is.

    Raises StorageFailure where it cannot be renamed and core.errors.DatabaseBusy while a run goes
    on; then it is as it was.
    """
    with exclusive(database, existing=False):
        try:
            return _set_aside(database, now)
        except OSError as error:
            raise storage_failure(error, database) from error


def _set_aside(database: Path, now: datetime) -> Path | None:
    """Rename the present file and what belongs to it, or nothing; None where there is no file."""
    name = f"{database.name}.replaced-{now.astimezone(UTC).strftime('%Y%m%d-%H%M%S')}"
    aside = database.with_name(name)
    had_database = database.exists()
    moved: list[tuple[Path, Path]] = []
    try:
        for companion in ("", "-wal", "-journal"):
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
    return aside if had_database else None

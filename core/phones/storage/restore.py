"""Puts a backup in the place of the database. The backup itself stays where it is."""

import logging
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from core.database.failures import StorageFailure, StorageProblem, storage_failure
from core.phones.storage.connect import open_writer
from core.phones.storage.copying import copy_database
from core.phones.storage.exclusive import exclusive
from core.phones.storage.restoration import aside_name, fresh_copy, move_aside, replace
from core.watch import UNWATCHED, Watch

log = logging.getLogger(__name__)


def restore(backup: Path, database: Path, now: datetime, watch: Watch = UNWATCHED) -> Path | None:
    """Replace `database` by a copy of `backup`; returns where the replaced file is kept now.

    The order keeps something usable at every moment: first a complete, checked copy beside the
    database, then the old file aside, then the copy into its place; killed in between, the next
    start finishes it (core.phones.storage.restoration). The old file's -wal goes aside with it:
    left behind, SQLite would take it for a part of the restored file.

    Raises StorageFailure (of `backup`: NOT_A_DATABASE, FOREIGN, TOO_NEW, DAMAGED; of `database`:
    DISK_FULL, READ_ONLY, BUSY), core.errors.DatabaseBusy while a run goes on, and
    core.phones.storage.copying.Cancelled. In all of these the database is as it was.
    """
    if backup.exists() and database.exists() and backup.samefile(database):
        raise StorageFailure(StorageProblem.BUSY, database, "the backup is the database itself")
    with exclusive(database, existing=False):
        fresh = fresh_copy(database)
        copy_database(backup, fresh, watch)
        try:
            aside = replace(database, now)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise storage_failure(error, database) from error
        log.info("restored from %s", backup.name)
        return aside


def set_aside(database: Path, now: datetime) -> Path | None:
    """Take `database` out of the way and make a new, empty one; returns where the old one is, None
    where there was none.

    Raises StorageFailure where it cannot be renamed and core.errors.DatabaseBusy while a run goes
    on; then it is as it was.
    """
    with exclusive(database, existing=False):
        if not database.exists():
            return None
        aside = aside_name(database, now)
        try:
            move_aside(database, aside)
        except OSError as error:
            raise storage_failure(error, database) from error
        open_writer(database).close()
        return aside

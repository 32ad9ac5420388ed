"""Backups: a checked copy once a day and before every migration, the newest few of them kept.

They lie in the folder `backups` beside the database, each named after it and the moment (UTC)
it was made at: `phones-20261121-120000.db`.
"""

import logging
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.database.diskspace import free_bytes
from core.database.failures import StorageFailure, StorageProblem
from core.phones.storage.copying import check_integrity, copy_database
from core.watch import UNWATCHED, Watch

log = logging.getLogger(__name__)

FOLDER = "backups"
EVERY = timedelta(hours=20)  # a run every morning makes one every morning, at whatever minute
_MOMENT = "%Y%m%d-%H%M%S"
_SPARE_BYTES = 64 * 1024 * 1024  # a backup must not take the last room from the run


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup. Whether it is still good only `check_integrity` tells."""

    path: Path
    made_at: datetime
    bytes: int


def backup_folder(database: Path) -> Path:
    """Where the backups of `database` lie; the folder need not exist."""
    return database.parent / FOLDER


def list_backups(database: Path) -> list[Backup]:
    """The backups of `database`, the newest first. Copies that never got finished are none."""
    name = re.compile(
        re.escape(database.stem) + r"-([0-9]{8}-[0-9]{6})" + re.escape(database.suffix)
    )
    found = []
    with suppress(OSError):  # no folder, no backups
        for path in backup_folder(database).iterdir():
            match = name.fullmatch(path.name)
            if match is None:
                continue
            with suppress(ValueError, OSError):  # no date after all, or gone this moment
                made_at = datetime.strptime(match[1], _MOMENT).replace(tzinfo=UTC)
                found.append(Backup(path, made_at, path.stat().st_size))
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)


def make_backup(database: Path, keep: int, now: datetime, watch: Watch = UNWATCHED) -> Backup:
    """Back `database` up now and remove the oldest backups beyond `keep`.

    Nothing is removed unless the new one is complete and passed its check. Raises StorageFailure
    and core.phones.storage.copying.Cancelled.
    """
    name = f"{database.stem}-{now.astimezone(UTC).strftime(_MOMENT)}{database.suffix}"
    target = backup_folder(database) / name
    _need_room(database, target)
    copy_database(database, target, watch)
    log.info("backup %s made", target.name)
    _remove_old(database, keep)
    return Backup(target, now, target.stat().st_size)


def is_due(database: Path, now: datetime) -> bool:
    """Whether there is something to back up and today's backup is not made yet.

    A backup 'from the future' (the clock was wrong) does not count.
    """
    if not database.exists() or database.stat().st_size == 0:
        return False
    ages = [now - backup.made_at for backup in list_backups(database)]
    return not any(timedelta(0) <= age < EVERY for age in ages)


def before_migration(keep: int, clock: Callable[[], datetime]) -> Callable[[Path], None]:
    """What `open_writer` shall do before it changes an older file; its failure ends the opening."""

    def back_up(database: Path) -> None:
        make_backup(database, keep, clock())

    return back_up


def newest_good_backup(database: Path, watch: Watch = UNWATCHED) -> Backup | None:
    """The newest backup that passes its check; takes seconds a gigabyte. Raises Cancelled."""
    for backup in list_backups(database):
        try:
            check_integrity(backup.path, watch)
        except StorageFailure as failure:
            log.warning("backup %s is no good: %s", backup.path.name, failure)
        else:
            return backup
    return None


def _need_room(database: Path, target: Path) -> None:
    size = database.stat().st_size if database.exists() else 0
    if free_bytes(target) < size + _SPARE_BYTES:
        raise StorageFailure(StorageProblem.DISK_FULL, target, f"{size} bytes are needed")


def _remove_old(database: Path, keep: int) -> None:
    for backup in list_backups(database)[max(1, keep) :]:
        try:
            backup.path.unlink()
        except OSError as error:  # open elsewhere: the next backup tries again
            log.warning("old backup %s stays: %s", backup.path.name, error.strerror)

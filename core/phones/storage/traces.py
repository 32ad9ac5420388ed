"""Every file of the program that may hold a number besides the database itself.

Backups; databases that were set aside, rescued or saved; copies and exports that a dead process
has left half made.
"""

import logging
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from core.database.failures import StorageFailure
from core.leftovers import is_left
from core.phones.storage.backup import backup_folder, list_backups
from core.phones.storage.forget import forget
from core.phones.storage.restoration import REPLACED, RESTORED
from core.phones.storage.whereabouts import RESCUED
from core.tables.workshop import WORKSHOP_PREFIX

log = logging.getLogger(__name__)

_SAVED = ".saved"
_HALF = ".part"
_COMPANIONS = ("-wal", "-shm", "-journal")


def other_databases(database: Path) -> list[Path]:
    """Whole databases beside `database`: its backups, and what was put aside of it."""
    found = [backup.path for backup in list_backups(database)]
    for path in _files(database.parent):
        rest = path.name.removeprefix(database.name)
        if rest == path.name or rest.endswith((_HALF, *_COMPANIONS)):
            continue
        if rest.startswith((REPLACED, RESCUED)) or rest in (RESTORED, _SAVED):
            found.append(path)
    return found


def clear_leftovers(database: Path, *export_folders: Path) -> None:
    """Remove what dead processes have left half made in the program's folders. Raises nothing."""
    for path in half_files(database, *export_folders):
        if not is_left(path):
            continue
        log.info("removed what was left half made: %s", path.name)
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def half_files(database: Path, *export_folders: Path) -> list[Path]:
    """What is being made, or was left half made, beside the database and in `export_folders`."""
    halves = [
        path
        for folder in (database.parent, backup_folder(database))
        for path in _files(folder)
        if path.name.startswith(database.stem) and _is_half(path.name)
    ]
    for folder in {database.parent, *export_folders}:
        halves += [path for path in _files(folder) if path.name.startswith(WORKSHOP_PREFIX)]
    return halves


def forget_elsewhere(
    database: Path, number: str, now: datetime, *export_folders: Path
) -> list[Path]:
    """Erase `number` from every other database that the program made; returns the files in which
    it may be left: they cannot be changed, or are being made at this moment.

    The caller holds the database alone.
    """
    clear_leftovers(database, *export_folders)
    left = half_files(database, *export_folders)
    for path in other_databases(database):
        try:
            forget(path, number, now)
        except StorageFailure as failure:
            log.warning("a number may be left in %s: %s", path.name, failure.problem)
            left.append(path)
    return left


def _is_half(name: str) -> bool:
    for companion in _COMPANIONS:
        name = name.removesuffix(companion)
    return name.endswith(_HALF)


def _files(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from folder.iterdir()

"""Restoring a file that somebody chose: what is wrong with it is told as of a backup."""

from datetime import datetime
from pathlib import Path

from core.database.errors import DatabaseError
from core.database.failures import StorageFailure, StorageProblem
from core.i18n import _
from core.phones.storage.explain import explain
from core.phones.storage.restore import restore
from core.watch import UNWATCHED, Watch

# What the chosen file can be; what to do about it is to choose another.
_NO_BACKUP = {
    StorageProblem.MISSING,
    StorageProblem.NOT_A_DATABASE,
    StorageProblem.FOREIGN,
    StorageProblem.DAMAGED,
}


def restore_chosen(
    backup: Path, database: Path, now: datetime, others: str, watch: Watch = UNWATCHED
) -> Path | None:
    """As `core.phones.storage.restore.restore`. Where `backup` is none, DatabaseError says so, and
    `others`, the sentence that tells where to find those there are."""
    if not backup.exists():
        raise DatabaseError(backup, _("There is no file {path}.").format(path=backup), others)
    if database.exists() and backup.samefile(database):
        text = _("{path} is the database itself.")
        raise DatabaseError(backup, text.format(path=backup), others)
    try:
        return restore(backup, database, now, watch)
    except StorageFailure as failure:
        if failure.problem not in _NO_BACKUP:
            raise
        found = explain(StorageFailure(failure.problem, backup))
        raise DatabaseError(backup, found.message, others) from failure

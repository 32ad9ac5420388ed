"""The database for one job alone: nobody may collect into it meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from core.database.errors import DatabaseBusy, DatabaseMissing
from core.database.failures import storage_failure
from core.database.lock import CollectionLock, DatabaseHeld, Holder
from core.i18n import _
from core.phones.storage.connect import database_exists
from core.phones.storage.explain import WORDS
from core.phones.storage.restoration import finish_restore


@contextmanager
def exclusive(database: Path, *, existing: bool = True) -> Iterator[None]:
    """Hold the collection's lock for the length of a `with` block.

    Raises DatabaseBusy, which says who collects now, and StorageFailure where the folder cannot
    be written. With `existing` a missing file is DatabaseMissing, so that a job on a wrong path
    does not make a new one.
    """
    finish_restore(database)
    if existing and not database_exists(database):
        raise DatabaseMissing(database, WORDS)
    lock = CollectionLock(database)
    try:
        lock.acquire(datetime.now(UTC))
    except DatabaseHeld as held:
        raise DatabaseBusy(database, holder_words(held.holder)) from None
    except OSError as error:
        raise storage_failure(error, database) from error
    try:
        yield
    finally:
        lock.release()


def holder_words(holder: Holder | None) -> str:
    """Who collects, for a sentence; empty where that is not known."""
    if holder is None:
        return ""
    return _("process {pid} on {host}").format(pid=holder.pid, host=holder.host)

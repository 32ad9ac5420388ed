"""What is wrong with the database file, as the error that an operator sees."""

from collections.abc import Callable
from pathlib import Path

from core.database.failures import StorageFailure, StorageProblem
from core.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseError,
    DatabaseForeign,
    DatabaseMissing,
    DatabaseNotADatabase,
    DatabaseOutdated,
    DatabaseReadOnly,
    DatabaseTooNew,
    DatabaseUnreachable,
    DiskFull,
)

_ERRORS: dict[StorageProblem, Callable[[Path], DatabaseError]] = {
    StorageProblem.MISSING: DatabaseMissing,
    StorageProblem.NOT_A_DATABASE: DatabaseNotADatabase,
    StorageProblem.FOREIGN: DatabaseForeign,
    StorageProblem.TOO_NEW: DatabaseTooNew,
    StorageProblem.OUTDATED: DatabaseOutdated,
    StorageProblem.DAMAGED: DatabaseDamaged,
    StorageProblem.BUSY: DatabaseBusy,
    StorageProblem.READ_ONLY: DatabaseReadOnly,
    StorageProblem.DISK_FULL: DiskFull,
    StorageProblem.UNREACHABLE: DatabaseUnreachable,
    StorageProblem.INTERRUPTED: DatabaseUnreachable,
}


def explain(failure: StorageFailure) -> DatabaseError:
    """The sentence for `failure`, in the present language."""
    return _ERRORS[failure.problem](failure.path)

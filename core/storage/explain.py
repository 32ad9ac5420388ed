"""What is wrong with the database file, as the error that an operator sees."""

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
from core.storage.failures import StorageFailure, StorageProblem

_ERRORS: dict[StorageProblem, type[DatabaseError]] = {
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
    error: type[DatabaseError] = _ERRORS[failure.problem]
    return error(failure.path)  # type: ignore[call-arg]

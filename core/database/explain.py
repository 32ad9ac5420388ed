"""What is wrong with the database file, as the error that an operator sees."""

from core.database.errors import (
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
    DatabaseWords,
    DiskFull,
)
from core.database.failures import StorageFailure, StorageProblem


def explain(failure: StorageFailure, words: DatabaseWords) -> DatabaseError:
    """The sentence for `failure`, in the present language, naming what `words` says."""
    path = failure.path
    match failure.problem:
        case StorageProblem.MISSING:
            return DatabaseMissing(path, words)
        case StorageProblem.NOT_A_DATABASE:
            return DatabaseNotADatabase(path, words)
        case StorageProblem.FOREIGN:
            return DatabaseForeign(path, words)
        case StorageProblem.TOO_NEW:
            return DatabaseTooNew(path)
        case StorageProblem.OUTDATED:
            return DatabaseOutdated(path)
        case StorageProblem.DAMAGED:
            return DatabaseDamaged(path, words)
        case StorageProblem.BUSY:
            return DatabaseBusy(path)
        case StorageProblem.READ_ONLY:
            return DatabaseReadOnly(path, words)
        case StorageProblem.DISK_FULL:
            return DiskFull(path)
        case StorageProblem.UNREACHABLE | StorageProblem.INTERRUPTED:
            return DatabaseUnreachable(path)

"""What is wrong with the database file, as the error that an operator sees."""

from core.database.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseError,
    DatabaseForeign,
    DatabaseMissing,
    DatabaseMoved,
    DatabaseNotADatabase,
    DatabaseOutdated,
    DatabaseReadOnly,
    DatabaseTooNew,
    DatabaseUnreachable,
    DatabaseWords,
    DiskFull,
    DiskRefuses,
)
from core.database.failures import StorageFailure, StorageProblem
from core.errors import TooFewFiles
from core.i18n import _


def explain(  # noqa: C901 - one case a problem
    failure: StorageFailure, words: DatabaseWords
) -> DatabaseError:
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
        case StorageProblem.QUOTA:
            return DiskRefuses(
                path,
                _("your share of the disk is used up"),
                _("Delete files of your own, or ask the administrator for more."),
            )
        case StorageProblem.TOO_LARGE:
            return DiskRefuses(
                path,
                _("the disk allows no larger file"),
                _("Move it to a disk with another file system, such as NTFS or ext4."),
            )
        case StorageProblem.BROKEN_DISK:
            return DiskRefuses(
                path,
                _("the disk reports an error"),
                _("Check the disk and its connection, and make a copy of what is on it."),
            )
        case StorageProblem.TOO_FEW_FILES:
            few = TooFewFiles()
            return DatabaseError(path, few.message, few.hint)
        case StorageProblem.MOVED:
            return DatabaseMoved(path)
        case StorageProblem.UNREACHABLE | StorageProblem.INTERRUPTED:
            return DatabaseUnreachable(path)

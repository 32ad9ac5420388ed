"""Why a run ended, in the words of the database."""

import threading
from pathlib import Path
from typing import NamedTuple

from core.asking.requester import OutageTooLong
from core.asking.troubles import UpstreamError
from core.database.failures import StorageFailure, StorageProblem, storage_failure
from core.database.lock import DatabaseHeld
from core.errors import TooFewFiles, UserError
from core.phones.engine.selection import UnknownClients
from core.phones.run_failure import EndReason, RunFailure
from core.phones.storage.exclusive import holder_words
from core.phones.storage.lost import DatabaseLost
from core.phones.storage.writer import WriterClosed

NAMES_TOLD = 20  # of clients that the server does not know


class NothingToContinue(Exception):
    """Every run is completed and nothing failed in the newest one."""


class Failure(NamedTuple):
    """What a failed run says of itself."""

    reason: EndReason
    detail: str = ""


# Endings that are nobody's mistake in the program: told in a sentence, without a traceback.
FORESEEN = (
    UpstreamError,
    OutageTooLong,
    WriterClosed,
    StorageFailure,
    DatabaseHeld,
    DatabaseLost,
    UnknownClients,
    NothingToContinue,
)


def is_foreseen(error: BaseException) -> bool:
    """Whether a sentence says all of it: the setting is wrong, the disk is full, the file gone."""
    if isinstance(error, OSError):
        return error.errno is not None
    return isinstance(error, (*FORESEEN, UserError))


def reason_of(error: BaseException) -> Failure:  # noqa: C901 - one case a kind of error
    """The reason that stands for an exception. Its text is ours or cleaned, never a secret."""
    match error:
        case UpstreamError():
            return Failure(error.reason, error.detail)
        case OutageTooLong():
            return Failure(RunFailure.OUTAGE, error.detail)
        case WriterClosed(failure=StorageFailure() as failure):
            return reason_of(failure)
        case StorageFailure(problem=StorageProblem.DISK_FULL):
            return Failure(RunFailure.DISK_FULL)
        case StorageFailure(problem=StorageProblem.TOO_FEW_FILES):
            return reason_of(TooFewFiles())
        case StorageFailure(problem=StorageProblem.MOVED):
            return Failure(RunFailure.DATABASE_MOVED, str(error.path))
        case StorageFailure():
            return Failure(RunFailure.DATABASE, str(error.problem))
        case DatabaseLost():
            return Failure(RunFailure.DATABASE_LOST, str(error.trace))
        case DatabaseHeld():
            return Failure(RunFailure.DATABASE_HELD, holder_words(error.holder))
        case UnknownClients():
            more = ["…"] if len(error.names) > NAMES_TOLD else []
            names = [*error.names[:NAMES_TOLD], *more]
            return Failure(RunFailure.UNKNOWN_CLIENTS, ", ".join(names))
        case UserError():
            return Failure(RunFailure.SETTINGS, " ".join(filter(None, (error.message, error.hint))))
        case OSError() if error.errno is not None:
            return reason_of(storage_failure(error, Path()))
        case NothingToContinue():
            return Failure(RunFailure.NOTHING_TO_CONTINUE)
        case _:
            return Failure(RunFailure.INTERNAL, type(error).__name__)


def is_locked_out(error: BaseException) -> bool:
    """Whether only another program's lock on the database kept it from being written."""
    match error:
        case WriterClosed(failure=StorageFailure() as failure):
            return is_locked_out(failure)
        case StorageFailure():
            return error.problem is StorageProblem.BUSY
        case _:
            return False


class FirstFailure:
    """Keeps the first failure that any thread reports; later ones only follow from it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._error: BaseException | None = None

    def report(self, error: BaseException) -> bool:
        """True where this was the first."""
        with self._lock:
            first = self._error is None
            if first:
                self._error = error
            return first

    @property
    def error(self) -> BaseException | None:
        return self._error

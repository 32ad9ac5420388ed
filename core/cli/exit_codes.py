"""What a process tells whoever started it; README lists them."""

from core.phones.events import RunFinished, RunStatus
from core.phones.upstream import Reason

DONE = 0
FAILED = 1
WRONG_USAGE = 2
SOME_FAILED = 3
STOPPED = 130

_USAGE_REASONS = frozenset({Reason.UNKNOWN_CLIENTS})


def of_run(finished: RunFinished) -> int:
    """The exit code of a run that ended so."""
    if finished.status is RunStatus.STOPPED:
        return STOPPED
    if finished.status is RunStatus.FAILED:
        return WRONG_USAGE if finished.reason in _USAGE_REASONS else FAILED
    return SOME_FAILED if finished.totals.errors else DONE

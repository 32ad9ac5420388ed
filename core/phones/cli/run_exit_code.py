"""The exit code of a command that led a run."""

from core.cli.exit_codes import DONE, FAILED, SOME_FAILED, STOPPED, WRONG_USAGE
from core.phones.events import RunFinished, RunStatus
from core.phones.run_failure import RunFailure

_USAGE_FAILURES = frozenset({RunFailure.UNKNOWN_CLIENTS})


def of_run(finished: RunFinished) -> int:
    """The exit code of a run that ended so."""
    if finished.status is RunStatus.STOPPED:
        return STOPPED
    if finished.status is RunStatus.FAILED:
        return WRONG_USAGE if finished.reason in _USAGE_FAILURES else FAILED
    return SOME_FAILED if finished.totals.errors else DONE

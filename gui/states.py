"""One table: which of the four main buttons can be pressed in which state, and how it looks."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from core.i18n import _
from core.phones.events import RunState


class Phase(StrEnum):
    """What the buttons have to know of the world."""

    NO_TOKEN = "no_token"  # noqa: S105 - a state, not a secret
    READY = "ready"
    CONTINUABLE = "continuable"  # idle, and an unfinished run is there
    RETRYABLE = "retryable"  # idle, and something failed in the newest run, which is completed
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    READ_ONLY = "read_only"  # another program collects into this database


@dataclass(frozen=True, slots=True)
class ButtonState:
    """A button: can it be pressed, what does it say, how does it look."""

    enabled: bool
    text: Callable[[], str]
    look: str = "plain"


def _start() -> str:
    return _("Start")


def _stop() -> str:
    return _("Stop")


def _continue() -> str:
    return _("Continue")


def _export() -> str:
    return _("Export…")


_EXPORT = ButtonState(True, _export)
_NO_STOP = ButtonState(False, _stop, "danger")
_NO_START = ButtonState(False, _start, "primary")
_NO_CONTINUE = ButtonState(False, _continue)

BUTTONS: dict[Phase, dict[str, ButtonState]] = {
    Phase.NO_TOKEN: {
        "start": _NO_START,
        "stop": _NO_STOP,
        "continue": _NO_CONTINUE,
        "export": _EXPORT,
    },
    Phase.READY: {
        "start": ButtonState(True, _start, "primary"),
        "stop": _NO_STOP,
        "continue": _NO_CONTINUE,
        "export": _EXPORT,
    },
    Phase.CONTINUABLE: {
        "start": ButtonState(True, _start),
        "stop": _NO_STOP,
        "continue": ButtonState(True, _continue, "primary"),
        "export": _EXPORT,
    },
    # What failed may fail for good (a project that is blocked): the next run is what Start is for.
    Phase.RETRYABLE: {
        "start": ButtonState(True, _start, "primary"),
        "stop": _NO_STOP,
        "continue": ButtonState(True, _continue),
        "export": _EXPORT,
    },
    Phase.STARTING: {
        "start": ButtonState(False, lambda: _("Starting…"), "primary"),
        "stop": ButtonState(True, _stop, "danger"),
        "continue": _NO_CONTINUE,
        "export": _EXPORT,
    },
    Phase.RUNNING: {
        "start": _NO_START,
        "stop": ButtonState(True, _stop, "danger"),
        "continue": _NO_CONTINUE,
        "export": _EXPORT,
    },
    Phase.STOPPING: {
        "start": _NO_START,
        # A second press abandons the requests in flight.
        "stop": ButtonState(True, lambda: _("Stopping…"), "danger"),
        "continue": _NO_CONTINUE,
        "export": _EXPORT,
    },
    Phase.READ_ONLY: {
        "start": _NO_START,
        "stop": _NO_STOP,
        "continue": _NO_CONTINUE,
        "export": _EXPORT,
    },
}


def phase(
    state: RunState,
    *,
    can_continue: bool,
    can_retry: bool = False,
    has_token: bool,
    read_only: bool = False,
) -> Phase:
    """`can_continue`: a run is unfinished; `can_retry`: it is completed, but something failed."""
    match state:
        case RunState.STARTING:
            return Phase.STARTING
        case RunState.RUNNING:
            return Phase.RUNNING
        case RunState.STOPPING:
            return Phase.STOPPING
        case RunState.IDLE:
            if read_only:
                return Phase.READ_ONLY
            if not has_token:
                return Phase.NO_TOKEN
            if can_continue:
                return Phase.CONTINUABLE
            return Phase.RETRYABLE if can_retry else Phase.READY

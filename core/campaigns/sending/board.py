"""What the workers of this process are doing, for whoever looks at it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Doing(StrEnum):
    """What a worker does. Its reason and time stand beside it."""

    STARTING = "starting"
    SENDING = "sending"
    WAITING = "waiting"
    NO_CONNECTION = "no_connection"
    RESTARTING = "restarting"
    DONE = "done"
    REFUSED = "refused"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class State:
    """One worker. `why` is a word of core.campaigns.words.Why; `until` is when it looks again."""

    sender: str
    doing: Doing = Doing.STARTING
    why: str = ""
    until: datetime | None = None
    sent: int = 0
    failed: int = 0
    unknown: int = 0


class Board:
    """Any thread may call. `tell` gets what somebody should read at once, a sentence each."""

    def __init__(self, tell: Callable[[str], None] = lambda text: None) -> None:
        self._lock = threading.Lock()
        self._states: dict[str, State] = {}
        self.tell = tell

    def show(self, sender: str, doing: Doing, why: str = "", until: datetime | None = None) -> None:
        with self._lock:
            state = self._states.get(sender, State(sender))
            self._states[sender] = replace(state, doing=doing, why=why, until=until)

    def count(self, sender: str, *, sent: int = 0, failed: int = 0, unknown: int = 0) -> None:
        with self._lock:
            state = self._states.get(sender, State(sender))
            self._states[sender] = replace(
                state,
                sent=state.sent + sent,
                failed=state.failed + failed,
                unknown=state.unknown + unknown,
            )

    @property
    def states(self) -> list[State]:
        with self._lock:
            return sorted(self._states.values(), key=lambda state: state.sender)

"""The door from the engine to the bot: never blocks, never raises, never grows.

Failures and snapshots come by the thousand, so they are folded as they arrive: failures are
counted, of the snapshots only the newest stays. What is left is a handful of events a run.
"""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from core.phones.events import (
    ActivityChanged,
    Event,
    ItemFailed,
    Notice,
    OutageEnded,
    OutageStarted,
    Progress,
    RunFinished,
    RunStarted,
    Target,
)
from core.phones.run_failure import EndReason

SEGMENT_LIMIT = 200
EXAMPLES = 5
NOTICES = ("disk_low", "disk_ok")

TurningPoint = RunStarted | OutageStarted | OutageEnded | Notice | RunFinished


@dataclass(slots=True)
class Failures:
    """Clients and projects that failed, counted by what and why, the first few by name."""

    counts: Counter[tuple[Target, EndReason]] = field(default_factory=Counter)
    examples: list[ItemFailed] = field(default_factory=list)

    def add(self, event: ItemFailed) -> None:
        self.counts[event.target, event.reason] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(event)

    def merge(self, other: "Failures") -> None:
        self.counts.update(other.counts)
        self.examples += other.examples[: EXAMPLES - len(self.examples)]

    @property
    def total(self) -> int:
        return self.counts.total()


@dataclass(slots=True)
class Segment:
    """A turning point of a run and what came between it and the next one."""

    event: TurningPoint | None
    failures: Failures = field(default_factory=Failures)
    progress: Progress | None = None


class Inbox:
    """`put` may be called from any thread, `take` from one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._segments = [Segment(None)]
        self._activity: ActivityChanged | None = None
        self._news = False
        self._wake: Callable[[], None] | None = None

    def on_news(self, wake: Callable[[], None] | None) -> None:
        """Call `wake` on the putting thread when something comes; it must return at once."""
        with self._lock:
            self._wake = wake
            pending = self._news
        if wake is not None and pending:
            wake()

    def put(self, event: Event) -> None:
        """Keep what is worth a message. This is the watcher that the engine calls."""
        with self._lock:
            match event:
                case ActivityChanged():
                    self._activity = event
                    return
                case Progress():
                    self._segments[-1].progress = event
                case ItemFailed():
                    self._segments[-1].failures.add(event)
                case RunStarted() | OutageStarted() | OutageEnded() | RunFinished():
                    self._turn(event)
                case Notice(code=code) if code in NOTICES:
                    self._turn(event)
                case _:
                    return
            wake = None if self._news else self._wake
            self._news = True
        if wake is not None:
            wake()

    @property
    def activity(self) -> ActivityChanged | None:
        """What the run said last that it does or waits for; any thread may ask."""
        return self._activity

    def take(self) -> list[Segment]:
        """Everything since the last call, in order."""
        with self._lock:
            taken, self._segments = self._segments, [Segment(None)]
            self._news = False
        return taken

    def _turn(self, event: TurningPoint) -> None:
        if isinstance(event, RunFinished):
            self._activity = None
        self._segments.append(Segment(event))
        if len(self._segments) > SEGMENT_LIMIT:  # nobody takes: forget the oldest turning point
            oldest = self._segments.pop(1)
            self._segments[0].failures.merge(oldest.failures)

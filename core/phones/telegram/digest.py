"""Which events are worth a message, and when.

No texts, no network: this decides, `words` says it. Used by the bot's thread only.
"""

from dataclasses import dataclass, replace

from core.clock import Clock
from core.phones.events import Notice, OutageEnded, OutageStarted, Progress, RunFinished, RunStarted
from core.phones.telegram.config import Kind, QuietHours
from core.phones.telegram.inbox import Failures, Segment, TurningPoint

ERRORS_EVERY = 300.0
ERRORS_SETTLE = 10.0  # trouble comes in bursts: wait a little, then tell all of it
STEP = 10  # percent


@dataclass(frozen=True, slots=True)
class RunBegan:
    event: RunStarted
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Milestone:
    percent: int
    progress: Progress
    silent: bool = False


@dataclass(frozen=True, slots=True)
class ThingsFailed:
    """What failed since the last message of this kind."""

    failures: Failures
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """The run waits for the server or for disk space, or goes on after that."""

    event: OutageStarted | OutageEnded | Notice
    silent: bool = False


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The end, with everything that failed since the run was started or continued."""

    event: RunFinished
    failures: Failures
    silent: bool = False


Note = RunBegan | Milestone | ThingsFailed | Waiting | RunEnded


class Digest:
    """Turns the inbox into notes.

    Failures are gathered: at most one note in `ERRORS_EVERY` seconds, whatever happens, counted
    from when the last one arrived (`errors_told`). What is not told by the end of the run is
    told in the note of the end, which counts every failure again.
    """

    def __init__(self, kinds: frozenset[Kind], quiet: QuietHours | None, clock: Clock) -> None:
        self._kinds = kinds
        self._quiet = quiet
        self._clock = clock
        self._of_run = Failures()
        self._untold = Failures()
        self._errors_due: float | None = None
        self._last_errors = float("-inf")
        self._telling = False  # a note about failures is on its way
        self._reached: int | None = None  # the milestone passed, None where not known yet

    def read(self, segments: list[Segment]) -> list[Note]:
        """The notes that these events make, and gathered failures whose time has come."""
        notes: list[Note] = []
        for segment in segments:
            if segment.event is not None:
                notes += self._turn(segment.event)
            self._gather(segment.failures)
            if segment.progress is not None:
                notes += self._advance(segment.progress)
        notes += self._due()
        if self._silent:
            notes = [replace(note, silent=True) for note in notes]
        return notes

    def wait(self) -> float | None:
        """Seconds until `read` should be called even if nothing comes; None for never."""
        if self._errors_due is None or self._telling:
            return None
        # Quiet hours end by the wall clock: look again every minute.
        return 60.0 if self._silent else max(0.0, self._errors_due - self._clock.monotonic())

    def errors_told(self) -> None:
        """The note about failures arrived, or was dropped."""
        self._telling = False
        self._last_errors = self._clock.monotonic()
        if self._errors_due is not None:
            self._errors_due = max(self._errors_due, self._last_errors + ERRORS_EVERY)

    @property
    def _silent(self) -> bool:
        return self._quiet is not None and self._quiet.cover(self._clock.now())

    def _turn(self, event: TurningPoint) -> list[Note]:
        match event:
            case RunStarted():
                self._of_run = Failures()
                self._reached = None if event.resumed else 0
                return [RunBegan(event)] if Kind.START in self._kinds else []
            case RunFinished():
                return self._end(event)
            case _:
                return [Waiting(event)] if Kind.OUTAGE in self._kinds else []

    def _end(self, event: RunFinished) -> list[Note]:
        self._reached = None
        failures, self._of_run = self._of_run, Failures()
        if Kind.END not in self._kinds:
            return []
        self._untold, self._errors_due = Failures(), None
        return [RunEnded(event, failures)]

    def _gather(self, failures: Failures) -> None:
        if not failures.total:
            return
        self._of_run.merge(failures)
        if Kind.ERRORS not in self._kinds:
            return
        self._untold.merge(failures)
        if self._errors_due is None:
            now = self._clock.monotonic()
            self._errors_due = max(now + ERRORS_SETTLE, self._last_errors + ERRORS_EVERY)

    def _due(self) -> list[Note]:
        if self._errors_due is None or self._telling or self._silent:
            return []
        if self._clock.monotonic() < self._errors_due:
            return []
        failures, self._untold, self._errors_due = self._untold, Failures(), None
        self._telling = True
        return [ThingsFailed(failures)]

    def _advance(self, progress: Progress) -> list[Note]:
        step = int(progress.fraction * 100) // STEP
        before, self._reached = self._reached, max(step, self._reached or 0)
        if before is None or step <= before or step * STEP >= 100:
            return []
        if self._silent or Kind.PROGRESS not in self._kinds:
            return []
        return [Milestone(step * STEP, progress)]

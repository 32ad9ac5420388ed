"""What the requester tells, as the events of a run."""

from dataclasses import dataclass
from datetime import datetime

from core.asking.troubles import TemporaryTrouble
from core.phones.events import (
    Activity,
    ActivityChanged,
    OutageEnded,
    OutageStarted,
    RequestRetried,
    Target,
    Watcher,
)


@dataclass(frozen=True, slots=True)
class About:
    """What a request is about, for log and events."""

    target: Target
    id: int = 0
    page: int = 0

    def __str__(self) -> str:
        match self.target:
            case Target.CLIENTS:
                return "list of clients"
            case Target.CLIENT:
                return f"client {self.id}"
            case Target.PROJECT:
                return f"project {self.id} page {self.page}"


class RequestEvents:
    """A `core.asking.listener.RequestListener` that passes everything on to `watcher`."""

    def __init__(self, watcher: Watcher) -> None:
        self._watch = watcher

    def retried(
        self, about: About, trouble: TemporaryTrouble, attempt: int, attempts: int, wait: float
    ) -> None:
        self._watch(
            RequestRetried(
                target=about.target,
                id=about.id,
                page=about.page,
                attempt=attempt,
                attempts=attempts,
                reason=trouble.reason,
                detail=trouble.detail,
                wait=wait,
            )
        )

    def silent_until(self, until: datetime, trouble: TemporaryTrouble) -> None:
        self._watch(ActivityChanged(Activity.RETRYING, until, trouble.reason, trouble.detail))

    def silence_over(self) -> None:
        self._watch(ActivityChanged(Activity.READING))

    def outage_began(self, trouble: TemporaryTrouble) -> None:
        self._watch(OutageStarted(trouble.reason, trouble.detail))

    def outage_waits(self, until: datetime, trouble: TemporaryTrouble) -> None:
        self._watch(ActivityChanged(Activity.OUTAGE, until, trouble.reason, trouble.detail))

    def outage_over(self, seconds: float) -> None:
        self._watch(OutageEnded(seconds))
        self._watch(ActivityChanged(Activity.READING))

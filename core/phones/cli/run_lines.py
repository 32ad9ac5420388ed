"""What the displays of a run share: the way in for events, and the state in one line."""

import queue

from core.formats import number, percent
from core.i18n import _
from core.phones import wording
from core.phones.events import Activity, ActivityChanged, Event, Progress

EVENTS_KEPT = 10_000


class EventInbox:
    """Keeps events between two refreshes; a flood loses the oldest lines, never the newest."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def put(self, event: Event) -> None:
        self._queue.put(event)

    def take(self) -> list[Event]:
        events: list[Event] = []
        while not self._queue.empty():
            events.append(self._queue.get())
        return events[-EVENTS_KEPT:]


class StateLine:
    """How far the run is, in one line, with the reason for as long as it does not just read."""

    def __init__(self) -> None:
        self.progress: Progress | None = None
        self._activity: ActivityChanged | None = None

    def take(self, event: Progress | ActivityChanged) -> None:
        if isinstance(event, Progress):
            self.progress = event
        else:
            self._activity = event

    @property
    def text(self) -> str:
        """Empty where nothing is known yet."""
        parts = []
        if self._activity is not None and self._activity.activity is not Activity.READING:
            parts.append(wording.activity_with_time(self._activity))
        if self.progress is not None:
            parts.append(_how_far(self.progress))
        return ". ".join(parts)


def _how_far(progress: Progress) -> str:
    totals = progress.totals
    parts = [percent(int(progress.fraction * 100) / 100)]
    if progress.remaining is not None:
        parts.append(_("about {time} left").format(time=wording.seconds(progress.remaining)))
    parts += [
        _("clients {done} of {total}").format(
            done=number(totals.clients),
            total="?" if progress.clients_total is None else number(progress.clients_total),
        ),
        wording.projects(totals.projects),
        wording.records(totals.received),
        wording.new(totals.new),
        _("{rate} requests/s").format(rate=number(progress.rate, 1)),
    ]
    return ", ".join(parts)

"""The events of a run in the log, for LOG_FORMAT=json: with them a program that reads the log knows
what the window knows."""

import logging

from core.logs.log_json import note_run
from core.phones.as_json import event_as_json
from core.phones.events import (
    Event,
    ItemDeferred,
    ItemFailed,
    OutageStarted,
    Progress,
    RequestRetried,
    RunFinished,
    RunStarted,
    RunStatus,
)

log = logging.getLogger(__name__)


class EventLog:
    """A watcher for the collector. Its lines are written as those of the engine are: at once."""

    def __call__(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            note_run(event.run_id)
        level = _level(event)
        if log.isEnabledFor(level):
            name, fields = type(event).__name__, event_as_json(event)
            log.log(level, "", extra={"event": name, "fields": fields})
        if isinstance(event, RunFinished):
            note_run(None)


def _level(event: Event) -> int:
    match event:
        case Progress():
            return logging.DEBUG  # four a second
        case ItemFailed() | OutageStarted() | RunFinished(status=RunStatus.FAILED):
            return logging.ERROR
        case RequestRetried() | ItemDeferred():
            return logging.WARNING
    return logging.INFO

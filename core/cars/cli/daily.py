"""The same work every day at one time, until it is stopped."""

import logging
from collections.abc import Callable
from datetime import datetime, time, timedelta

from core.asking.limiter import Stopped
from core.cli.main import complain
from core.clock import Clock
from core.errors import UserError
from core.stop import StopSignal

log = logging.getLogger(__name__)

_LOOK_EVERY = 60.0  # seconds: a clock that is set, or a computer that slept, is noticed so soon


def next_time(now: datetime, at: time) -> datetime:
    """When the local time `at` comes next after `now`, which has a time zone."""
    local = now.astimezone()
    day = local.date()
    while True:
        due = datetime.combine(day, at).astimezone()
        if due > local:
            return due
        day += timedelta(days=1)


def every_day(at: time, clock: Clock, stop: StopSignal, work: Callable[[], object]) -> None:
    """Do `work` each day at the local time `at`; what is due while it works is due afterwards.

    What goes wrong is told, and tried again the next day. Raises Stopped.
    """
    while True:
        due = next_time(clock.now(), at)
        log.info("the next update is at %s", due.isoformat(timespec="minutes"))
        while (left := (due - clock.now()).total_seconds()) > 0:
            if clock.wait(stop, min(left, _LOOK_EVERY)):
                raise Stopped
        try:
            work()
        except UserError as error:
            complain(error)

"""Every day at a given time: for `app.py serve` and for the window."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from core.database.failures import StorageFailure
from core.phones.collector import Collector
from core.phones.events import Mode, RunState, RunStatus
from core.phones.run_request import RunRequest
from core.phones.storage.queries.runs import run_request, run_to_continue
from core.phones.storage.reader import Reader

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger(__name__)

# A computer that slept at the time makes up for it when it wakes, but not half a day later.
LATE_SECONDS = 6 * 3600
LOOK_SECONDS = 60
DAILY = "daily"


class DailySchedule:
    """Calls `action` once a day, in a thread of its own. All methods from any thread.

    `action` must not take long; its exceptions are only logged. The thread, and the library
    behind it, begin with the first time that is set.
    """

    def __init__(self, action: Callable[[], None]) -> None:
        self._action = action
        self._lock = threading.Lock()
        self._scheduler: BackgroundScheduler | None = None

    def set(self, at: time | None) -> None:
        """From now on every day at this local time; None for never."""
        with self._lock:
            if self._scheduler is not None:
                self._scheduler.remove_all_jobs()
            if at is None:
                return
            if self._scheduler is None:
                self._scheduler = _start_scheduler()
            self._add_jobs(self._scheduler, at)

    @property
    def next_at(self) -> datetime | None:
        """When the action is due next, with a time zone; None for never."""
        with self._lock:
            job = self._scheduler.get_job(DAILY) if self._scheduler is not None else None
            return job.next_run_time if job is not None else None

    def close(self) -> None:
        """End the thread; what is being done is not waited for. May be called twice."""
        with self._lock:
            scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.shutdown(wait=False)

    def _add_jobs(self, scheduler: "BackgroundScheduler", at: time) -> None:
        # Triggers by class: by name they are looked up in metadata that a packed program lacks.
        from apscheduler.triggers.cron import CronTrigger
        from apscheduler.triggers.interval import IntervalTrigger

        zone = scheduler.timezone
        scheduler.add_job(
            self._action,
            CronTrigger(hour=at.hour, minute=at.minute, timezone=zone),
            id=DAILY,
            coalesce=True,
            misfire_grace_time=LATE_SECONDS,
        )
        # While a computer sleeps the scheduler's wait stands still. A job that does nothing
        # makes it look at the clock every minute.
        every_minute = IntervalTrigger(seconds=LOOK_SECONDS, timezone=zone)
        scheduler.add_job(_nothing, every_minute, coalesce=True)


def _start_scheduler() -> "BackgroundScheduler":
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    options = {"executors": {"default": ThreadPoolExecutor(max_workers=2)}, "daemon": True}
    try:
        scheduler = BackgroundScheduler(**options)
    except Exception:  # looking for the time zone raises many kinds on strange systems
        log.warning("the time zone has no name here; summer time is not known", exc_info=True)
        zone = datetime.now().astimezone().tzinfo
        scheduler = BackgroundScheduler(timezone=zone, **options)
    scheduler.start()
    return scheduler


def _nothing() -> None:
    pass


class DailyRun:
    """What is done every day: a new run, or first the rest of one that was cut short.

    A run that was cut short (no network for hours, power cut, restart of the server) is
    continued, because most of it is stored. It gets one such chance, so that a run that can
    never end does not stand in the way of all later ones. A trial with limits is left alone.
    """

    def __init__(
        self,
        collector: Collector,
        database: Callable[[], Path],
        mode: Callable[[], Mode] = lambda: Mode.FULL,
    ) -> None:
        """`database` and `mode` are asked each time, on the scheduler's thread."""
        self._collector = collector
        self._database = database
        self._mode = mode
        self._continued: int | None = None

    def __call__(self) -> None:
        """Start or continue, where nothing is going on."""
        if self._collector.state is not RunState.IDLE:
            log.info("the daily run is left out: a run is going on")
            return
        unfinished = self._unfinished()
        if unfinished is not None and unfinished != self._continued:
            self._continued = unfinished
            log.info("the daily run continues run %d", unfinished)
            self._collector.resume(unfinished)
        else:
            log.info("the daily run starts")
            self._collector.start(RunRequest(mode=self._mode()))

    def _unfinished(self) -> int | None:
        try:
            with Reader(self._database()) as reader:
                newest = run_to_continue(reader)
                if newest is None or newest.status is RunStatus.COMPLETED:
                    return None
                request = run_request(reader, newest.id)
        except StorageFailure as failure:
            log.info("no earlier run can be read (%s)", failure.problem)
            return None
        return newest.id if request == RunRequest(mode=request.mode) else None

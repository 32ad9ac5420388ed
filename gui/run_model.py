"""What the window knows of the run, made of the engine's events. No widgets here.

Views draw from this model; so a view that is built in the middle of a run, or whose language
changes, shows the same as one that saw every event.
"""

import time
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.asking.troubles import Reason
from core.phones.events import (
    Activity,
    ActivityChanged,
    Event,
    Mode,
    Notice,
    OutageEnded,
    OutageStarted,
    PaceChanged,
    Progress,
    RunFinished,
    RunStarted,
    RunState,
    RunStatus,
    Totals,
)
from core.phones.storage.queries.runs import RunRow
from core.phones.unfinished import UnfinishedRun


@dataclass(slots=True)
class RunModel:
    """The present run, or the last one of this session. Tk thread only."""

    state: RunState = RunState.IDLE
    run_id: int | None = None
    mode: Mode = Mode.FULL
    resumed: bool = False
    totals: Totals = field(default_factory=Totals)
    progress: Progress | None = None
    progress_at: float = 0.0  # monotonic time of `progress`, to let the clock run between two
    activity: ActivityChanged | None = None
    outage: Reason | None = None
    outage_detail: str = ""
    pace_reason: str = ""  # of the automatic pace, as PaceChanged has it
    disk_low: bool = False  # whether the disk of the database is nearly full
    finished: RunFinished | None = None
    continues: int | None = None  # the run that Continue takes up
    can_retry: bool = False  # that one is completed, and Continue tries again what failed in it
    last: RunRow | None = None  # the newest run, until one begins in this session

    @property
    def active(self) -> bool:
        return self.state is not RunState.IDLE

    @property
    def can_continue(self) -> bool:
        """Whether a run is unfinished."""
        return self.continues is not None and not self.can_retry

    def show_last(self, run: RunRow | None, failed_projects: int) -> None:
        """What the newest run of an earlier start brought; None where there is none. Until a run
        begins."""
        self.last = run
        if run is None:
            self.progress, self.totals = None, Totals()
            return
        self.totals = _totals(run)
        completed = run.status is RunStatus.COMPLETED  # else it was discarded
        self.progress = Progress(
            run_id=run.id,
            totals=self.totals,
            clients_total=run.total_clients,
            projects_total=run.total_projects + failed_projects if completed else None,
            projects_exact=True,
            requests_total=run.requests if completed else None,
            fraction=1.0 if completed else 0.0,
            rate=0.0,
            pace=0.0,
            elapsed=run.seconds,
            remaining=None,
        )

    def show_unfinished(self, found: UnfinishedRun) -> None:
        """What an unfinished run of an earlier start reached. Until a run begins."""
        run = found.run
        self.last = run
        self.totals = replace(
            _totals(run), clients=found.clients_done, projects=found.projects_done
        )
        self.progress = Progress(
            run_id=run.id,
            totals=self.totals,
            clients_total=found.clients_total,
            projects_total=found.projects_total,
            projects_exact=found.exact,
            requests_total=found.requests_total,
            fraction=found.fraction,
            rate=0.0,
            pace=0.0,
            elapsed=run.seconds,
            remaining=None,
        )

    def start_asked(self) -> None:
        """Start or Continue was pressed and the collector accepted it."""
        self.state = RunState.STARTING
        self.finished = None
        self.last = None
        self.progress = None
        self.activity = None
        self.outage = None
        self.disk_low = False
        self.pace_reason = ""
        self.totals = Totals()

    def stop_asked(self) -> None:
        if self.active:
            self.state = RunState.STOPPING

    def apply(self, event: Event) -> None:
        match event:
            case RunStarted():
                self._begin(event)
            case Progress():
                self.progress = event
                self.progress_at = time.monotonic()
                self.totals = event.totals
            case ActivityChanged():
                self.activity = event
                if event.activity is Activity.STOPPING:
                    self.stop_asked()
            case OutageStarted():
                self.outage, self.outage_detail = event.reason, event.detail
            case OutageEnded():
                self.outage, self.outage_detail = None, ""
            case PaceChanged():
                self.pace_reason = event.reason
            case Notice(code="disk_low"):
                self.disk_low = True
            case Notice(code="disk_ok"):
                self.disk_low = False
            case RunFinished():
                self._end(event)
            case _:
                pass  # single projects and requests: the log shows them, the model does not care

    def elapsed(self) -> float:
        """Seconds of working time, running on between two snapshots."""
        if self.progress is None:
            return self.finished.seconds if self.finished else 0.0
        since = time.monotonic() - self.progress_at if self.active else 0.0
        return self.progress.elapsed + since

    @property
    def paused_for_disk(self) -> bool:
        activity = self.activity
        return self.active and activity is not None and activity.activity is Activity.DISK_LOW

    @property
    def locked_until(self) -> datetime | None:
        """When the run gives up where another program locks the database; None where none does."""
        activity = self.activity
        if self.active and activity is not None and activity.activity is Activity.LOCKED:
            return activity.until
        return None

    @property
    def held_up(self) -> bool:
        """Whether the run stands still until something outside of it changes."""
        return self.outage is not None or self.paused_for_disk or self.locked_until is not None

    def waits_until(self) -> datetime | None:
        return self.activity.until if self.active and self.activity is not None else None

    def _begin(self, event: RunStarted) -> None:
        if self.state is RunState.IDLE:  # not from here: by Telegram or the daily schedule
            self.start_asked()
        if self.state is not RunState.STOPPING:
            self.state = RunState.RUNNING
        self.run_id = event.run_id
        self.mode = event.mode
        self.resumed = event.resumed
        self.finished = None

    def _end(self, event: RunFinished) -> None:
        self.state = RunState.IDLE
        self.finished = event
        self.totals = event.totals
        self.activity = None
        self.outage = None
        if self.progress is not None:
            self.progress = replace(self.progress, totals=event.totals)
        if event.run_id:  # else it did not begin, and what could be continued still can
            completed = event.status is RunStatus.COMPLETED
            self.can_retry = completed and event.totals.errors > 0
            self.continues = event.run_id if not completed or self.can_retry else None


def _totals(run: RunRow) -> Totals:
    return Totals(
        clients=run.total_clients,
        projects=run.total_projects,
        received=run.received,
        new=run.new_phones,
        known=run.known,
        repeated=run.repeated,
        rejected=run.rejected,
        errors=run.errors_count,
        requests=run.requests,
    )

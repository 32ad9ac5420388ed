"""Leads one run from its first request to its one ending.

Everything here runs on the run's thread, except `RunLeader.progress`, which any may read.
"""

import logging
from datetime import datetime

from core.asking.budget import BudgetSpent
from core.asking.limiter import Closed, FixedPace, Limiter, Stopped
from core.asking.requester import OutageTooLong
from core.phones.engine.disk_guard import DiskGuard
from core.phones.engine.finish import FirstFailure, is_foreseen, is_locked_out, reason_of
from core.phones.engine.frontier import Frontier
from core.phones.engine.opening import Opening, RunSetup
from core.phones.engine.phases import Phases
from core.phones.engine.progress import Reporter
from core.phones.engine.session import EngineSettings
from core.phones.events import (
    Activity,
    ActivityChanged,
    LeftOut,
    Notice,
    Progress,
    RunFinished,
    RunStatus,
    Totals,
)
from core.phones.numbers.fastpath import load_numbering
from core.phones.storage import checkpoints, run_store
from core.phones.storage.run_store import StoredRun
from core.phones.storage.writer import Writer, WriterClosed

log = logging.getLogger(__name__)


class RunLeader:
    """Executes one run; make a new one for the next."""

    def __init__(self, setup: RunSetup) -> None:
        self._setup = setup
        self._failure = FirstFailure()
        self._frontier = Frontier()
        self._reporter: Reporter | None = None
        self._limiter = Limiter(FixedPace(setup.settings.delay or 0.0), setup.clock, setup.stop)
        self._writer = Writer(
            setup.database,
            setup.clock,
            setup.stop,
            self._fail,
            self._tell_lock,
            setup.before_migration,
        )
        self._disk = DiskGuard(
            setup.database, setup.room_for, self._limiter, setup.clock, setup.watcher
        )
        self._opening = Opening(setup, self._writer, self._limiter, self._frontier, self._fail)
        setup.stop.on_request(self._wake_all)
        setup.stop.on_abandon(setup.source.abandon_requests)

    @property
    def progress(self) -> Progress | None:
        """The newest snapshot."""
        return self._reporter.latest if self._reporter else None

    @property
    def load(self) -> tuple[int, int]:
        """Workers at work, and projects that wait for one."""
        return self._frontier.load

    def use_pace(self, settings: EngineSettings) -> None:
        """Another pace from the next request on. Any thread."""
        if settings.delay is not None:
            self._limiter.use(FixedPace(settings.delay))
        else:
            self._limiter.use(self._opening.new_auto_pace(settings.max_per_second))

    def try_now(self) -> None:
        """Wait neither for the server's silence nor for the next try in an outage. Any thread."""
        self._limiter.hurry()

    def execute(self) -> RunFinished:
        """Lead the run to its end and say how it ended. Raises nothing."""
        try:
            self._writer.open()
            self._lead()
        except Stopped:
            pass
        except Exception as error:
            self._fail(error)
        self._frontier.close()
        finished = self._finish()
        self._writer.close()
        return finished

    def _fail(self, error: BaseException) -> None:
        """End the run for this reason. Any thread; the first reason counts."""
        if is_locked_out(error) and self._setup.stop.is_set:
            return  # stopped while another program locked the file: nothing failed
        if self._failure.report(error):
            if not is_foreseen(error):
                log.error("the run failed", exc_info=error)
            self._setup.stop.request()

    def _tell_lock(self, until: datetime | None) -> None:
        """Ask for nothing while another program locks the file. Called on the writer's thread."""
        if until is None:
            self._limiter.open_gate(Closed.LOCKED)
            self._setup.watcher(ActivityChanged(Activity.READING))
        else:
            self._limiter.close_gate(Closed.LOCKED)
            self._setup.watcher(ActivityChanged(Activity.LOCKED, until))

    def _wake_all(self) -> None:
        self._frontier.close()
        self._limiter.wake()

    def _lead(self) -> None:
        setup = self._setup
        try:
            opened = self._opening.open()
        except BudgetSpent:  # and there is no list of clients yet
            if self._opening.run is not None:
                self._tell_end_of_budget(self._opening.run)
            raise OutageTooLong from None
        session, run = opened.session, opened.stored
        clients = self._writer.call(lambda db: checkpoints.count_clients(db, run.id))
        self._reporter = Reporter(session, clients, run.active_seconds)
        load_numbering(setup.settings.accept)
        Phases(opened, setup.source, self._disk, self._reporter).work()
        if session.requester.budget_spent and not setup.stop.is_set:
            if session.requester.nothing_answered:
                self._tell_end_of_budget(run)
                raise OutageTooLong
            self._writer.call(lambda db: checkpoints.leave_out(db, run.id))
            self._tell_end_of_budget(run)

    def _tell_end_of_budget(self, run: StoredRun) -> None:
        log.info("run %d: the budget is spent", run.id)
        self._setup.watcher(Notice("budget_spent"))

    def _finish(self) -> RunFinished:
        """Write the ending, as far as the database takes it."""
        error = self._failure.error
        failure = reason_of(error) if error is not None else None
        status = RunStatus.COMPLETED
        if failure is not None:
            status = RunStatus.FAILED
        elif self._setup.stop.is_set:
            status = RunStatus.STOPPED
        run = self._opening.run
        totals = run.totals if run else Totals()
        left_out = LeftOut()
        seconds = self._reporter.active_seconds if self._reporter else 0.0
        if run is not None:
            now = self._setup.clock.now()
            try:
                ended = self._writer.call(
                    lambda db: run_store.finish_run(db, run.id, status, now, failure)
                )
                totals, left_out = ended.totals, ended.left_out
                seconds = max(seconds, ended.active_seconds)
            except WriterClosed as closed:
                # The run stays 'running' in the file; Continue finds it so.
                log.error("the ending of run %d could not be stored: %s", run.id, closed)
                totals = self.progress.totals if self.progress else totals
        number = run.id if run else 0
        log.info("run %d %s: %s, %s, %.0f s", number, status, totals, left_out, seconds)
        if failure is not None:
            log.error("run %d: %s", number, ": ".join(filter(None, failure)))
        return RunFinished(
            run_id=number,
            status=status,
            totals=totals,
            seconds=seconds,
            reason=failure.reason if failure else None,
            detail=failure.detail if failure else "",
            left_out=left_out,
        )

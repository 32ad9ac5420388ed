"""Leads one run from its first request to its one ending.

Everything here runs on the run's thread, except `RunLeader.progress`, which any may read.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection

from core.clock import Clock
from core.engine.auto_pace import AutoPace, LearnedPace
from core.engine.budget import Budget, BudgetSpent
from core.engine.closing_checks import ClosingChecks
from core.engine.disk_guard import DiskGuard
from core.engine.finish import FORESEEN, FirstFailure, NothingToContinue, reason_of
from core.engine.forecast import Forecast
from core.engine.frontier import Frontier, ReadProject, Task
from core.engine.limiter import FixedPace, Limiter, Stopped
from core.engine.page_ends import PageEnds
from core.engine.progress import Reporter
from core.engine.remaining import Remaining
from core.engine.requester import About, Requester
from core.engine.selection import choose
from core.engine.session import EngineSettings, Limits, Session
from core.engine.tally import Tally
from core.engine.worker import Worker
from core.estimate import PACE, PAGE_SIZE, SERVER_PACE
from core.events import (
    Activity,
    ActivityChanged,
    LeftOut,
    Mode,
    Notice,
    PaceChanged,
    Progress,
    RunFinished,
    RunStarted,
    RunStatus,
    Target,
    Totals,
    Watcher,
)
from core.run_request import RunRequest
from core.stop import StopSignal
from core.storage import checkpoints, rhythm, run_store
from core.storage.client_list import store_clients
from core.storage.diskspace import Room, room_for
from core.storage.expected_cost import Costing, expected_of_lists, expected_of_open
from core.storage.forgotten import load_forgotten
from core.storage.run_store import StoredRun
from core.storage.writer import Writer, WriterClosed
from core.upstream import Client, Upstream, UpstreamSource

log = logging.getLogger(__name__)

DEFERRED_PASSES = 2
PROGRESS_EVERY = 0.25  # seconds
SERVER_BOUND = 1.1  # times the pace: above that it was the server that took the time


@dataclass(frozen=True, slots=True)
class RunSetup:
    """What a run needs from outside. `request` None continues."""

    database: Path
    source: UpstreamSource
    settings: EngineSettings
    request: RunRequest | None
    clock: Clock
    stop: StopSignal
    watcher: Watcher
    before_migration: Callable[[Path], None] | None = None
    room_for: Callable[[Path], Room] = room_for


class RunLeader:
    """Executes one run; make a new one for the next."""

    def __init__(self, setup: RunSetup) -> None:
        self._setup = setup
        self._failure = FirstFailure()
        self._frontier = Frontier()
        self._reporter: Reporter | None = None
        self._run: StoredRun | None = None
        self._began = setup.clock.monotonic()
        self._limiter = Limiter(FixedPace(setup.settings.delay or 0.0), setup.clock, setup.stop)
        self._writer = Writer(
            setup.database, setup.clock, setup.stop, self._fail, setup.before_migration
        )
        self._disk = DiskGuard(
            setup.database, setup.room_for, self._limiter, setup.clock, setup.watcher
        )
        setup.stop.on_request(self._wake_all)
        setup.stop.on_abandon(setup.source.abandon_requests)

    @property
    def progress(self) -> Progress | None:
        """The newest snapshot."""
        return self._reporter.latest if self._reporter else None

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
        if self._failure.report(error):
            if not isinstance(error, FORESEEN):
                log.error("the run failed", exc_info=error)
            self._setup.stop.request()

    def _wake_all(self) -> None:
        self._frontier.close()
        self._limiter.wake()

    def _lead(self) -> None:
        setup = self._setup
        if setup.settings.delay is None:
            self._limiter.pace = self._auto_pace()
        upstream = setup.source.open_session()
        clients: Sequence[Client] | None = None
        requester = self._requester(setup.request)
        if setup.request is None:
            run = self._continue()
            # What failed in a run that is over is tried again, whatever that had to cost.
            over = run.status is RunStatus.COMPLETED
            budget = None if over else RunRequest.from_json(run.request)
            requester = self._requester(budget, run.totals.requests, run.active_seconds)
        else:
            if setup.request.selection.clients:
                # Unknown names must change nothing, so they are looked up before the run exists.
                clients = self._ask_clients(requester, upstream)
                choose(clients, setup.request.selection)
            run = self._begin(setup.request)
        request = RunRequest.from_json(run.request)
        resumed = setup.request is None
        log.info("run %d %s, mode %s", run.id, "continued" if resumed else "started", run.mode)
        setup.watcher(RunStarted(run.id, run.mode, resumed, run.started_at, str(setup.database)))
        if not run.has_clients:
            if clients is None:
                clients = self._ask_clients(requester, upstream)
            run = self._store_clients(run, request, clients)
        session = self._session(run, request, requester)
        self._work(session, run, upstream)
        if requester.budget_spent and not setup.stop.is_set:
            log.info("run %d: the budget is spent", run.id)
            self._writer.call(lambda db: checkpoints.leave_out(db, run.id))
            setup.watcher(Notice("budget_spent"))

    def _auto_pace(self) -> AutoPace:
        """The pace that an earlier run ended with, or the usual one, to begin with."""
        setup = self._setup

        def tell(delay: float, why: str) -> None:
            log.info("pace: %.2f requests a second (%s)", 1 / delay, why)
            setup.watcher(PaceChanged(delay, why))

        pace = AutoPace(setup.settings.max_per_second, setup.clock, tell)
        learned = self._writer.call(lambda db: run_store.get_meta(db, PACE))
        if learned is not None:
            pace.begin_with(LearnedPace.from_text(learned))
        return pace

    def _requester(
        self, request: RunRequest | None, before: int = 0, active_before: float = 0.0
    ) -> Requester:
        """Counts on from `before`, within the budget of `request`."""
        setup = self._setup
        budget = None
        if request is not None:
            deadline = None
            if request.max_minutes is not None:
                deadline = self._began + 60 * request.max_minutes - active_before
            budget = Budget(setup.clock, request.max_requests, deadline)
        return Requester(
            self._limiter,
            setup.clock,
            setup.stop,
            setup.watcher,
            max_retries=setup.settings.max_retries,
            outage_limit=setup.settings.outage_limit,
            requests_before=before,
            budget=budget,
        )

    def _begin(self, request: RunRequest) -> StoredRun:
        now = self._setup.clock.now()

        def create(db: Connection) -> StoredRun:
            run = run_store.create_run(db, request.mode, request.to_json(), now)
            return run_store.load_run(db, run)

        self._run = self._writer.call(create)
        self._writer.set_run(self._run.id)
        return self._run

    def _continue(self) -> StoredRun:
        def reopen(db: Connection) -> StoredRun | None:
            run = run_store.run_to_continue(db)
            if run is not None:
                run_store.reopen_run(db, run.id)
            return run

        run = self._writer.call(reopen)
        if run is None:
            raise NothingToContinue
        self._run = run
        self._writer.set_run(run.id)
        return run

    def _ask_clients(self, requester: Requester, upstream: Upstream) -> Sequence[Client]:
        self._setup.watcher(ActivityChanged(Activity.LISTING_CLIENTS))
        clients, _ = requester.ask(About(Target.CLIENTS), upstream.clients, upstream.probe)
        return clients

    def _store_clients(
        self, run: StoredRun, request: RunRequest, clients: Sequence[Client]
    ) -> StoredRun:
        """Store the list, and what the run takes of it: both or, after a kill, neither."""
        now, max_days = self._setup.clock.now(), self._setup.settings.smart_max_days
        chosen = choose(clients, request.selection)

        def store(db: Connection) -> StoredRun:
            store_clients(db, run.id, clients, chosen, now)
            if request.by_rhythm:
                visit = rhythm.choose_due(db, run.id, max_days, now)
                log.info("run %d: %s", run.id, visit)
            return run_store.load_run(db, run.id)

        stored = self._writer.call(store)
        log.info("run %d: %d clients, %d chosen", run.id, len(clients), len(chosen))
        return stored

    def _session(self, run: StoredRun, request: RunRequest, requester: Requester) -> Session:
        learned = self._writer.call(lambda db: run_store.get_meta(db, PAGE_SIZE))
        page_ends = PageEnds(int(learned) if learned else None)
        doubts = self._writer.call(lambda db: checkpoints.assumed_ends(db, run.id))
        paged = self._writer.call(
            lambda db: checkpoints.newest_paged_project(db, run.id, page_ends.size)
        )
        page_ends.continue_from(doubts, paged=paged is not None)
        forecast = self._forecast(run, request, page_ends.size)
        tally = Tally(run.totals)
        opened = self._writer.call(lambda db: checkpoints.open_clients(db, run.id))
        for client_id, username, projects in opened:
            tally.client_continued(client_id, username, projects)
        return Session(
            run=run.id,
            mode=run.mode,
            by_rhythm=request.by_rhythm,
            settings=self._setup.settings,
            limits=Limits(request.selection.limit_projects, request.selection.max_pages),
            clock=self._setup.clock,
            stop=self._setup.stop,
            watcher=self._setup.watcher,
            writer=self._writer,
            limiter=self._limiter,
            requester=requester,
            frontier=self._frontier,
            page_ends=page_ends,
            tally=tally,
            forecast=forecast,
            fail=self._fail,
            forgotten=self._writer.call(load_forgotten),
        )

    def _forecast(self, run: StoredRun, request: RunRequest, page_size: int) -> Forecast:
        """What the run still has to do, from what earlier runs left."""
        costing = Costing(
            page_size=page_size,
            quick=run.mode is not Mode.FULL,
            full_every=self._setup.settings.quick_full_every,
            now=self._setup.clock.now(),
            max_pages=request.selection.max_pages,
            limit_projects=request.selection.limit_projects,
        )
        lists = self._writer.call(
            lambda db: expected_of_lists(db, run.id, costing, by_rhythm=request.by_rhythm)
        )
        opened = self._writer.call(lambda db: expected_of_open(db, run.id, costing))
        return Forecast(self._setup.clock, lists, opened)

    def _work(self, session: Session, run: StoredRun, upstream: Upstream) -> None:
        clients = self._writer.call(lambda db: checkpoints.count_clients(db, run.id))
        reporter = Reporter(session, clients, run.active_seconds)
        self._reporter = reporter
        workers = [
            Worker(number, session, self._setup.source)
            for number in range(1, session.settings.workers + 1)
        ]
        for worker in workers:
            worker.start()
        try:
            with suppress(BudgetSpent):
                self._all_phases(session, reporter, upstream)
            session.frontier.close()
        finally:
            if self._setup.stop.is_set:
                self._setup.watcher(ActivityChanged(Activity.STOPPING))
            session.frontier.close()
            for worker in workers:
                while worker.is_alive():
                    worker.join(PROGRESS_EVERY)
                    reporter.publish()
            with suppress(WriterClosed):
                self._keep_learnt(session, reporter)
                reporter.note(now=True)
            reporter.publish()

    def _all_phases(self, session: Session, reporter: Reporter, upstream: Upstream) -> None:
        """Everything once, then what failed, then what is in doubt, until nothing is left."""
        checks, remaining = ClosingChecks(session, upstream), Remaining(session)
        self._setup.watcher(ActivityChanged(Activity.READING))
        self._phase(session, reporter, remaining.tasks())
        passes = 0
        while not self._setup.stop.is_set and not session.requester.budget_spent:
            checks.settle()
            if remaining.any():
                self._phase(session, reporter, remaining.tasks())
            elif passes < DEFERRED_PASSES and remaining.retry_failed():
                passes += 1
                session.deferring = passes < DEFERRED_PASSES
                self._setup.watcher(ActivityChanged(Activity.RETRYING_DEFERRED))
                self._phase(session, reporter, remaining.tasks())
            elif doubtful := checks.doubtful_projects():
                self._setup.watcher(ActivityChanged(Activity.CHECKING_ENDS))
                self._phase(session, reporter, map(ReadProject, doubtful))
                checks.looked_at(doubtful)
            elif not checks.numbering_changed():
                break

    def _phase(self, session: Session, reporter: Reporter, tasks: Iterator[Task]) -> None:
        session.frontier.start_phase(tasks)
        while not session.frontier.wait_phase(PROGRESS_EVERY):
            self._disk.look()
            reporter.publish()
            reporter.note()

    def _keep_learnt(self, session: Session, reporter: Reporter) -> None:
        size = session.page_ends.learned_size
        if size is not None:
            self._writer.call(lambda db: run_store.set_meta(db, PAGE_SIZE, str(size)))
        pace = self._limiter.pace
        if isinstance(pace, AutoPace):
            learned = pace.learned.to_text()
            self._writer.call(lambda db: run_store.set_meta(db, PACE, learned))
        needed = reporter.seconds_a_request
        if needed is not None:
            bound = needed if needed > pace.delay * SERVER_BOUND else 0.0
            self._writer.call(lambda db: run_store.set_meta(db, SERVER_PACE, str(bound)))

    def _finish(self) -> RunFinished:
        """Write the ending, as far as the database takes it."""
        error = self._failure.error
        failure = reason_of(error) if error is not None else None
        status = RunStatus.COMPLETED
        if failure is not None:
            status = RunStatus.FAILED
        elif self._setup.stop.is_set:
            status = RunStatus.STOPPED
        run = self._run
        totals = run.totals if run else Totals()
        left_out = LeftOut()
        if run is not None:
            now = self._setup.clock.now()
            try:
                ended = self._writer.call(
                    lambda db: run_store.finish_run(db, run.id, status, now, failure)
                )
                totals, left_out = ended.totals, ended.left_out
            except WriterClosed as closed:
                # The run stays 'running' in the file; Continue finds it so.
                log.error("the ending of run %d could not be stored: %s", run.id, closed)
                totals = self.progress.totals if self.progress else totals
        seconds = self._reporter.active_seconds if self._reporter else 0.0
        number = run.id if run else 0
        log.info("run %d %s: %s, %s, %.0f s", number, status, totals, left_out, seconds)
        return RunFinished(
            run_id=run.id if run else 0,
            status=status,
            totals=totals,
            seconds=seconds,
            reason=failure.reason if failure else None,
            detail=failure.detail if failure else "",
            left_out=left_out,
        )

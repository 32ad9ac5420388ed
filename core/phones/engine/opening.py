"""Opens a run: a new one or one to continue, and what its workers share.

Everything here runs on the run's thread, while the writer does the storing.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from sqlite3 import Connection

from core.asking.auto_pace import AutoPace, LearnedPace
from core.asking.budget import Budget
from core.asking.limiter import Limiter
from core.asking.requester import Requester
from core.asking.troubles import Reason
from core.clock import Clock
from core.database.diskspace import Room, room_for
from core.phones.engine.claimed import ClaimedProjects
from core.phones.engine.finish import NothingToContinue
from core.phones.engine.forecast import Forecast, forecast_of
from core.phones.engine.frontier import Frontier
from core.phones.engine.page_ends import PageEnds
from core.phones.engine.request_events import About, RequestEvents
from core.phones.engine.selection import choose
from core.phones.engine.session import EngineSettings, Limits, Session
from core.phones.engine.tally import Tally
from core.phones.events import (
    Activity,
    ActivityChanged,
    ItemFailed,
    PaceChanged,
    RunStarted,
    RunStatus,
    Target,
    Watcher,
)
from core.phones.run_failure import EndReason, RunFailure
from core.phones.run_request import RunRequest
from core.phones.storage import assumed_ends, checkpoints, meta, rhythm, run_store
from core.phones.storage.client_list import count_known_clients, store_clients
from core.phones.storage.expected_cost import Costing
from core.phones.storage.forgotten import load_forgotten
from core.phones.storage.project_lists import clients_with_projects
from core.phones.storage.run_store import StoredRun
from core.phones.storage.unreadable import OF_CLIENTS, note_unreadable
from core.phones.storage.writer import Writer
from core.phones.upstream import Client, Listing, Upstream, UpstreamSource
from core.stop import StopSignal

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunSetup:
    """What a run needs from outside. `request` None continues: the run of number `run_id`, or the
    one that is due."""

    database: Path
    source: UpstreamSource
    settings: EngineSettings
    request: RunRequest | None
    clock: Clock
    stop: StopSignal
    watcher: Watcher
    before_migration: Callable[[Path], None] | None = None
    room_for: Callable[[Path], Room] = room_for
    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class OpenedRun:
    """A run that its workers can start on."""

    stored: StoredRun
    session: Session
    upstream: Upstream


class Opening:
    """Opens one run. `run` is known as soon as it is in the database."""

    def __init__(
        self,
        setup: RunSetup,
        writer: Writer,
        limiter: Limiter,
        frontier: Frontier,
        fail: Callable[[BaseException], None],
    ) -> None:
        self._setup = setup
        self._writer = writer
        self._limiter = limiter
        self._frontier = frontier
        self._fail = fail
        self._began = setup.clock.monotonic()
        self.run: StoredRun | None = None

    def open(self) -> OpenedRun:
        """Raises what asking and storing raise, `NothingToContinue` and `UnknownClients`."""
        setup = self._setup
        if setup.settings.delay is None:
            self._limiter.pace = self._auto_pace()
        upstream = setup.source.open_session()
        clients: Listing[Client] | None = None
        requester = self._requester(setup.request)
        if setup.request is None:
            run = self._continue()
            # What failed in a run that is over is tried again, whatever that had to cost.
            over = run.status is RunStatus.COMPLETED
            budget = None if over else RunRequest.from_json(run.request)
            before = run.totals.requests
            # What found no server, and so no list of clients, begins with its whole budget again.
            spent = (before, run.active_seconds) if run.has_clients else (0, 0.0)
            requester = self._requester(budget, before, spent)
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
        return OpenedRun(run, session, upstream)

    def new_auto_pace(self, max_per_second: float) -> AutoPace:
        """One that has learnt nothing yet. Any thread."""
        setup = self._setup

        def tell(delay: float, why: str) -> None:
            log.info("pace: %.2f requests a second (%s)", 1 / delay, why)
            setup.watcher(PaceChanged(delay, why))

        return AutoPace(max_per_second, setup.clock, tell)

    def _auto_pace(self) -> AutoPace:
        """The pace that an earlier run ended with, or the usual one, to begin with."""
        pace = self.new_auto_pace(self._setup.settings.max_per_second)
        learned = self._writer.call(lambda db: meta.get_meta(db, meta.PACE))
        if learned is not None:
            pace.begin_with(LearnedPace.from_text(learned))
        return pace

    def _requester(
        self,
        request: RunRequest | None,
        before: int = 0,
        spent: tuple[int, float] = (0, 0.0),
    ) -> Requester[About]:
        """Counts on from `before`, within what is left of the budget of `request`, of which so many
        requests and seconds are spent."""
        setup = self._setup
        budget = None
        if request is not None:
            most, deadline = request.max_requests, None
            if most is not None:
                most += before - spent[0]
            if request.max_minutes is not None:
                deadline = self._began + 60 * request.max_minutes - spent[1]
            budget = Budget(setup.clock, most, deadline)
        return Requester(
            self._limiter,
            setup.clock,
            setup.stop,
            RequestEvents(setup.watcher),
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

        self.run = self._writer.call(create)
        self._writer.set_run(self.run.id)
        return self.run

    def _continue(self) -> StoredRun:
        def reopen(db: Connection) -> StoredRun | None:
            run = run_store.run_to_continue(db, self._setup.run_id)
            if run is None:
                return None
            run_store.reopen_run(db, run.id)
            if run.status is not RunStatus.COMPLETED:
                return run
            again = checkpoints.list_doubtful_again(db, run.id)
            totals = replace(run.totals, clients=run.totals.clients - again)
            return replace(run, totals=totals)

        run = self._writer.call(reopen)
        if run is None:
            raise NothingToContinue
        self.run = run
        self._writer.set_run(run.id)
        return run

    def _ask_clients(self, requester: Requester[About], upstream: Upstream) -> Listing[Client]:
        self._setup.watcher(ActivityChanged(Activity.LISTING_CLIENTS))
        try:
            clients, _ = requester.ask(About(Target.CLIENTS), upstream.clients, upstream.probe)
        finally:
            self._note_work(requester)
        return clients

    def _note_work(self, requester: Requester[About]) -> None:
        """Before there is a list nobody reports, but a run may wait for it for hours."""
        run = self.run
        if run is not None:
            active = run.active_seconds + self._setup.clock.monotonic() - self._began
            self._writer.call(
                lambda db: run_store.note_work(db, run.id, requester.requests, active)
            )

    def _store_clients(
        self, run: StoredRun, request: RunRequest, clients: Listing[Client]
    ) -> StoredRun:
        """Store the list, and what the run takes of it: both or, after a kill, neither."""
        now, max_days = self._setup.clock.now(), self._setup.settings.smart_max_days
        chosen = choose(clients, request.selection)
        unreadable = clients.unreadable if not request.selection.clients else ()

        def store(db: Connection) -> StoredRun:
            wrong: Sequence[str] = unreadable
            why: EndReason = Reason.UNKNOWN_SHAPE
            if not clients and count_known_clients(db):
                wrong, why = ("",), RunFailure.NO_CLIENTS
            store_clients(db, run.id, clients, chosen, now)
            note_unreadable(db, run.id, OF_CLIENTS, wrong, why)
            if request.by_rhythm:
                visit = rhythm.choose_due(db, run.id, max_days, now)
                log.info("run %d: %s", run.id, visit)
            return run_store.load_run(db, run.id)

        stored = self._writer.call(store)
        for detail in unreadable:
            log.error("run %d: a client cannot be read: %s", run.id, detail)
            self._setup.watcher(ItemFailed(Target.CLIENT, 0, "", Reason.UNKNOWN_SHAPE, detail))
        if not clients and stored.totals.errors:
            log.error("run %d: the server lists no clients any more", run.id)
            self._setup.watcher(ItemFailed(Target.CLIENTS, 0, "", RunFailure.NO_CLIENTS, ""))
        log.info("run %d: %d clients, %d chosen", run.id, len(clients), len(chosen))
        return stored

    def _session(self, run: StoredRun, request: RunRequest, requester: Requester[About]) -> Session:
        learned = self._writer.call(lambda db: meta.get_meta(db, meta.PAGE_SIZE))
        uneven = self._writer.call(lambda db: meta.get_meta(db, meta.PAGES_UNEVEN)) == "1"
        page_ends = PageEnds(int(learned) if learned else None, uneven=uneven)
        doubts = self._writer.call(lambda db: assumed_ends.assumed_lengths(db, run.id))
        paged = self._writer.call(
            lambda db: assumed_ends.newest_paged_project(db, run.id, page_ends.size)
        )
        proven = paged is not None and paged.records > paged.first_length
        size = paged.first_length if paged is not None and proven else None
        if not uneven:
            page_ends.continue_from(doubts, paged=paged is not None, size=size)
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
            claimed=self._writer.call(
                lambda db: ClaimedProjects(checkpoints.projects_taken(db, run.id))
            ),
            fail=self._fail,
            forgotten=self._writer.call(load_forgotten),
            had_projects=self._writer.call(lambda db: clients_with_projects(db, run.id)),
        )

    def _forecast(self, run: StoredRun, request: RunRequest, page_size: int) -> Forecast:
        """What the run still has to do, from what earlier runs left."""
        every, now = self._setup.settings.quick_full_every, self._setup.clock.now()
        costing = Costing.of(request, page_size, every, now)
        return self._writer.call(
            lambda db: forecast_of(
                lambda sql, values: db.execute(sql, values).fetchall(),
                run.id,
                request,
                costing,
                self._setup.clock,
            )
        )

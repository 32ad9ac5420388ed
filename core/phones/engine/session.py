"""One run in one process: what its threads share."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.asking.limiter import Limiter
from core.asking.requester import Requester
from core.asking.troubles import Reason
from core.clock import Clock
from core.phones.engine.claimed import ClaimedProjects
from core.phones.engine.first_pass import FirstPass
from core.phones.engine.forecast import Forecast
from core.phones.engine.frontier import Frontier
from core.phones.engine.page_ends import PageEnds
from core.phones.engine.request_events import About
from core.phones.engine.tally import ClientSum, Tally
from core.phones.engine.worked import Worked
from core.phones.events import ClientFinished, ItemFailed, Mode, Notice, Target, Watcher
from core.phones.numbers.outcome import Accept
from core.phones.storage.forgotten import Forgotten
from core.phones.storage.writer import Writer
from core.stop import StopSignal

log = logging.getLogger(__name__)

MOST_WORKERS = 32  # in automatic pace, where the server takes its time


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What the engine needs of the settings. `delay` None looks for the pace by itself, and then
    `workers` are those at first: more follow where the server takes its time."""

    workers: int = 5
    delay: float | None = 0.5
    max_per_second: float = 20.0
    max_retries: int = 3
    outage_limit: float = 14400.0
    accept: Accept = Accept.VALID
    smart_max_days: float = 7.0  # no project is left unread for longer in smart mode
    quick_full_every: int = 10  # every such quick read of a project is a full one


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a trial for each client and project; None is no limit."""

    projects: int | None = None
    pages: int | None = None


@dataclass(slots=True)
class Session:
    """Made by the run's thread, used by its workers."""

    run: int
    mode: Mode
    by_rhythm: bool  # the projects were chosen before, by what each of them brings
    settings: EngineSettings
    limits: Limits
    clock: Clock
    stop: StopSignal
    watcher: Watcher
    writer: Writer
    limiter: Limiter
    requester: Requester[About]
    frontier: Frontier
    page_ends: PageEnds
    tally: Tally
    forecast: Forecast
    claimed: ClaimedProjects
    fail: Callable[[BaseException], None]
    """Ends the run for the reason given; the first call counts. Any thread may call."""
    forgotten: Forgotten = field(default_factory=Forgotten)
    """Numbers that were erased and must not be stored again."""
    had_projects: frozenset[int] = frozenset()
    """Clients of which the server listed projects before this session."""
    rereads: list[tuple[int, int]] = field(default_factory=list)
    """(after, upto] numbers of requests whose projects were put back to page 1."""
    _unreadable: dict[int, int] = field(default_factory=dict)
    _told: set[Notice] = field(default_factory=set)
    _counting: threading.Lock = field(default_factory=threading.Lock)
    deferring: bool = True
    """Whether what fails now is tried once more at the end of the run."""
    once: bool = False
    """Whether a client or project that does not answer its first request is given up at once."""
    worked: Worked = field(default_factory=Worked)
    first_pass: FirstPass = field(default_factory=FirstPass)

    def tell_once(self, notice: Notice) -> None:
        """Tell what is true of the server, for the first who finds it. Any thread may call."""
        with self._counting:
            known = notice in self._told
            self._told.add(notice)
        if not known:
            self.watcher(notice)

    def unreadable(
        self, target: Target, client_id: int, username: str, details: Sequence[str]
    ) -> None:
        """Tell of entries in a list of clients, or of a client's projects, that cannot be read."""
        with self._counting:
            before = self._unreadable.get(client_id, 0)
            self._unreadable[client_id] = len(details)
        self.tally.errors(len(details) - before)
        for detail in details:
            log.error("run %d: %s of client %d: %s", self.run, target, client_id, detail)
            self.watcher(ItemFailed(target, 0, username, Reason.UNKNOWN_SHAPE, detail))

    def projects_gone(self, client: int, username: str) -> None:
        """The server lists no projects of a client that had some: told once for all of them."""
        self.tally.errors(1)
        log.error("run %d: client %d (%s): no projects any more", self.run, client, username)
        self.tell_once(Notice("projects_gone"))

    def client_progress(self, client_id: int, *, failed: bool) -> None:
        """A project of the client is finished or has failed: tell if it was the last one."""
        self.client_closed(client_id, self.tally.project_finished(client_id, failed=failed))

    def client_closed(self, client_id: int, brought: ClientSum | None) -> None:
        """Announce what a client brought; None where projects of it are still open."""
        if brought is None:
            return
        log.info(
            "run %d: client %d (%s) completed: %d records, %d new",
            self.run,
            client_id,
            brought.username,
            brought.received,
            brought.new,
        )
        self.watcher(
            ClientFinished(
                client_id,
                brought.username,
                brought.received,
                brought.new,
                brought.failed_projects,
            )
        )

"""Everything the engine tells to whoever watches: terminal, window, Telegram.

One road back: frozen dataclasses, delivered in order to one callable (`Watcher`). The
engine calls it from its own threads; a watcher must return at once (put it on a queue) and
must not raise. Texts are not carried: a watcher words what it shows in its own language.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.asking.troubles import Reason
from core.phones.run_failure import EndReason


class Mode(StrEnum):
    """How a run reads: everything, only what can be new, or what is due by its rhythm."""

    FULL = "full"
    QUICK = "quick"
    SMART = "smart"


class RunStatus(StrEnum):
    """A run as the database knows it."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    STOPPED = "stopped"


class RunState(StrEnum):
    """What the collector of this process is doing now."""

    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"  # Stop was asked; requests in flight still end


class Activity(StrEnum):
    """What a run does or waits for: the one status line."""

    BACKING_UP = "backing_up"
    LISTING_CLIENTS = "listing_clients"
    READING = "reading"
    RETRYING = "retrying"  # the server asked for silence, so every worker waits `until` then
    OUTAGE = "outage"  # `until` is the next probe
    DISK_LOW = "disk_low"  # paused until there is room again
    LOCKED = "locked"  # another program locks the database; `until` is when the run gives up
    CHECKING_ENDS = "checking_ends"  # making sure that short pages were the last
    RETRYING_DEFERRED = "retrying_deferred"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Totals:
    """The counters of one run. received = new + known + repeated + rejected.

    `clients` and `projects` count those handled completely; `errors` the clients and
    projects that stayed unfinished. `valid` is the `total_phones` of the runs table.
    """

    clients: int = 0
    projects: int = 0
    received: int = 0
    new: int = 0
    known: int = 0
    repeated: int = 0
    rejected: int = 0
    errors: int = 0
    requests: int = 0

    @property
    def valid(self) -> int:
        return self.received - self.rejected


@dataclass(frozen=True, slots=True)
class RunStarted:
    run_id: int
    mode: Mode
    resumed: bool
    started_at: datetime
    database: str


@dataclass(frozen=True, slots=True)
class ActivityChanged:
    """The status line. `until` is a wall-clock time, for a countdown."""

    activity: Activity
    until: datetime | None = None
    reason: Reason | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """A snapshot of the run, a few times a second at most.

    `clients_total`, `projects_total` and `requests_total` are None until something is known;
    `projects_exact` says whether that total is counted or estimated from what was learnt.
    Times are seconds of working time; `remaining` is None while still estimating.
    `rate` is requests a second over the last minute; `pace` the present gap between two
    request starts in seconds.
    """

    run_id: int
    totals: Totals
    clients_total: int | None
    projects_total: int | None
    projects_exact: bool
    requests_total: int | None
    fraction: float
    rate: float
    pace: float
    elapsed: float
    remaining: float | None
    current_client: str = ""


@dataclass(frozen=True, slots=True)
class ClientListed:
    client_id: int
    username: str
    projects: int


@dataclass(frozen=True, slots=True)
class ClientFinished:
    client_id: int
    username: str
    received: int
    new: int
    failed_projects: int


@dataclass(frozen=True, slots=True)
class ProjectFinished:
    client_id: int
    project_id: int
    name: str
    received: int
    new: int
    rejected: int
    pages: int


class Target(StrEnum):
    """What a request was about."""

    CLIENTS = "clients"
    CLIENT = "client"  # the list of one client's projects
    PROJECT = "project"  # a page of one project


@dataclass(frozen=True, slots=True)
class RequestRetried:
    """A request failed and will be tried again: attempt `attempt` of `attempts` in `wait` s."""

    target: Target
    id: int
    page: int
    attempt: int
    attempts: int
    reason: Reason
    detail: str
    wait: float


@dataclass(frozen=True, slots=True)
class ItemDeferred:
    """All attempts failed for now; it is tried once more at the end of the run."""

    target: Target
    id: int
    name: str
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class ItemFailed:
    """A client or project stays unfinished in this run; Continue tries it again."""

    target: Target
    id: int
    name: str
    reason: EndReason
    detail: str


@dataclass(frozen=True, slots=True)
class OutageStarted:
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class OutageEnded:
    seconds: float


@dataclass(frozen=True, slots=True)
class PageSizeLearned:
    """The server's page size became known or changed; `reopened` projects are read further."""

    size: int
    reopened: int


@dataclass(frozen=True, slots=True)
class PaceChanged:
    """The automatic pace moved: `delay` seconds between request starts, and why."""

    delay: float
    reason: str  # rising | too_many_requests | server_error | latency | limit


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know besides what is read: little disk space, a failed backup."""

    # disk_low | disk_none | disk_ok | backup_failed | budget_spent | pages_uneven |
    # last_page_repeated | projects_gone
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a completed run did not look at: projects not due by their rhythm (smart mode), and
    projects (as far as they are known) and clients that the budget did not reach."""

    not_due: int = 0
    projects: int = 0
    clients: int = 0


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The one ending of a run. `reason` says why it failed, None otherwise."""

    run_id: int
    status: RunStatus
    totals: Totals
    seconds: float
    reason: EndReason | None = None
    detail: str = ""
    left_out: LeftOut = LeftOut()


Event = (
    RunStarted
    | ActivityChanged
    | Progress
    | ClientListed
    | ClientFinished
    | ProjectFinished
    | RequestRetried
    | ItemDeferred
    | ItemFailed
    | OutageStarted
    | OutageEnded
    | PageSizeLearned
    | PaceChanged
    | Notice
    | RunFinished
)

Watcher = Callable[[Event], None]

"""What a run will cost before it begins: requests, and time at the chosen pace.

Known from what earlier runs read: how many projects each client has and how many records each
project. What the server has now is known only by asking, so new clients, projects and pages
make a run cost a little more than is said here.
"""

from dataclasses import dataclass
from math import log

from core import wording
from core.engine.auto_pace import LearnedPace
from core.engine.page_ends import DOCUMENTED_SIZE
from core.engine.selection import choose
from core.events import Mode
from core.formats import duration
from core.i18n import _
from core.run_request import Selection
from core.storage.reader import Reader
from core.upstream import Client

PAGE_SIZE = "page_size"  # keys of `meta`, written at the end of a run
PACE = "pace"
SERVER_PACE = "server_pace"

QUICK_READ = 1.1  # requests of a quick read of several pages: now and then one page more
CHECKS = 2  # looks of every run whether short pages were the last; ln(projects) more follow


@dataclass(frozen=True, slots=True)
class Estimate:
    """`requests` and `seconds` are None where no run has read anything of the selection yet.

    `run_id` is the newest completed run, from which most is known. `unread` counts the
    chosen clients of which nothing is known.
    """

    clients: int
    projects: int
    requests: int | None
    seconds: float | None
    run_id: int | None
    unread: int


NOTHING_KNOWN = Estimate(0, 0, None, None, None, 0)
"""Before the first run."""


def estimate(
    reader: Reader, mode: Mode, selection: Selection, delay: float | None, quick_full_every: int
) -> Estimate:
    """What a run of `mode` over `selection` needs; `delay` None is the automatic pace.

    Takes some milliseconds for each 10,000 projects; for a background thread. Raises
    UnknownClients where a chosen client was never seen, and StorageFailure.
    """
    meta: dict[str, str] = dict(reader.rows("SELECT key, value FROM meta"))
    known = [Client(*row) for row in reader.rows("SELECT id, username FROM clients ORDER BY id")]
    chosen = choose(known, selection)
    costs = _costs(
        reader, mode, selection, int(meta.get(PAGE_SIZE, DOCUMENTED_SIZE)), quick_full_every
    )
    read = [costs[client] for client in chosen if client in costs]
    run = reader.row("SELECT max(id) FROM runs WHERE status = 'completed'")
    run_id = run[0] if run else None
    if not read:
        return Estimate(len(chosen), 0, None, None, run_id, len(chosen))
    projects = sum(count for count, _ in read)
    requests = sum(cost for _, cost in read)
    unread = len(chosen) - len(read)
    # A client that nothing is known of is expected to be like the others.
    requests += unread * requests / len(read)
    total = round(1 + requests + CHECKS + log(projects + 1))
    return Estimate(
        len(chosen), projects, total, total * _seconds_a_request(meta, delay), run_id, unread
    )


def _costs(
    reader: Reader, mode: Mode, selection: Selection, page_size: int, quick_full_every: int
) -> dict[int, tuple[int, float]]:
    """Projects and requests of each client that was read: its list, and its projects' pages."""
    rows = reader.rows(
        "SELECT p.client_id, p.records / :size + 1,"
        " coalesce(m.tail <> x'' AND m.page_size = :size AND m.quick_reads + 1 < :every, 0)"
        " FROM projects p LEFT JOIN project_memory m ON m.project_id = p.id"
        " WHERE p.read_at IS NOT NULL ORDER BY p.client_id, p.id",
        {"size": page_size, "every": quick_full_every},
    )
    costs: dict[int, tuple[int, float]] = {}
    for client, pages, may_be_quick in rows:
        projects, requests = costs.get(client, (0, 1.0))
        if selection.limit_projects is not None and projects >= selection.limit_projects:
            continue
        cost = float(pages)
        if mode is not Mode.FULL and may_be_quick:
            cost = min(cost, QUICK_READ)
        if selection.max_pages is not None:
            cost = min(cost, selection.max_pages)
        costs[client] = (projects + 1, requests + cost)
    return costs


def _seconds_a_request(meta: dict[str, str], delay: float | None) -> float:
    """The gap between two requests, or what the server needed where that was more."""
    server = float(meta.get(SERVER_PACE, 0.0))
    if delay is None:
        learnt = meta.get(PACE)
        if learnt is None:
            return server or 0.5
        return 1 / LearnedPace.from_text(learnt).rate
    return max(delay, server)


def in_words(cost: Estimate) -> str:
    """The estimate in a sentence: for the terminal, and for the window's line before Start."""
    if cost.requests is None or cost.seconds is None:
        return _("how long it takes will be known after the first run")
    text = _("about {requests}, {time}").format(
        requests=wording.requests(cost.requests), time=duration(cost.seconds)
    )
    if cost.run_id is not None:
        text += " " + _("(known from run {id})").format(id=cost.run_id)
    return text

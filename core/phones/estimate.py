"""What a run will cost before it begins: requests, and time at the chosen pace.

Known from what earlier runs read: how many projects each client has, how many records each
project, and what is remembered of it. What the server has now is known only by asking, so new
clients, projects and pages make a run cost a little more than is said here.
"""

from dataclasses import dataclass
from datetime import datetime
from math import log

from core.asking.auto_pace import FIRST_RATE, LearnedPace
from core.formats import duration
from core.i18n import _
from core.phones import wording
from core.phones.engine.page_ends import DOCUMENTED_SIZE
from core.phones.engine.selection import choose
from core.phones.engine.session import EngineSettings
from core.phones.run_request import RunRequest
from core.phones.storage.expected_cost import READ_COST, Costing, ExpectedWork
from core.phones.storage.meta import PACE, PAGE_SIZE, SERVER_PACE
from core.phones.storage.reader import Reader
from core.phones.storage.rhythm import DAILY, IS_DUE, LIST_FREE, LIST_IS_DUE, SHARE, rhythm_values
from core.phones.upstream import Client

CHECKS = 2  # looks of every run whether short pages were the last; ln(projects) more follow


@dataclass(frozen=True, slots=True)
class Estimate:
    """`requests` and `seconds` are None where no run has read anything of the selection yet.

    Of `requests` a run without its budget would need `whole`. `run_id` is the newest
    completed run, from which most is known. `unread` counts the chosen clients of which
    nothing is known; `not_due` the projects that a smart run does not visit.
    """

    clients: int
    projects: int
    requests: int | None
    seconds: float | None
    run_id: int | None
    unread: int
    whole: int | None = None
    not_due: int = 0


NOTHING_KNOWN = Estimate(0, 0, None, None, None, 0)  # of a database that is not there yet


def estimate(
    reader: Reader, request: RunRequest, settings: EngineSettings, now: datetime
) -> Estimate:
    """What a run that `request` asks for needs if it begins `now` (UTC).

    Takes some milliseconds for each 10,000 projects; for a background thread. Raises
    UnknownClients where a chosen client was never seen, and StorageFailure.
    """
    meta: dict[str, str] = dict(reader.rows("SELECT key, value FROM meta"))
    everyone = reader.rows("SELECT id, username FROM clients ORDER BY id")
    gone = set() if request.selection.clients else _gone_clients(reader)
    known = [Client(*row) for row in everyone if row[0] not in gone]
    chosen = choose(known, request.selection)
    page_size = int(meta.get(PAGE_SIZE, DOCUMENTED_SIZE))
    costing = Costing.of(request, page_size, settings.quick_full_every, now)
    if request.by_rhythm:
        costs, not_due = _visits(reader, costing, settings.smart_max_days)
    else:
        costs, not_due = _all_projects(reader, costing), {}
    read = [costs[client] for client in chosen if client in costs]
    run = reader.row("SELECT max(id) FROM runs WHERE status = 'completed' AND id > 0")
    run_id = run[0] if run else None
    if not read:
        return Estimate(len(chosen), 0, None, None, run_id, len(chosen))
    projects = sum(cost.projects for cost in read)
    requests = sum(cost.requests for cost in read)
    unread = len(chosen) - len(read)
    # A client that nothing is known of is expected to be like the others.
    requests += unread * requests / len(read)
    whole = round(1 + requests + CHECKS + log(projects + 1))
    each = _seconds_a_request(meta, settings.delay)
    total = _within_budget(request, whole, each)
    return Estimate(
        clients=len(chosen),
        projects=projects,
        requests=total,
        seconds=total * each,
        run_id=run_id,
        unread=unread,
        whole=whole,
        not_due=sum(not_due.get(client, 0) for client in chosen),
    )


def _gone_clients(reader: Reader) -> set[int]:
    """Clients that the server no longer named when a run last took all that it names."""
    run = reader.row(
        "SELECT id, started_at FROM runs WHERE json_extract(request, '$.selection.clients') = '[]'"
        " AND json_extract(request, '$.selection.limit_clients') IS NULL"
        " AND EXISTS (SELECT 1 FROM run_clients WHERE run_id = runs.id) ORDER BY id DESC LIMIT 1"
    )
    if run is None:
        return set()
    rows = reader.rows(
        "SELECT id FROM clients WHERE created_at < ? AND NOT EXISTS"
        " (SELECT 1 FROM run_clients WHERE run_id = ? AND client_id = clients.id)",
        (run[1], run[0]),
    )
    return {client for (client,) in rows}


# A client of which nothing is known is left out: its list was never read, nor any project.
_KNOWN = """
FROM clients c LEFT JOIN projects p ON p.client_id = c.id AND p.listed = 1
LEFT JOIN project_memory m ON m.project_id = p.id
WHERE c.listed_at IS NOT NULL OR p.read_at IS NOT NULL
"""


def _all_projects(reader: Reader, costing: Costing) -> dict[int, ExpectedWork]:
    """The list and the listed projects of each client that was read."""
    rows = reader.rows(
        f"""
        SELECT client_id, count(project_id), 1 + total(cost) FROM (
            SELECT c.id AS client_id, p.id AS project_id, iif(p.id, {READ_COST}, 0) AS cost,
                row_number() OVER (PARTITION BY c.id ORDER BY p.id) AS place
            {_KNOWN})
        WHERE place <= :projects GROUP BY client_id
        """,  # noqa: S608 - made of constants
        costing.values(),
    )
    return {client: ExpectedWork(projects, requests) for client, projects, requests in rows}


def _visits(
    reader: Reader, costing: Costing, max_days: float
) -> tuple[dict[int, ExpectedWork], dict[int, int]]:
    """What a smart run does of each client that was read, and how many projects are not due."""
    daily = reader.row(DAILY, {"share": SHARE})
    rows = reader.rows(
        f"""
        SELECT client_id, count(project_id), total(due), total(iif(due, cost, 0)), list_is_due
        FROM (
            SELECT c.id AS client_id, p.id AS project_id, p.id AND {IS_DUE} AS due,
                {READ_COST} AS cost, {LIST_IS_DUE} AS list_is_due
            {_KNOWN})
        GROUP BY client_id
        """,  # noqa: S608 - made of constants
        {**costing.values(), **rhythm_values(daily[0] if daily else None, max_days, costing.now)},
    )
    costs, not_due = {}, {}
    for client, projects, due, requests, list_is_due in rows:
        asked = bool(list_is_due) or due >= LIST_FREE
        costs[client] = ExpectedWork(int(due), requests + asked)
        not_due[client] = projects - int(due)
    return costs, not_due


def _within_budget(request: RunRequest, requests: int, seconds_each: float) -> int:
    """As many of `requests` as the budget allows."""
    if request.max_requests is not None:
        requests = min(requests, request.max_requests)
    if request.max_minutes is not None and seconds_each > 0:
        requests = min(requests, round(60 * request.max_minutes / seconds_each))
    return requests


def _seconds_a_request(meta: dict[str, str], delay: float | None) -> float:
    """The gap between two requests, or what the server needed where that was more."""
    server = float(meta.get(SERVER_PACE, 0.0))
    if delay is None:
        learnt = meta.get(PACE)
        if learnt is None:
            return server or 1 / FIRST_RATE
        return 1 / LearnedPace.from_text(learnt).rate
    return max(delay, server)


def in_words(cost: Estimate) -> str:
    """The estimate in a sentence: for the terminal, and for the window's line before Start."""
    if cost.requests is None or cost.seconds is None:
        return _("how long it takes will be known after the first run")
    text = _("about {requests}, {time}").format(
        requests=wording.requests(cost.requests), time=duration(cost.seconds)
    )
    if cost.whole is not None and cost.whole > cost.requests:
        text += " " + _("(as the budget allows; without it {requests})").format(
            requests=wording.requests(cost.whole)
        )
    if cost.not_due:
        text += ", " + _("{projects} not due yet").format(projects=wording.projects(cost.not_due))
    if cost.run_id is not None:
        text += " " + _("(known from run {id})").format(id=cost.run_id)
    return text

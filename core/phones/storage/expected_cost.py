"""How many requests reads are expected to cost, from what earlier reads left in the database.

The SQL says what `core.phones.engine.reading_plan` decides: a project is read in full, or in
about one request where enough is remembered of it. Used before a run (`core.phones.estimate`) and
at the beginning of one, or of its continuation (`core.phones.engine.forecast`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from core.phones.events import Mode
from core.phones.run_request import RunRequest

# All rows of a query with its values, of whoever has the database open.
Ask = Callable[[str, dict[str, Any]], Sequence[Any]]

QUICK_READ = 1.1  # requests: now and then the new records, or the old tail, take a page more
NO_LIMIT = 2**31

# `p` is a row of projects, `m` that of project_memory or NULLs. New records are expected in
# proportion to the days since the last read; those that stand in front of the others make a
# quick read that expected none begin anew at the front. 8 and 4 are `LEAST` and `HEADS_IN_A_ROW`
# of the plan.
_GAIN = "coalesce(m.phones_per_day * max(0, :now - p.read_at) / 86400.0, 0)"
FULL_READ = f"(p.records / :size + 1 + {_GAIN} / :size)"
MAY_BE_QUICK = f"""(:quick AND :pages >= {NO_LIMIT} AND m.page_size = :size AND m.tail <> x''
    AND m.quick_reads + 1 < :every AND m.records >= :size + 8)"""
READ_COST = f"""min(:pages, CASE WHEN {MAY_BE_QUICK} THEN :quick_read + {_GAIN} / :size + CASE
    WHEN m.new_at = 'front' AND (m.still_reads > 0 OR m.head_reads >= 4) THEN min(1, {_GAIN})
    ELSE 0 END ELSE {FULL_READ} END)"""


@dataclass(frozen=True, slots=True)
class Costing:
    """What the costs of a run depend on besides its projects."""

    page_size: int
    quick: bool  # a quick or smart run
    full_every: int
    now: datetime
    max_pages: int | None = None
    limit_projects: int | None = None

    @classmethod
    def of(cls, request: RunRequest, page_size: int, full_every: int, now: datetime) -> "Costing":
        """Of a run that `request` asks for."""
        return cls(
            page_size=page_size,
            quick=request.mode is not Mode.FULL,
            full_every=full_every,
            now=now,
            max_pages=request.selection.max_pages,
            limit_projects=request.selection.limit_projects,
        )

    def values(self) -> dict[str, Any]:
        """The parameters of the SQL above."""
        return {
            "size": self.page_size,
            "quick": self.quick,
            "every": self.full_every,
            "now": int(self.now.timestamp()),
            "pages": self.max_pages or NO_LIMIT,
            "projects": self.limit_projects or NO_LIMIT,
            "quick_read": QUICK_READ,
        }


class ExpectedWork(NamedTuple):
    """So many projects, and the requests that they are expected to cost."""

    projects: int
    requests: float


class Experience(NamedTuple):
    """What a run has learnt in its earlier sessions: clients listed and the projects that came
    with them, projects finished and the requests that these took."""

    clients: int = 0
    projects: int = 0
    finished: int = 0
    requests: int = 0


NO_EXPERIENCE = Experience()

# A list costs one request itself. A client that was never listed has a NULL.
_LISTS = f"""
SELECT r.client_id, count(k.id), CASE
    WHEN c.listed_at IS NULL AND count(k.id) = 0 THEN NULL ELSE total(k.cost) END
FROM run_clients r JOIN clients c ON c.id = r.client_id
LEFT JOIN (
    SELECT p.id, p.client_id, {READ_COST} AS cost,
        row_number() OVER (PARTITION BY p.client_id ORDER BY p.id) AS place
    FROM projects p LEFT JOIN project_memory m ON m.project_id = p.id
    WHERE p.listed = 1) k ON k.client_id = r.client_id AND k.place <= :projects
WHERE r.run_id = :run AND r.state = 'pending'
GROUP BY r.client_id
"""  # noqa: S608 - made of constants

_BARE_LISTS = """
SELECT client_id, 0, 0.0 FROM run_clients WHERE run_id = :run AND state = 'pending'
"""

# What waits for its client's list comes with that.
_OPEN = f"""
SELECT r.client_id, count(*), total(max(1, CASE
    WHEN r.reading = '' THEN {READ_COST}
    WHEN r.reading = 'full' THEN min(:pages, {FULL_READ}) - (r.next_page - 1)
    ELSE 1 END))
FROM run_projects r JOIN projects p ON p.id = r.project_id
JOIN run_clients c ON c.run_id = r.run_id AND c.client_id = r.client_id
LEFT JOIN project_memory m ON m.project_id = r.project_id
WHERE r.run_id = :run AND r.state <> 'done' AND r.state <> 'skipped'
    AND NOT (c.state = 'pending' AND (p.read_at IS NULL OR r.reason IS NOT NULL))
GROUP BY r.client_id
"""  # noqa: S608 - made of constants


def expected_of_lists(
    ask: Ask, run: int, costing: Costing, *, by_rhythm: bool
) -> dict[int, ExpectedWork | None]:
    """What comes with the list of each client that the run has still to ask for; None where
    nothing is known. A smart run has chosen the known projects before, so none of them does."""
    values = {**costing.values(), "run": run}
    rows = ask(_BARE_LISTS if by_rhythm else _LISTS, values)
    return {
        client: None if requests is None else ExpectedWork(projects, requests)
        for client, projects, requests in rows
    }


def experience_of(ask: Ask, run: int) -> Experience:
    """Nothing where the run only begins."""
    [(clients, projects)] = ask(
        "SELECT count(*), coalesce(sum(projects), 0) FROM run_clients"
        " WHERE run_id = :run AND state = 'listed'",
        {"run": run},
    )
    [(finished, requests)] = ask(
        "SELECT total_projects, requests FROM runs WHERE id = :run", {"run": run}
    )
    lists = 1 + clients  # that of the clients, and one of each
    return Experience(clients, projects, finished, max(finished, requests - lists))


def expected_of_open(ask: Ask, run: int, costing: Costing) -> Mapping[int, ExpectedWork]:
    """What the run has still to read of each client that is listed, or taken as listed."""
    rows = ask(_OPEN, {**costing.values(), "run": run})
    return {client: ExpectedWork(projects, requests) for client, projects, requests in rows}

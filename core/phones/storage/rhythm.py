"""Which projects a smart run visits, and in which order.

The numbers that a visit brings wait for it half the time between two visits on average. For
a given number of requests all numbers together wait shortest where each project is visited
at intervals in proportion to 1 / sqrt(new phones a day): four times the numbers, twice the
visits. The projects that together bring SHARE of the new numbers are visited in every run;
the intervals of the others follow from that, up to the bound that the user sets. What never
brought anything is looked at once more after about half of the bound, then at the bound.

Every function takes the writer's connection inside a transaction of the writer.
"""

import sqlite3
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.phones.storage.checkpoints import ProjectTask, tasks_of

SHARE = 0.8  # not more: a few numbers of the others would make their rate that of every run
SLACK = 0.3  # days: a daily run may begin a little earlier than the day before
LIST_FREE = 40  # due projects of a client beside which its list costs little
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Visit:
    """What a smart run does: so many projects and lists of clients; so many are not due."""

    projects: int
    lists: int
    not_due: int


# New phones a day of the least productive project that is visited in every run.
DAILY = """
SELECT phones_per_day FROM (
    SELECT phones_per_day, sum(phones_per_day) OVER (
        ORDER BY phones_per_day DESC ROWS UNBOUNDED PRECEDING) AS upto,
        sum(phones_per_day) OVER () AS whole
    FROM project_memory WHERE phones_per_day > 0)
WHERE upto >= :share * whole ORDER BY phones_per_day DESC LIMIT 1
"""

# Squares instead of roots: not every SQLite has sqrt. The remainders of the id spread the
# projects over the days; otherwise a first run would be repeated as a crowd every week.
_KNOWN = """
FROM run_clients r JOIN projects p ON p.client_id = r.client_id AND p.listed >= 0
LEFT JOIN project_memory m ON m.project_id = p.id
JOIN clients c ON c.id = r.client_id AND c.listed_at IS NOT NULL
WHERE r.run_id = :run
"""
IS_DUE = """
(p.read_at IS NULL OR m.phones_per_day IS NULL OR :daily IS NULL OR m.phones_per_day >= :daily
    OR (:now - p.read_at) / 86400.0 + :slack >= :bound
    OR m.phones_per_day = 0 AND m.still_reads <= 1
        AND (:now - p.read_at) / 86400.0 + :slack >= :bound * (0.4 + p.id % 16 / 25.0)
    OR ((:now - p.read_at) / 86400.0 + :slack) * ((:now - p.read_at) / 86400.0 + :slack)
        * m.phones_per_day >= :daily)
"""

_TAKE_DUE = f"""
INSERT INTO run_projects (run_id, project_id, client_id)
SELECT :run, p.id, p.client_id {_KNOWN} AND {IS_DUE}
"""

# A list is asked for where it is due by its own rhythm, or costs little beside the projects.
LIST_IS_DUE = """
(c.listed_at IS NULL
    OR (:now - c.listed_at) / 86400.0 + :slack >= min(:bound, 1 << min(c.still_lists, 10)) - 1)
"""

_SKIP_LISTS = f"""
UPDATE run_clients SET state = 'known' WHERE run_id = :run AND state = 'pending'
AND client_id IN (SELECT c.id FROM clients c WHERE NOT {LIST_IS_DUE})
AND (SELECT count(*) FROM run_projects p
     WHERE p.run_id = :run AND p.client_id = run_clients.client_id AND p.state <> 'done') < :free
"""  # noqa: S608 - made of constants


def rhythm_values(daily: float | None, max_days: float, now: datetime) -> dict[str, Any]:
    """The parameters of IS_DUE and LIST_IS_DUE; `daily` is what DAILY gave."""
    return {
        "now": int(now.timestamp()),
        "bound": max_days,
        "slack": SLACK,
        "free": LIST_FREE,
        "daily": daily,
    }


def choose_due(db: sqlite3.Connection, run: int, max_days: float, now: datetime) -> Visit:
    """Choose among the known projects of the run's clients; the others have to be listed."""
    row = db.execute(DAILY, {"share": SHARE}).fetchone()
    values = {**rhythm_values(row[0] if row else None, max_days, now), "run": run}
    known: int = db.execute(f"SELECT count(*) {_KNOWN}", values).fetchone()[0]
    due = db.execute(_TAKE_DUE, values).rowcount
    skipped = db.execute(_SKIP_LISTS, values).rowcount
    lists: int = db.execute(
        "SELECT count(*) FROM run_clients WHERE run_id = :run AND state = 'pending'", values
    ).fetchone()[0]
    db.execute(
        "UPDATE runs SET total_clients = total_clients + ?, not_due = ? WHERE id = ?",
        (skipped, known - due, run),
    )
    return Visit(due, lists, known - due)


# Projects that were never read, or could not be, come with their client's list if it is due.
_BY_GAIN = """
SELECT r.project_id, m.phones_per_day IS NULL OR m.phones_per_day >= :daily
FROM run_projects r JOIN projects p ON p.id = r.project_id
JOIN run_clients c ON c.run_id = r.run_id AND c.client_id = r.client_id
LEFT JOIN project_memory m ON m.project_id = r.project_id
WHERE r.run_id = :run AND r.state = 'pending' AND r.state <> 'done'
    AND NOT (c.state = 'pending' AND (p.read_at IS NULL OR r.reason IS NOT NULL))
ORDER BY m.phones_per_day IS NULL DESC,
    m.phones_per_day * (:now - coalesce(p.read_at, 0)) DESC, r.project_id
"""


def list_again(db: sqlite3.Connection, run: int) -> int:
    """Have the clients listed whose projects failed and were taken from an older list."""
    clients = db.execute(
        "UPDATE run_clients SET state = 'pending' WHERE run_id = :run AND state = 'known'"
        " AND client_id IN (SELECT client_id FROM run_projects"
        " WHERE run_id = :run AND state = 'failed')",
        {"run": run},
    ).rowcount
    db.execute("UPDATE runs SET total_clients = total_clients - ? WHERE id = ?", (clients, run))
    return clients


class DueProjects:
    """The pending projects of a smart run, those first that bring most; 8 bytes a project."""

    def __init__(self, db: sqlite3.Connection, run: int, now: datetime) -> None:
        row = db.execute(DAILY, {"share": SHARE}).fetchone()
        self._run = run
        self._ids: array[int] = array("q")
        self.first = 0
        values = {"run": run, "now": int(now.timestamp()), "daily": row[0] if row else None}
        for project, daily in db.execute(_BY_GAIN, values):
            self._ids.append(project)
            self.first += bool(daily)

    def __len__(self) -> int:
        return len(self._ids)

    def load(self, db: sqlite3.Connection, start: int, end: int) -> Sequence[ProjectTask]:
        """The tasks from place `start` to before `end`, in order."""
        return tasks_of(db, self._run, self._ids[start:end])

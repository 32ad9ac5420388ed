"""What a run has listed and read: its clients and projects, and how far each is stored.

Every function takes the writer's connection inside a transaction of the writer
(`Writer.call`), and so runs on the writer's thread.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.asking.troubles import Reason
from core.phones.storage.project_memory import MEMORY, ProjectMemory, Reading, memory_of
from core.phones.upstream import Client


@dataclass(frozen=True, slots=True)
class ProjectTask:
    """A project to read, from the page after the last stored one."""

    client_id: int
    project_id: int
    name: str
    next_page: int = 1
    last_length: int = 0
    last_request: int = 0
    first_length: int = 0  # of page 1, 0 where it was not read
    records: int = 0  # up to the end of the last stored page
    reading: Reading = Reading.UNDECIDED
    counted: int | None = None
    marks: bytes = b""  # what the reading must know of its earlier pages to go on
    memory: ProjectMemory | None = None


# Of one run; conditions of any caller follow.
TASK = f"""
SELECT r.client_id, r.project_id, p.name, r.next_page, r.last_length, r.last_request,
    r.first_length, r.records, r.reading, r.counted, r.marks, {MEMORY}
FROM run_projects r JOIN projects p ON p.id = r.project_id
LEFT JOIN project_memory m ON m.project_id = r.project_id
WHERE r.run_id = :run
"""  # noqa: S608 - made of constants
# What is pending is not done: said because the index of open projects (run_projects_open) holds
# those that are not done, and SQLite uses it only where a query says so. Likewise below.
_PENDING = " AND r.state = 'pending' AND r.state <> 'done'"


def task_of(row: Sequence[Any]) -> ProjectTask:
    """The task in a row of TASK."""
    values = [*row[:8], Reading(row[8]), row[9], row[10] or b"", memory_of(row[11:])]
    return ProjectTask(*values)


def pending_projects(
    db: sqlite3.Connection, run: int, after: tuple[int, int], limit: int
) -> list[ProjectTask]:
    """Projects not read to the end, in order of their (client, project) key, after one."""
    values = {"run": run, "client": after[0], "project": after[1], "limit": limit}
    where = _PENDING + " AND (r.client_id, r.project_id) > (:client, :project)"
    order = " ORDER BY r.client_id, r.project_id LIMIT :limit"
    return [task_of(row) for row in db.execute(TASK + where + order, values).fetchall()]


def projects_taken(db: sqlite3.Connection, run: int) -> Iterator[int]:
    """The ids of all projects that the run has listed so far. To be used up at once."""
    rows = db.execute("SELECT project_id FROM run_projects WHERE run_id = ?", (run,))
    return (number for (number,) in rows)


def client_tasks(
    db: sqlite3.Connection, run: int, client: int, *, waiting_only: bool = False
) -> list[ProjectTask]:
    """The projects of one client that are not read to the end, with what is remembered.

    With `waiting_only` those that waited for the client's list: never read, or failed before.
    """
    where = _PENDING + " AND r.client_id = :client"
    if waiting_only:
        where += " AND (p.read_at IS NULL OR r.reason IS NOT NULL)"
    values = {"run": run, "client": client}
    rows = db.execute(TASK + where + " ORDER BY r.project_id", values)
    return [task_of(row) for row in rows.fetchall()]


def tasks_of(db: sqlite3.Connection, run: int, projects: Sequence[int]) -> list[ProjectTask]:
    """Those of `projects` that are still to be read, in their order."""
    marks = ",".join("?" * len(projects))
    where = f"{_PENDING} AND r.project_id IN ({marks})"
    rows = db.execute((TASK + where).replace(":run", "?"), (run, *projects)).fetchall()
    found = {row[1]: task_of(row) for row in rows}
    return [found[project] for project in projects if project in found]


def leave_out(db: sqlite3.Connection, run: int) -> None:
    """The budget is spent: what is open stays out of the run, and is counted."""
    projects = db.execute(
        "UPDATE run_projects SET state = 'skipped'"
        " WHERE run_id = ? AND state = 'pending' AND state <> 'done'",
        (run,),
    ).rowcount
    unlisted: int = db.execute(
        "SELECT count(*) FROM run_clients r JOIN projects p ON p.client_id = r.client_id"
        " WHERE r.run_id = :run AND r.state = 'pending' AND p.listed = 1 AND NOT EXISTS"
        " (SELECT 1 FROM run_projects d WHERE d.run_id = :run AND d.project_id = p.id)",
        {"run": run},
    ).fetchone()[0]
    clients = db.execute(
        "UPDATE run_clients SET state = 'skipped' WHERE run_id = ? AND state = 'pending'", (run,)
    ).rowcount
    db.execute(
        "UPDATE runs SET left_out = ?, clients_left_out = ? WHERE id = ?",
        (projects + unlisted, clients, run),
    )


def pending_clients(db: sqlite3.Connection, run: int) -> list[Client]:
    """Clients whose projects the run has not listed yet, in the order of the run."""
    rows = db.execute(
        "SELECT c.id, c.username FROM run_clients r JOIN clients c ON c.id = r.client_id"
        " WHERE r.run_id = ? AND r.state = 'pending' ORDER BY r.position",
        (run,),
    )
    return [Client(*row) for row in rows.fetchall()]


def is_open(db: sqlite3.Connection, run: int) -> bool:
    """Whether a client is to be listed or a project to be read."""
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM run_clients WHERE run_id = :run AND state = 'pending')"
        " OR EXISTS (SELECT 1 FROM run_projects"
        " WHERE run_id = :run AND state = 'pending' AND state <> 'done')",
        {"run": run},
    ).fetchone()
    return bool(row[0])


def count_clients(db: sqlite3.Connection, run: int) -> int:
    """Clients that the run takes."""
    row = db.execute("SELECT count(*) FROM run_clients WHERE run_id = ?", (run,)).fetchone()
    return int(row[0])


def open_clients(db: sqlite3.Connection, run: int) -> list[tuple[int, str, int]]:
    """(id, name, projects still to read) of the clients that are listed but not finished."""
    rows = db.execute(
        "SELECT r.client_id, c.username, count(*)"
        " FROM run_projects r JOIN clients c ON c.id = r.client_id"
        " WHERE r.run_id = ? AND r.state <> 'done' AND r.state <> 'skipped'"
        " GROUP BY r.client_id",
        (run,),
    )
    return rows.fetchall()


def fail_client(db: sqlite3.Connection, run: int, client: int, reason: Reason, detail: str) -> None:
    """The client's list could not be had; Continue tries again."""
    changed = db.execute(
        "UPDATE run_clients SET state = 'failed', reason = ?, detail = ?"
        " WHERE run_id = ? AND client_id = ? AND state = 'pending'",
        (reason, detail, run, client),
    ).rowcount
    _count_errors(db, run, changed)


def fail_project(
    db: sqlite3.Connection, run: int, project: int, reason: Reason, detail: str
) -> None:
    """The project stays unfinished at its checkpoint; Continue goes on from there."""
    changed = db.execute(
        "UPDATE run_projects SET state = 'failed', reason = ?, detail = ?"
        " WHERE run_id = ? AND project_id = ? AND state = 'pending'",
        (reason, detail, run, project),
    ).rowcount
    _count_errors(db, run, changed)


def reset_failed(db: sqlite3.Connection, run: int) -> int:
    """Everything that failed is pending again; returns how many clients and projects."""
    clients = db.execute(
        "UPDATE run_clients SET state = 'pending' WHERE run_id = ? AND state = 'failed'", (run,)
    ).rowcount
    projects = db.execute(
        "UPDATE run_projects SET state = 'pending' WHERE run_id = ? AND state = 'failed'"
        " AND state <> 'done'",
        (run,),
    ).rowcount
    _count_errors(db, run, -(clients + projects))
    return clients + projects


def list_doubtful_again(db: sqlite3.Connection, run: int) -> int:
    """Clients are to be listed again whose lists held what could not be read, or were suddenly
    empty; returns how many. What was noted of them counts until their new lists are stored."""
    clients = db.execute(
        "UPDATE run_clients SET state = 'pending' WHERE run_id = :run AND state = 'listed'"
        " AND client_id IN (SELECT client_id FROM run_unreadable WHERE run_id = :run)",
        {"run": run},
    ).rowcount
    db.execute("UPDATE runs SET total_clients = total_clients - ? WHERE id = ?", (clients, run))
    return clients


def _count_errors(db: sqlite3.Connection, run: int, change: int) -> None:
    db.execute("UPDATE runs SET errors_count = errors_count + ? WHERE id = ?", (change, run))

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


_TASK = f"""
SELECT r.client_id, r.project_id, p.name, r.next_page, r.last_length, r.last_request,
    r.first_length, r.records, r.reading, r.counted, r.marks, {MEMORY}
FROM run_projects r JOIN projects p ON p.id = r.project_id
LEFT JOIN project_memory m ON m.project_id = r.project_id
WHERE r.run_id = :run
"""  # noqa: S608 - made of constants
# What is pending is not done: said because the index of open projects (run_projects_open) holds
# those that are not done, and SQLite uses it only where a query says so. Likewise below.
_PENDING = " AND r.state = 'pending' AND r.state <> 'done'"


def _task(row: Sequence[Any]) -> ProjectTask:
    values = [*row[:8], Reading(row[8]), row[9], row[10] or b"", memory_of(row[11:])]
    return ProjectTask(*values)


def pending_projects(
    db: sqlite3.Connection, run: int, after: tuple[int, int], limit: int
) -> list[ProjectTask]:
    """Projects not read to the end, in order of their (client, project) key, after one."""
    values = {"run": run, "client": after[0], "project": after[1], "limit": limit}
    where = _PENDING + " AND (r.client_id, r.project_id) > (:client, :project)"
    order = " ORDER BY r.client_id, r.project_id LIMIT :limit"
    return [_task(row) for row in db.execute(_TASK + where + order, values).fetchall()]


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
    rows = db.execute(_TASK + where + " ORDER BY r.project_id", values)
    return [_task(row) for row in rows.fetchall()]


def tasks_of(db: sqlite3.Connection, run: int, projects: Sequence[int]) -> list[ProjectTask]:
    """Those of `projects` that are still to be read, in their order."""
    marks = ",".join("?" * len(projects))
    where = f"{_PENDING} AND r.project_id IN ({marks})"
    rows = db.execute((_TASK + where).replace(":run", "?"), (run, *projects)).fetchall()
    found = {row[1]: _task(row) for row in rows}
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


_AT_PAGE_1 = (
    "next_page = 1, last_length = 0, end_assumed = 0, reading = 'full', counted = NULL,"
    " marks = NULL"
)


def reopen_ended_on(db: sqlite3.Connection, run: int, lengths: Sequence[int], *, anew: bool) -> int:
    """Pages of these lengths were full: projects taken for complete on one are read further, or
    `anew` where page numbers may mean other records since."""
    changed = 0
    begin = _AT_PAGE_1 if anew else "end_assumed = 0"
    for length in lengths:
        changed += db.execute(
            f"UPDATE run_projects SET state = 'pending', {begin}"  # noqa: S608 - a constant
            " WHERE run_id = ? AND end_assumed = 1 AND last_length = ?",
            (run, length),
        ).rowcount
    _count_done(db, run, -changed)
    return changed


def reopen_unproven(db: sqlite3.Connection, run: int, *, anew: bool) -> int:
    """No length of a page proves an end: projects whose end was not an empty page are read further,
    `anew` where page numbers may mean other records since. What was read of them only to their
    old head is read in full. Asking twice changes nothing."""
    begin = _AT_PAGE_1 if anew else "end_assumed = 0, reading = 'full', counted = NULL"
    further = db.execute(
        f"UPDATE run_projects SET state = 'pending', {begin}"  # noqa: S608 - a constant
        " WHERE run_id = ? AND state = 'done' AND (end_assumed = 1 OR reading = 'tail')",
        (run,),
    ).rowcount
    front = db.execute(
        f"UPDATE run_projects SET state = 'pending', {_AT_PAGE_1}"  # noqa: S608 - a constant
        " WHERE run_id = ? AND state = 'done' AND reading = 'head'",
        (run,),
    ).rowcount
    _count_done(db, run, -(further + front))
    return further + front


def reread_paged(db: sqlite3.Connection, run: int, after: int, upto: int) -> int:
    """Page numbers mean other records now: projects of several pages start again at page 1.

    Those are meant whose last answer came when more than `after` and at most `upto` requests
    had been started; of those not read to the end also earlier ones, whose next page would be
    one of the new numbers. Returns how many had been done; asking twice changes nothing.
    """
    values = (run, after, upto)
    done: int = db.execute(
        "SELECT count(*) FROM run_projects WHERE run_id = ? AND next_page > 2"
        " AND last_request > ? AND last_request <= ? AND state = 'done'",
        values,
    ).fetchone()[0]
    db.execute(
        f"UPDATE run_projects SET {_AT_PAGE_1},"  # noqa: S608 - a constant
        " state = CASE state WHEN 'done' THEN 'pending' ELSE state END"
        " WHERE run_id = ?1 AND last_request <= ?3 AND CASE state WHEN 'done'"
        " THEN next_page > 2 AND last_request > ?2 ELSE next_page > 1 END",
        values,
    )
    _count_done(db, run, -done)
    return done


def take_doubtful(
    db: sqlite3.Connection, run: int, length: int, since: int, limit: int
) -> list[ProjectTask]:
    """The newest projects taken for complete on a page of `length`, open again for one look.

    Their last answer came when at least `since` requests had been started.
    """
    rows = db.execute(
        _TASK + " AND r.end_assumed = 1 AND r.last_length = :length AND r.last_request >= :since"
        " ORDER BY r.last_request DESC LIMIT :limit",
        {"run": run, "length": length, "since": since, "limit": limit},
    ).fetchall()
    return _taken(db, run, rows)


def count_paged_ends(db: sqlite3.Connection, run: int, lengths: range) -> tuple[int, int]:
    """How many projects of several pages were taken for complete; and on a page of `lengths`."""
    row = db.execute(
        "SELECT count(*), count(CASE WHEN last_length BETWEEN ? AND ? THEN 1 END)"
        " FROM run_projects WHERE run_id = ? AND end_assumed = 1 AND next_page > 2",
        (lengths.start, lengths.stop - 1, run),
    ).fetchone()
    return int(row[0]), int(row[1])


def take_ended_on(
    db: sqlite3.Connection, run: int, lengths: range, limit: int
) -> list[ProjectTask]:
    """Projects taken for complete on a page of `lengths`, open again for one look: first those of
    several pages, and the longest pages first."""
    rows = db.execute(
        _TASK + " AND r.end_assumed = 1 AND r.last_length BETWEEN :least AND :most"
        " ORDER BY r.next_page > 2 DESC, r.last_length DESC LIMIT :limit",
        {"run": run, "least": lengths.start, "most": lengths.stop - 1, "limit": limit},
    ).fetchall()
    return _taken(db, run, rows)


def _taken(db: sqlite3.Connection, run: int, rows: Sequence[Any]) -> list[ProjectTask]:
    """The tasks in `rows`, whose ends are open again."""
    tasks = [_task(row) for row in rows]
    db.executemany(
        "UPDATE run_projects SET state = 'pending', end_assumed = 0"
        " WHERE run_id = ? AND project_id = ?",
        [(run, task.project_id) for task in tasks],
    )
    _count_done(db, run, -len(tasks))
    return tasks


def newest_paged_project(db: sqlite3.Connection, run: int, size: int) -> ProjectTask | None:
    """The newest project whose page 1 was full, to see that it still has the same length."""
    row = db.execute(
        _TASK + " AND r.next_page > 2 AND r.first_length > 0"
        " AND (r.records > r.first_length OR r.first_length >= :size)"
        " ORDER BY r.records > r.first_length DESC, r.last_request DESC LIMIT 1",
        {"run": run, "size": size},
    ).fetchone()
    return _task(row) if row else None


def longest_project(db: sqlite3.Connection, run: int) -> int | None:
    """The project with the longest first page of the run."""
    row = db.execute(
        "SELECT project_id, max(first_length) FROM run_projects"
        " WHERE run_id = ? AND state = 'done'",
        (run,),
    ).fetchone()
    return row[0] if row[1] else None


def some_long_project(db: sqlite3.Connection, run: int, size: int) -> int | None:
    """A project of the run's clients whose page 1 was full when it was last read."""
    row = db.execute(
        "SELECT p.id FROM run_clients r JOIN projects p ON p.client_id = r.client_id"
        " WHERE r.run_id = ? AND p.listed = 1 AND p.records >= ? LIMIT 1",
        (run, size),
    ).fetchone()
    return row[0] if row else None


def assumed_ends(db: sqlite3.Connection, run: int) -> list[tuple[int, int]]:
    """Lengths of assumed ends, each with the number of requests started when the newest answer
    came, for a run that continues."""
    rows = db.execute(
        "SELECT last_length, max(last_request) FROM run_projects"
        " WHERE run_id = ? AND end_assumed = 1 GROUP BY last_length",
        (run,),
    )
    return [(length, request) for length, request in rows.fetchall()]


def _count_errors(db: sqlite3.Connection, run: int, change: int) -> None:
    db.execute("UPDATE runs SET errors_count = errors_count + ? WHERE id = ?", (change, run))


def _count_done(db: sqlite3.Connection, run: int, change: int) -> None:
    db.execute("UPDATE runs SET total_projects = total_projects + ? WHERE id = ?", (change, run))

"""Ends of projects that no empty page has shown: taken for ends by the length of their last page.

They are counted and looked at again, and reopened where that length was no proof after all; other
projects show whether pages still are as long as they were. Every function takes the writer's
connection inside a transaction of the writer.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

from core.phones.storage.checkpoints import TASK, ProjectTask, task_of

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
        TASK + " AND r.end_assumed = 1 AND r.last_length = :length AND r.last_request >= :since"
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
        TASK + " AND r.end_assumed = 1 AND r.last_length BETWEEN :least AND :most"
        " ORDER BY r.next_page > 2 DESC, r.last_length DESC LIMIT :limit",
        {"run": run, "least": lengths.start, "most": lengths.stop - 1, "limit": limit},
    ).fetchall()
    return _taken(db, run, rows)


def _taken(db: sqlite3.Connection, run: int, rows: Sequence[Any]) -> list[ProjectTask]:
    """The tasks in `rows`, whose ends are open again."""
    tasks = [task_of(row) for row in rows]
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
        TASK + " AND r.next_page > 2 AND r.first_length > 0"
        " AND (r.records > r.first_length OR r.first_length >= :size)"
        " ORDER BY r.records > r.first_length DESC, r.last_request DESC LIMIT 1",
        {"run": run, "size": size},
    ).fetchone()
    return task_of(row) if row else None


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


def assumed_lengths(db: sqlite3.Connection, run: int) -> list[tuple[int, int]]:
    """Lengths of assumed ends, each with the number of requests started when the newest answer
    came, for a run that continues."""
    rows = db.execute(
        "SELECT last_length, max(last_request) FROM run_projects"
        " WHERE run_id = ? AND end_assumed = 1 GROUP BY last_length",
        (run,),
    )
    return [(length, request) for length, request in rows.fetchall()]


def _count_done(db: sqlite3.Connection, run: int, change: int) -> None:
    db.execute("UPDATE runs SET total_projects = total_projects + ? WHERE id = ?", (change, run))

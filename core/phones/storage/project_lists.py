"""Storing which projects clients have: many clients' lists at once, on the writer's thread."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.asking.troubles import Reason
from core.phones.run_failure import EndReason, RunFailure
from core.phones.storage.bulk import insert_columns
from core.phones.storage.pages import add_to_totals
from core.phones.storage.run_store import iso
from core.phones.storage.unreadable import note_unreadable
from core.phones.upstream import Project


@dataclass(frozen=True, slots=True)
class ProjectList:
    """All projects of one client, each once, as the server listed them at `at`.

    `whole` unless a trial's limit cut the list. With `unread_only` the run has chosen among
    the known projects before, and only those that were never read to the end are added.
    `unreadable` says what was wrong with entries that are missing here; `emptied` where the
    client had projects before, and now there is none.
    """

    client_id: int
    projects: Sequence[Project]
    at: datetime
    whole: bool = True
    unread_only: bool = False
    unreadable: Sequence[str] = ()
    emptied: bool = False


TEMPORARY_TABLES = """
CREATE TEMP TABLE lists (
    client_id INTEGER PRIMARY KEY, projects INTEGER, listed_at INTEGER, whole INTEGER,
    unread_only INTEGER
);
CREATE TEMP TABLE listed (
    client_id INTEGER, project_id INTEGER, name TEXT, status INTEGER, created_at TEXT,
    PRIMARY KEY (client_id, project_id)
) WITHOUT ROWID;
"""

_MARK_LISTED_CLIENTS = """
UPDATE clients SET listed_at = l.listed_at, still_lists = CASE
    WHEN clients.listed_at IS NULL THEN 0
    WHEN EXISTS (SELECT 1 FROM listed n WHERE n.client_id = l.client_id
                 AND NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = n.project_id)) THEN 0
    ELSE still_lists + 1 END
FROM lists l WHERE clients.id = l.client_id AND l.whole
"""

_COUNT_NEW = """
SELECT count(DISTINCT project_id) FROM listed n
WHERE NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = n.project_id)
"""

_STORE = """
INSERT INTO projects (id, name, client_id, status, created_at)
SELECT project_id, name, client_id, status, created_at FROM listed WHERE true
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, status = excluded.status, client_id = excluded.client_id, listed = 1
"""

# Projects that their client's list no longer names are not asked for any more.
_MARK_MISSING = """
UPDATE projects SET listed = 0
WHERE client_id IN (SELECT client_id FROM lists WHERE whole) AND listed = 1
    AND NOT EXISTS (SELECT 1 FROM listed l
                    WHERE l.client_id = projects.client_id AND l.project_id = projects.id)
"""

_TAKE_ALL = """
INSERT OR IGNORE INTO run_projects (run_id, project_id, client_id)
SELECT :run, l.project_id, l.client_id FROM lists c JOIN listed l ON l.client_id = c.client_id
WHERE NOT c.unread_only
"""

_TAKE_UNREAD = """
INSERT OR IGNORE INTO run_projects (run_id, project_id, client_id)
SELECT :run, p.id, p.client_id FROM lists c JOIN projects p ON p.client_id = c.client_id
WHERE c.unread_only AND p.listed = 1 AND p.read_at IS NULL
"""

# A project that is missing in its client's list may have moved to a client that is listed days
# later, so it is asked for; but not again where that failed. What was read of a project is
# counted, so one that was begun stays in the run.
_LEAVE_MISSING = """
DELETE FROM run_projects
WHERE run_id = :run AND state = 'pending' AND state <> 'done' AND received = 0
    AND reason IS NOT NULL
    AND client_id IN (SELECT client_id FROM lists WHERE unread_only)
    AND project_id IN (SELECT p.id FROM lists c JOIN projects p ON p.client_id = c.client_id
                       WHERE c.unread_only AND p.listed = 0)
"""

_MARK_LISTED = """
UPDATE run_clients SET state = 'listed', projects = l.projects, reason = NULL, detail = ''
FROM lists l
WHERE run_clients.run_id = :run AND run_clients.client_id = l.client_id
    AND run_clients.state <> 'listed'
"""


_UNREADABLE: EndReason = Reason.UNKNOWN_SHAPE
_EMPTIED: tuple[Sequence[str], EndReason] = (("",), RunFailure.NO_PROJECTS)


def clients_with_projects(db: sqlite3.Connection, run: int) -> frozenset[int]:
    """Those whose newest list before `run` named some."""
    rows = db.execute(
        "SELECT id FROM clients c"
        " WHERE EXISTS (SELECT 1 FROM projects p WHERE p.client_id = c.id AND p.listed = 1)"
        " UNION SELECT client_id FROM run_unreadable WHERE run_id = ? AND reason = ?",
        (run, RunFailure.NO_PROJECTS),
    )
    return frozenset(client for (client,) in rows)


def store_project_lists(db: sqlite3.Connection, run: int, lists: Sequence[ProjectList]) -> None:
    """Store `lists`; the run has to read those projects that it did not list before.

    The caller holds the transaction.
    """
    _take_in(db, lists)
    values = {"run": run}
    db.execute(_MARK_LISTED_CLIENTS)
    add_to_totals(db, projects=db.execute(_COUNT_NEW).fetchone()[0])
    db.execute(_STORE)
    db.execute(_MARK_MISSING)
    db.execute(_TAKE_ALL, values)
    if any(one.unread_only for one in lists):
        db.execute(_TAKE_UNREAD, values)
        db.execute(_LEAVE_MISSING, values)
    for one in lists:
        details, reason = (one.unreadable, _UNREADABLE) if not one.emptied else _EMPTIED
        note_unreadable(db, run, one.client_id, details, reason)
    changed = db.execute(_MARK_LISTED, values).rowcount
    db.execute("UPDATE runs SET total_clients = total_clients + ? WHERE id = ?", (changed, run))


def _take_in(db: sqlite3.Connection, lists: Sequence[ProjectList]) -> None:
    db.execute("DELETE FROM lists")
    db.execute("DELETE FROM listed")
    insert_columns(
        db,
        "INSERT OR REPLACE INTO lists (client_id, projects, listed_at, whole, unread_only)",
        (
            [one.client_id for one in lists],
            [len(one.projects) for one in lists],
            [int(one.at.timestamp()) for one in lists],
            [one.whole for one in lists],
            [one.unread_only for one in lists],
        ),
    )
    projects = [project for one in lists for project in one.projects]
    insert_columns(
        db,
        "INSERT OR REPLACE INTO listed (client_id, project_id, name, status, created_at)",
        (
            [one.client_id for one in lists for _ in one.projects],
            [project.id for project in projects],
            [project.name for project in projects],
            [project.status for project in projects],
            [iso(one.at) for one in lists for _ in one.projects],
        ),
    )


def leave_gone(db: sqlite3.Connection, run: int, project: int) -> bool:
    """The server refuses `project`: where its client does not list it any more it is gone (then
    `listed` is -1), and leaves the run. False where it is still listed, so that it failed.

    The caller holds the transaction.
    """
    gone = db.execute(
        "UPDATE projects SET listed = -1 WHERE id = ? AND listed <= 0", (project,)
    ).rowcount
    if gone:
        db.execute(
            "DELETE FROM run_projects WHERE run_id = ? AND project_id = ? AND received = 0",
            (run, project),
        )
    return bool(gone)

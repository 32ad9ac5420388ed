"""Storing lists: the clients that the token sees, and the projects of each.

Every function takes the writer's connection inside a transaction of the writer, and so runs
on the writer's thread.
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from core.storage.bulk import insert_columns
from core.storage.pages import add_to_totals
from core.storage.run_store import iso
from core.upstream import Client, Project


def store_clients(
    db: sqlite3.Connection,
    run: int,
    clients: Sequence[Client],
    chosen: Sequence[int],
    now: datetime,
) -> None:
    """Store every client the token sees; the run takes `chosen` (ids) in this order."""
    columns = (
        [client.id for client in clients],
        [client.username for client in clients],
        [iso(now)] * len(clients),
    )
    insert = "INSERT INTO clients (id, username, created_at)"
    add_to_totals(db, clients=insert_columns(db, insert, columns, "ON CONFLICT DO NOTHING"))
    insert_columns(
        db, insert, columns, "ON CONFLICT (id) DO UPDATE SET username = excluded.username"
    )
    if chosen:
        insert_columns(
            db,
            "INSERT OR IGNORE INTO run_clients (run_id, client_id, position)",
            ([run] * len(chosen), list(chosen), list(range(len(chosen)))),
        )


def store_projects(
    db: sqlite3.Connection,
    run: int,
    client: int,
    projects: Sequence[Project],
    now: datetime,
    *,
    whole: bool = True,
    unread_only: bool = False,
) -> None:
    """Store a client's list of projects; the run has to read those it did not list before.

    `whole` unless a trial's limit cut the list. With `unread_only` the run has chosen among
    the known projects before, and only those that were never read to the end are added.
    """
    ids = [project.id for project in projects]
    columns = (
        ids,
        [project.name for project in projects],
        [client] * len(projects),
        [project.status for project in projects],
        [iso(now)] * len(projects),
    )
    insert = "INSERT INTO projects (id, name, client_id, status, created_at)"
    new = insert_columns(db, insert, columns, "ON CONFLICT DO NOTHING")
    add_to_totals(db, projects=new)
    insert_columns(
        db,
        insert,
        columns,
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, status = excluded.status,"
        " client_id = excluded.client_id, listed = 1",
    )
    if whole:
        _mark_missing(db, client, ids)
        db.execute(
            "UPDATE clients SET listed_at = ?, still_lists = CASE WHEN ? THEN 0"
            " WHEN listed_at IS NULL THEN 0 ELSE still_lists + 1 END WHERE id = ?",
            (int(now.timestamp()), new, client),
        )
    if unread_only:
        _take_unread(db, run, client)
    else:
        insert_columns(
            db,
            "INSERT OR IGNORE INTO run_projects (run_id, project_id, client_id)",
            ([run] * len(projects), ids, [client] * len(projects)),
        )
    changed = db.execute(
        "UPDATE run_clients SET state = 'listed', projects = ?, reason = NULL, detail = ''"
        " WHERE run_id = ? AND client_id = ? AND state <> 'listed'",
        (len(projects), run, client),
    ).rowcount
    db.execute("UPDATE runs SET total_clients = total_clients + ? WHERE id = ?", (changed, run))


def _mark_missing(db: sqlite3.Connection, client: int, ids: Sequence[int]) -> None:
    """Projects that the list no longer names are not asked for any more."""
    values = (client,)
    listed = "FROM projects WHERE client_id = ? AND listed = 1"
    count: int = db.execute(f"SELECT count(*) {listed}", values).fetchone()[0]
    if count == len(ids):
        return
    known = {row[0] for row in db.execute(f"SELECT id {listed}", values)}
    for missing in known.difference(ids):
        db.execute("UPDATE projects SET listed = 0 WHERE id = ?", (missing,))


def _take_unread(db: sqlite3.Connection, run: int, client: int) -> None:
    db.execute(
        "INSERT OR IGNORE INTO run_projects (run_id, project_id, client_id)"
        " SELECT ?, id, client_id FROM projects"
        " WHERE client_id = ? AND listed = 1 AND read_at IS NULL",
        (run, client),
    )
    db.execute(
        "DELETE FROM run_projects WHERE run_id = ? AND client_id = ? AND state = 'pending'"
        " AND project_id IN (SELECT id FROM projects WHERE client_id = ? AND listed = 0)",
        (run, client, client),
    )

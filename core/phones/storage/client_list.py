"""Storing the list of clients that the token sees; on the writer's thread, in its transaction."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from core.phones.storage.bulk import insert_columns
from core.phones.storage.pages import add_to_totals
from core.phones.storage.run_store import iso
from core.phones.upstream import Client


def count_known_clients(db: sqlite3.Connection) -> int:
    """Clients that some run has seen."""
    return int(db.execute("SELECT value FROM totals WHERE name = 'clients'").fetchone()[0])


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

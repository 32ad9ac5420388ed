"""Checks of the blacklist, which may take twenty minutes each. Work for the store."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CheckStatus(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"  # the hub was stopped before the answer came


@dataclass(frozen=True, slots=True)
class Check:
    id: int
    user: int
    username: str
    status: CheckStatus
    summary: str


def add(db: sqlite3.Connection, user_id: int, username: str, now: datetime) -> int:
    row = db.execute(
        "INSERT INTO checks (user_id, username, created_at) VALUES (?, ?, ?)",
        (user_id, username, now.isoformat(timespec="seconds")),
    ).lastrowid
    assert row is not None  # noqa: S101 - an INSERT has one
    return row


def find(db: sqlite3.Connection, check: int) -> Check | None:
    row = db.execute("SELECT * FROM checks WHERE id = ?", (check,)).fetchone()
    return None if row is None else _check(row)


def running(db: sqlite3.Connection, user_id: int | None = None) -> list[Check]:
    rows = db.execute(
        "SELECT * FROM checks WHERE status = 'running' AND user_id = coalesce(?, user_id)"
        " ORDER BY id",
        (user_id,),
    )
    return [_check(row) for row in rows]


def end(
    db: sqlite3.Connection, check: int, status: CheckStatus, summary: str, now: datetime
) -> bool:
    """Note the end; False where it has ended before."""
    done = db.execute(
        "UPDATE checks SET status = ?, summary = ?, finished_at = ?"
        " WHERE id = ? AND status = 'running'",
        (status.value, summary, now.isoformat(timespec="seconds"), check),
    )
    return done.rowcount > 0


def untold(db: sqlite3.Connection) -> list[Check]:
    rows = db.execute("SELECT * FROM checks WHERE status != 'running' AND told != 'told'")
    return [_check(row) for row in rows]


def _check(row: sqlite3.Row) -> Check:
    return Check(
        id=row["id"],
        user=row["user_id"],
        username=row["username"],
        status=CheckStatus(row["status"]),
        summary=row["summary"] or "",
    )

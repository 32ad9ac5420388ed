"""The runs table: a run begins, is continued, and ends.

Every function takes the writer's connection inside a transaction of the writer
(`Writer.call`), and so runs on the writer's thread.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.phones.events import LeftOut, Mode, RunStatus, Totals
from core.phones.run_failure import EndReason, RunFailure
from core.phones.storage.number_counts import count_further


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as it stands in the database."""

    id: int
    mode: Mode
    status: RunStatus
    request: dict[str, Any]
    totals: Totals
    active_seconds: float
    started_at: datetime
    has_clients: bool
    left_out: LeftOut


def iso(moment: datetime) -> str:
    """UTC ISO 8601 with seconds, as all times in the file."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def create_run(db: sqlite3.Connection, mode: Mode, request: dict[str, Any], now: datetime) -> int:
    """A new run, the only one that is 'running' from now on; returns its number."""
    end_dead_runs(db)
    cursor = db.execute(
        "INSERT INTO runs (started_at, status, mode, request) VALUES (?, 'running', ?, ?)",
        (iso(now), mode, json.dumps(request)),
    )
    assert cursor.lastrowid is not None  # noqa: S101 - an INSERT that did not raise
    return cursor.lastrowid


NOT_DISCARDED = f"reason IS NOT '{RunFailure.DISCARDED}'"

_RUN = """
SELECT id, mode, status, request, total_projects, received, new_phones, known, repeated, rejected,
    errors_count, requests, active_seconds, started_at, total_clients,
    EXISTS (SELECT 1 FROM run_clients c WHERE c.run_id = runs.id),
    not_due, left_out, clients_left_out
FROM runs
"""


def _stored_run(row: Sequence[Any] | None) -> StoredRun | None:
    if row is None:
        return None
    return StoredRun(
        id=row[0],
        mode=Mode(row[1]),
        status=RunStatus(row[2]),
        request=json.loads(row[3]),
        totals=Totals(
            clients=row[14],
            projects=row[4],
            received=row[5],
            new=row[6],
            known=row[7],
            repeated=row[8],
            rejected=row[9],
            errors=row[10],
            requests=row[11],
        ),
        active_seconds=row[12],
        started_at=datetime.fromisoformat(row[13]),
        has_clients=bool(row[15]),
        left_out=LeftOut(*row[16:19]),
    )


def load_run(db: sqlite3.Connection, run: int) -> StoredRun:
    """The run; raises LookupError where there is none."""
    found = _stored_run(db.execute(_RUN + "WHERE id = ?", (run,)).fetchone())
    if found is None:
        raise LookupError(run)
    return found


def run_to_continue(db: sqlite3.Connection, run_id: int | None = None) -> StoredRun | None:
    """The newest run, or the one of this number, if it is unfinished or completed with failures.

    Of itself no run is continued that newer ones have overtaken, and none that was discarded; by
    its number each can be. The caller holds the lock of the database, so a run left 'running'
    has no living process.
    """
    if run_id is not None:
        found = _stored_run(db.execute(_RUN + "WHERE id = ?", (run_id,)).fetchone())
    else:
        newest = _RUN + f"WHERE {NOT_DISCARDED} ORDER BY id DESC LIMIT 1"
        found = _stored_run(db.execute(newest).fetchone())
    if found is None or (found.status is RunStatus.COMPLETED and not found.totals.errors):
        return None
    return found


def discard_run(db: sqlite3.Connection, run: int) -> None:
    """The run is not to be continued: nobody offers it any more. What it stored stays.

    The caller holds the lock of the database. A run that is completed is left as it is.
    """
    db.execute(
        "UPDATE runs SET status = 'stopped', reason = ?, detail = ''"
        " WHERE id = ? AND status <> 'completed'",
        (RunFailure.DISCARDED, run),
    )


def end_dead_runs(db: sqlite3.Connection) -> None:
    """What processes that no longer live left 'running' counts as stopped from now on.

    The caller holds the lock of the database. When they ended nobody knows.
    """
    db.execute("UPDATE runs SET status = 'stopped' WHERE status = 'running'")


def reopen_run(db: sqlite3.Connection, run: int) -> None:
    """Continue: the run is running again, and no other."""
    end_dead_runs(db)
    db.execute(
        "UPDATE runs SET status = 'running', completed_at = NULL, reason = NULL, detail = ''"
        " WHERE id = ?",
        (run,),
    )


def finish_run(
    db: sqlite3.Connection,
    run: int,
    status: RunStatus,
    now: datetime,
    failure: "tuple[EndReason, str] | None",
) -> StoredRun:
    """The ending of a run; returns it as it is stored."""
    count_further(db)
    reason, detail = failure or (None, "")
    db.execute(
        "UPDATE runs SET status = ?, completed_at = ?, reason = ?, detail = ?,"
        " phones_after = (SELECT value FROM totals WHERE name = 'phones') WHERE id = ?",
        (status, iso(now), reason, detail, run),
    )
    return load_run(db, run)


def note_work(db: sqlite3.Connection, run: int, requests: int, active_seconds: float) -> None:
    """Keep how many requests and how much working time the run took so far."""
    db.execute(
        "UPDATE runs SET requests = max(requests, ?), active_seconds = ? WHERE id = ?",
        (requests, active_seconds, run),
    )

"""Tasks of the services and checks of the blacklist, as the hub keeps them. Work for the store."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Service(StrEnum):
    WORKERS = "workers"
    REALTY = "realty"
    PHONES = "phones"


class TaskType(StrEnum):
    MONITORING = "monitoring"
    AVITO = "avito"
    CIAN = "cian"
    PHONES = "phones"

    @property
    def service(self) -> Service:
        if self is TaskType.MONITORING:
            return Service.WORKERS
        return Service.PHONES if self is TaskType.PHONES else Service.REALTY


class Status(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    STOPPED = "stopped"
    COMPLETED = "completed"
    FAILED = "failed"
    AUTH_ERROR = "auth_error"
    UNKNOWN = "unknown"  # whether the service has begun it: its answer never came
    LOST = "lost"  # the service knows it no more

    @property
    def alive(self) -> bool:
        return self in (Status.PENDING, Status.RUNNING)


@dataclass(frozen=True, slots=True)
class Task:
    """A task with the message that shows it. `request` and `progress` hold no secrets."""

    id: int
    user: int
    task_id: str  # the service's, '' until it has answered
    type: TaskType
    status: Status
    created: datetime
    finished: datetime | None
    summary: str
    message: int | None
    version: int
    request: dict[str, Any]
    progress: dict[str, Any]
    posted: bool  # the service may have heard of it
    stopping: bool

    @property
    def service(self) -> Service:
        return self.type.service


_TASK = "SELECT * FROM active_tasks JOIN task_cards USING (id)"


def add(
    db: sqlite3.Connection, user_id: int, kind: TaskType, request: dict[str, Any], now: datetime
) -> int:
    """The row of a task that is about to be started."""
    row = db.execute(
        "INSERT INTO active_tasks (user_id, service, task_type, status, created_at)"
        " VALUES (?, ?, ?, 'pending', ?)",
        (user_id, kind.service.value, kind.value, now.isoformat(timespec="seconds")),
    ).lastrowid
    assert row is not None  # noqa: S101 - an INSERT has one
    db.execute(
        "INSERT INTO task_cards (id, request) VALUES (?, ?)",
        (row, json.dumps(request, ensure_ascii=False)),
    )
    return row


def find(db: sqlite3.Connection, task: int) -> Task | None:
    row = db.execute(f"{_TASK} WHERE id = ?", (task,)).fetchone()
    return None if row is None else _task(row)


def of_user(db: sqlite3.Connection, user_id: int, task: int) -> Task | None:
    """The task, if it is his."""
    row = db.execute(f"{_TASK} WHERE id = ? AND user_id = ?", (task, user_id)).fetchone()
    return None if row is None else _task(row)


def alive(
    db: sqlite3.Connection, user_id: int | None = None, service: Service | None = None
) -> list[Task]:
    """Tasks that are not over, newest first: of all users or one, of all services or one."""
    rows = db.execute(
        f"{_TASK} WHERE finished_at IS NULL AND user_id = coalesce(:user, user_id)"
        " AND service = coalesce(:service, service) ORDER BY id DESC",
        {"user": user_id, "service": service},
    )
    return [_task(row) for row in rows]


def finished(
    db: sqlite3.Connection, user_id: int, service: Service, skip: int, count: int
) -> list[Task]:
    """Tasks that are over, newest first."""
    rows = db.execute(
        f"{_TASK} WHERE finished_at IS NOT NULL AND user_id = ? AND service = ?"
        " ORDER BY id DESC LIMIT ? OFFSET ?",
        (user_id, service.value, count, skip),
    )
    return [_task(row) for row in rows]


def count_alive(db: sqlite3.Connection) -> dict[str, int]:
    """How many tasks of each service are not over."""
    rows = db.execute(
        "SELECT service, count(*) FROM active_tasks WHERE finished_at IS NULL GROUP BY service"
    )
    return {row[0]: row[1] for row in rows}


def note_posting(db: sqlite3.Connection, task: int) -> bool:
    """The request is about to be sent: from now on nobody knows, until an answer comes. False
    where it was sent before."""
    done = db.execute("UPDATE task_cards SET posted = 1 WHERE id = ? AND posted = 0", (task,))
    return done.rowcount > 0


def began(db: sqlite3.Connection, task: int, task_id: str, status: Status) -> None:
    """The service has answered."""
    db.execute(
        "UPDATE active_tasks SET task_id = ?, status = ? WHERE id = ? AND finished_at IS NULL",
        (task_id, status.value, task),
    )
    _renew(db, task)


def note_progress(
    db: sqlite3.Connection, task: int, status: Status, progress: dict[str, Any]
) -> None:
    """What the service said of a task that goes on."""
    before = db.execute("SELECT status FROM active_tasks WHERE id = ?", (task,)).fetchone()
    db.execute(
        "UPDATE active_tasks SET status = ? WHERE id = ? AND finished_at IS NULL",
        (status.value, task),
    )
    db.execute(
        "UPDATE task_cards SET progress = ? WHERE id = ?",
        (json.dumps(progress, ensure_ascii=False), task),
    )
    if before is not None and before[0] != status.value:
        _renew(db, task)


def end(db: sqlite3.Connection, task: int, status: Status, summary: str, now: datetime) -> bool:
    """Note the end of a task; False where it has ended before."""
    done = db.execute(
        "UPDATE active_tasks SET status = ?, summary = ?, finished_at = ?"
        " WHERE id = ? AND finished_at IS NULL",
        (status.value, summary, now.isoformat(timespec="seconds"), task),
    )
    if not done.rowcount:
        return False
    _renew(db, task)
    return True


def revive(db: sqlite3.Connection, task: int) -> bool:
    """A task that is over shall go on; False where it is not over."""
    done = db.execute(
        "UPDATE active_tasks SET status = 'pending', summary = NULL, finished_at = NULL"
        " WHERE id = ? AND finished_at IS NOT NULL AND task_id IS NOT NULL",
        (task,),
    )
    if not done.rowcount:
        return False
    db.execute("UPDATE task_cards SET told = '', stopping = 0 WHERE id = ?", (task,))
    _renew(db, task)
    return True


def ask_stop(db: sqlite3.Connection, task: int) -> bool:
    """Note that it shall stop; False where somebody asked before, or it is over."""
    done = db.execute(
        "UPDATE task_cards SET stopping = 1 WHERE id = ? AND stopping = 0 AND"
        " EXISTS (SELECT 1 FROM active_tasks WHERE id = task_cards.id AND finished_at IS NULL)",
        (task,),
    )
    if done.rowcount:
        _renew(db, task)
    return done.rowcount > 0


def stop_failed(db: sqlite3.Connection, task: int) -> None:
    """The service did not take the wish to stop: it may be asked again."""
    db.execute("UPDATE task_cards SET stopping = 0 WHERE id = ?", (task,))
    _renew(db, task)


def note_message(db: sqlite3.Connection, task: int, message: int) -> None:
    db.execute("UPDATE task_cards SET message_id = ? WHERE id = ?", (message, task))


def begin_telling(db: sqlite3.Connection, table: str, row: int) -> bool:
    """Claim to tell the end of a task ('task_cards') or a check ('checks'); once for each.

    Claimed before it is sent: after a crash in between nobody knows whether it arrived, and the
    message of the task says it anyway.
    """
    done = db.execute(f"UPDATE {table} SET told = 'telling' WHERE id = ? AND told = ''", (row,))
    return done.rowcount > 0


def told(db: sqlite3.Connection, table: str, row: int, *, well: bool) -> None:
    """It was told; or it surely did not arrive, and may be told again."""
    db.execute(f"UPDATE {table} SET told = ? WHERE id = ?", ("told" if well else "", row))


def untold(db: sqlite3.Connection) -> list[Task]:
    """Tasks whose end was not told: the hub was killed in between, or Telegram was away."""
    rows = db.execute(f"{_TASK} WHERE finished_at IS NOT NULL AND told != 'told' ORDER BY id")
    return [_task(row) for row in rows]


def _renew(db: sqlite3.Connection, task: int) -> None:
    """Its buttons are other ones now."""
    db.execute("UPDATE task_cards SET version = version + 1 WHERE id = ?", (task,))


def _task(row: sqlite3.Row) -> Task:
    ended = row["finished_at"]
    return Task(
        id=row["id"],
        user=row["user_id"],
        task_id=row["task_id"] or "",
        type=TaskType(row["task_type"]),
        status=Status(row["status"]),
        created=datetime.fromisoformat(row["created_at"]),
        finished=datetime.fromisoformat(ended) if ended else None,
        summary=row["summary"] or "",
        message=row["message_id"],
        version=row["version"],
        request=json.loads(row["request"]),
        progress=json.loads(row["progress"]),
        posted=bool(row["posted"]),
        stopping=bool(row["stopping"]),
    )

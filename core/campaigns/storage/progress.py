"""How far a group is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from core.campaigns.storage.sessions import newest
from core.campaigns.storage.tables import groups, sessions, task_attempts, tasks
from core.campaigns.words import AttemptStatus, SessionState, TaskStatus, Wish


@dataclass(frozen=True, slots=True)
class GroupProgress:
    """`left` are the messages still to send in this session; the three results are its own."""

    group: str
    wish: Wish
    state: SessionState | None
    run_id: str
    cycles: int
    started_at: datetime | None
    chats: int
    pending: int
    busy: int
    completed: int
    blocked: int
    left: int
    sent: int
    failed: int
    unknown: int
    waiting: int


def progress_of(connection: Connection, group: str) -> GroupProgress:
    """Of a group that is there."""

    def count(status: TaskStatus) -> Any:
        return func.coalesce(func.sum(case((tasks.c.status == status.value, 1), else_=0)), 0)

    open_ = tasks.c.status.in_([TaskStatus.PENDING.value, TaskStatus.IN_PROGRESS.value])
    rest = case((open_, tasks.c.total_cycles - tasks.c.completed_cycles), else_=0)
    numbers = connection.execute(
        select(
            func.count(),
            *(count(status) for status in TaskStatus),
            func.coalesce(func.sum(rest), 0),
        ).where(tasks.c.group_id == group)
    ).one()
    last = newest(connection, group)
    results: dict[str, int] = {}
    started_at = None
    if last is not None:
        run_id = last[0].run_id
        rows = connection.execute(
            select(task_attempts.c.status, func.count())
            .where(task_attempts.c.run_id == run_id)
            .group_by(task_attempts.c.status)
        )
        results = {row[0]: row[1] for row in rows}
        started_at = connection.scalar(
            select(sessions.c.started_at).where(sessions.c.run_id == run_id)
        )
    chats, pending, busy, completed, blocked, left = (int(value) for value in numbers)
    wish = connection.scalar(select(groups.c.wish).where(groups.c.id == group))
    return GroupProgress(
        group=group,
        wish=Wish(str(wish)),
        state=last[1] if last else None,
        run_id=last[0].run_id if last else "",
        cycles=last[0].cycles if last else 0,
        started_at=started_at,
        chats=chats,
        pending=pending,
        busy=busy,
        completed=completed,
        blocked=blocked,
        left=left,
        sent=results.get(AttemptStatus.SENT, 0),
        failed=results.get(AttemptStatus.FAILED, 0),
        unknown=results.get(AttemptStatus.UNKNOWN, 0),
        waiting=results.get(AttemptStatus.WAITING, 0),
    )

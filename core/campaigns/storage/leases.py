"""Who has a task, and for how long unless it says that it is alive."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from core.campaigns.storage.tables import task_attempts, tasks
from core.campaigns.telegram.outcomes import Cause
from core.campaigns.words import AttemptStatus, TaskStatus

_AT_ONCE = 100


def extend(connection: Connection, claims: Iterable[str], until: datetime) -> set[str]:
    """The heartbeat: keep these claims until then. Returns those that are still held."""
    kept = connection.execute(
        update(tasks)
        .where(
            tasks.c.lease_owner.in_(list(claims)),
            tasks.c.status == TaskStatus.IN_PROGRESS.value,
        )
        .values(lease_until=until)
        .returning(tasks.c.lease_owner)
    )
    return set(kept.scalars())


def reap(connection: Connection, group: str, now: datetime) -> int:
    """Free the tasks of the dead; returns how many.

    Their attempts were written and not settled: nobody knows whether the message arrived. So
    they are 'unknown', and the cycle counts as done: rather one message too few than two.
    """
    dead = connection.execute(
        select(tasks)
        .where(
            tasks.c.group_id == group,
            tasks.c.status == TaskStatus.IN_PROGRESS.value,
            tasks.c.lease_until <= now,
        )
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for task in dead:
        cycle = connection.execute(
            update(task_attempts)
            .where(
                task_attempts.c.task_id == task.id,
                task_attempts.c.claim == task.lease_owner,
                task_attempts.c.status == AttemptStatus.SENDING.value,
            )
            .values(status=AttemptStatus.UNKNOWN.value, error=Cause.DIED.value, finished_at=now)
            .returning(task_attempts.c.cycle)
        ).scalar_one_or_none()
        finish_cycle(connection, task.id, cycle or task.completed_cycles, now, timedelta(0))
    return len(dead)


def finish_cycle(
    connection: Connection, task_id: int, cycle: int, now: datetime, delay: timedelta
) -> None:
    """Give the task back with this cycle done; the next one begins after `delay`.

    It stays pending where cycles are left or an attempt of this session waits. A task that was
    blocked meanwhile is blocked.
    """
    task = connection.execute(select(tasks).where(tasks.c.id == task_id)).one()
    done = max(cycle, task.completed_cycles)
    waits = connection.execute(
        select(task_attempts.c.id)
        .where(
            task_attempts.c.task_id == task_id,
            task_attempts.c.status == AttemptStatus.WAITING.value,
        )
        .limit(1)
    ).first()
    status = TaskStatus.PENDING if done < task.total_cycles or waits else TaskStatus.COMPLETED
    if task.is_blocked:
        status = TaskStatus.BLOCKED
    connection.execute(
        update(tasks)
        .where(tasks.c.id == task_id)
        .values(
            status=status.value,
            completed_cycles=done,
            lease_owner=None,
            lease_until=None,
            next_available_at=now + delay if status is TaskStatus.PENDING else None,
        )
    )

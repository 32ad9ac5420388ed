"""Chats that are never written to again, by any group and whatever is imported."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, and_, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.campaigns.storage.tables import lifted_opt_outs, opt_outs, task_attempts, tasks
from core.campaigns.telegram.outcomes import Cause
from core.campaigns.words import AttemptStatus, TaskStatus


def opt_out(connection: Connection, chat: str, how: str, now: datetime) -> bool:
    """From now on; what waits to be sent to the chat is not sent. False where it held already.

    A message that is being sent this moment cannot be called back: whoever settles it finds its
    task blocked.
    """
    insert_ = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    new = connection.execute(
        insert_(opt_outs)
        .values(chat=chat, at=now, how=how)
        .on_conflict_do_nothing()
        .returning(opt_outs.c.chat)
    ).first()
    of_chat = connection.execute(
        select(tasks.c.id, tasks.c.status)
        .where(tasks.c.chat == chat)
        .order_by(tasks.c.id)
        .with_for_update()
    ).all()
    for task in of_chat:
        values: dict[str, object] = {"is_blocked": True, "block_reason": Cause.OPTED_OUT.value}
        if task.status != TaskStatus.IN_PROGRESS:
            values["status"] = TaskStatus.BLOCKED.value
        connection.execute(update(tasks).where(tasks.c.id == task.id).values(**values))
        connection.execute(
            update(task_attempts)
            .where(
                task_attempts.c.task_id == task.id,
                task_attempts.c.status == AttemptStatus.WAITING.value,
            )
            .values(
                status=AttemptStatus.FAILED.value,
                error=Cause.OPTED_OUT.value,
                finished_at=now,
            )
        )
    return new is not None


def lift(connection: Connection, chat: str, reason: str, now: datetime) -> bool:
    """The opt-out holds no more; what it was, and why it went, is kept. False: there was none."""
    held = connection.execute(
        delete(opt_outs).where(opt_outs.c.chat == chat).returning(opt_outs.c.at, opt_outs.c.how)
    ).first()
    if held is None:
        return False
    connection.execute(
        insert(lifted_opt_outs).values(
            chat=chat, at=held.at, how=held.how, lifted_at=now, reason=reason
        )
    )
    unblock(connection, and_(tasks.c.chat == chat, tasks.c.block_reason == Cause.OPTED_OUT.value))
    return True


def unblock(connection: Connection, which: object) -> int:
    """Let the blocked tasks of a condition be sent to again; returns how many."""
    freed = connection.execute(
        update(tasks)
        .where(tasks.c.is_blocked, which)  # type: ignore[arg-type]
        .values(
            is_blocked=False,
            block_reason=None,
            unexpected=0,
            next_available_at=None,
        )
        .returning(tasks.c.id, tasks.c.status, tasks.c.completed_cycles, tasks.c.total_cycles)
    ).all()
    for task in freed:
        if task.status == TaskStatus.BLOCKED:
            left = task.completed_cycles < task.total_cycles
            status = TaskStatus.PENDING if left else TaskStatus.COMPLETED
            connection.execute(
                update(tasks).where(tasks.c.id == task.id).values(status=status.value)
            )
    return len(freed)


def has_opted_out(connection: Connection, chat: str) -> str | None:
    """How the chat did, None where it did not."""
    how: str | None = connection.scalar(select(opt_outs.c.how).where(opt_outs.c.chat == chat))
    return how


def opted_out_of(connection: Connection, chats: Sequence[str]) -> set[str]:
    """Those of a few chats that opted out."""
    found = connection.execute(select(opt_outs.c.chat).where(opt_outs.c.chat.in_(chats)))
    return set(found.scalars())


def all_opt_outs(connection: Connection) -> Sequence[Row[tuple[str, datetime, str]]]:
    return connection.execute(select(opt_outs).order_by(opt_outs.c.at, opt_outs.c.chat)).all()

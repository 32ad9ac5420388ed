"""The statements of a claim, put together once: a claim is what a database does most here.

On PostgreSQL everything that a claim writes is one statement, because each round trip costs more
than the work itself. Parameters begin with `b_`: other names are those of columns.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    insert,
    or_,
    select,
    update,
)

from core.campaigns.storage.tables import (
    groups,
    messages,
    senders,
    task_attempts,
    task_refusals,
    tasks,
    turns,
)
from core.campaigns.words import AttemptStatus, TaskStatus
from core.database.sql.column_types import UtcTime

_NOW = bindparam("b_now", type_=UtcTime)
_SENDER: Any = bindparam("b_sender")
_GROUP: Any = bindparam("b_group")


def _oldest(whose: Any, most: str) -> Any:
    """When the oldest of the newest so many turns of the last hour was taken; else NULL."""
    return (
        select(turns.c.at)
        .where(whose, turns.c.at > bindparam("b_hour_ago", type_=UtcTime))
        .order_by(turns.c.at.desc())
        .offset(bindparam(most, type_=Integer))
        .limit(1)
        .scalar_subquery()
    )


@lru_cache
def gate(*, limited: bool, capped: bool) -> Select[Any]:
    """The sender and its group, locked against other claims, with what their limits ask for.

    The turns are as they were before the lock was there. That is enough: whoever took one
    meanwhile moved `next_at`, which is read after it.
    """
    columns = [
        senders.c.is_blocked,
        senders.c.is_active,
        senders.c.next_at,
        senders.c.turn,
        groups.c.wish,
        groups.c.next_at.label("group_next_at"),
    ]
    if limited:
        mine = _oldest(turns.c.sender_id == _SENDER, "b_sender_most")
        columns.append(mine.label("sender_oldest"))
    if capped:
        ours = _oldest(turns.c.group_id == _GROUP, "b_group_most")
        columns.append(ours.label("group_oldest"))
    return (
        select(*columns)
        .select_from(senders.join(groups, groups.c.id == _GROUP))
        .where(senders.c.id == _SENDER)
        .with_for_update(of=[senders, groups] if capped else [senders])
    )


PENDING = and_(tasks.c.group_id == _GROUP, tasks.c.status == TaskStatus.PENDING.value)
"""Chats of the group that wait for a message."""

ALLOWED = and_(
    or_(tasks.c.sender_id.is_(None), tasks.c.sender_id == _SENDER),
    ~exists().where(task_refusals.c.task_id == tasks.c.id, task_refusals.c.sender_id == _SENDER),
)
"""Those that this sender may write to."""

NEXT_TASK: Select[Any] = (
    select(
        tasks.c.id,
        tasks.c.chat,
        tasks.c.title,
        tasks.c.fields,
        tasks.c.total_cycles,
        tasks.c.completed_cycles,
    )
    .where(
        PENDING,
        or_(tasks.c.next_available_at.is_(None), tasks.c.next_available_at <= _NOW),
        ALLOWED,
    )
    .order_by(tasks.c.completed_cycles, tasks.c.last_attempt_at.nulls_first(), tasks.c.id)
    .limit(1)
    .with_for_update(skip_locked=True, of=tasks)
)
"""Fewest cycles first, then the longest untried."""

SOONEST = (
    select(tasks.c.next_available_at)
    .where(PENDING, ALLOWED)
    .order_by(tasks.c.next_available_at.nulls_first())
    .limit(1)
)

WAITING: Select[Any] = (
    select(
        task_attempts.c.id,
        task_attempts.c.cycle,
        task_attempts.c.message_id,
        task_attempts.c.tries,
    )
    .where(
        task_attempts.c.run_id == bindparam("b_run"),
        task_attempts.c.task_id == bindparam("b_task"),
        task_attempts.c.status == AttemptStatus.WAITING.value,
    )
    .order_by(task_attempts.c.cycle)
    .limit(1)
)

MESSAGES = select(messages.c.id, messages.c.text, messages.c.usage_count).where(
    messages.c.group_id == _GROUP, messages.c.is_active
)


def _attempt(*, again: bool) -> Any:
    values = {
        "sender_id": _SENDER,
        "message_id": bindparam("b_message"),
        "status": AttemptStatus.SENDING.value,
        "error": None,
        "detail": None,
        "claim": bindparam("b_claim"),
        "tries": bindparam("b_tries"),
        "started_at": _NOW,
        "finished_at": None,
    }
    if again:
        of_cycle = task_attempts.c.id == bindparam("b_attempt")
        return update(task_attempts).where(of_cycle).values(**values)
    return insert(task_attempts).values(
        task_id=bindparam("b_task"),
        run_id=bindparam("b_run"),
        cycle=bindparam("b_cycle"),
        **values,
    )


_COUNT_MESSAGE = (
    update(messages)
    .where(messages.c.id == bindparam("b_message"))
    .values(usage_count=messages.c.usage_count + 1)
)
_TAKE_TASK = (
    update(tasks)
    .where(tasks.c.id == bindparam("b_task"))
    .values(
        status=TaskStatus.IN_PROGRESS.value,
        lease_owner=bindparam("b_claim"),
        lease_until=bindparam("b_lease_until", type_=UtcTime),
        last_attempt_at=_NOW,
    )
)
_MOVE_SENDER = (
    update(senders)
    .where(senders.c.id == _SENDER)
    .values(next_at=bindparam("b_sender_next", type_=UtcTime), turn=senders.c.turn + 1)
)
_MOVE_GROUP = (
    update(groups)
    .where(groups.c.id == _GROUP)
    .values(next_at=bindparam("b_group_next", type_=UtcTime))
)
_NOTE_TURN = insert(turns).values(
    claim=bindparam("b_claim"), sender_id=_SENDER, group_id=_GROUP, at=_NOW
)


@lru_cache
def _writes(*, again: bool, count: bool, capped: bool) -> tuple[Any, Sequence[Any]]:
    """The attempt, and all else that a claim writes."""
    others = [_TAKE_TASK, _MOVE_SENDER, _NOTE_TURN]
    if count:
        others.append(_COUNT_MESSAGE)
    if capped:
        others.append(_MOVE_GROUP)
    return _attempt(again=again).returning(task_attempts.c.id), others


@lru_cache
def _write_at_once(*, again: bool, count: bool, capped: bool) -> Any:
    attempt, others = _writes(again=again, count=count, capped=capped)
    written = attempt.cte("attempt")
    parts = [statement.cte(f"part{place}") for place, statement in enumerate(others)]
    return select(written.c.id).add_cte(*parts)


def write_claim(
    connection: Connection,
    parameters: dict[str, Any],
    *,
    again: bool,
    count: bool,
    capped: bool,
) -> int:
    """Write the claim; returns the id of the attempt. `again`: it has a row already.

    `count` the message as used, `capped`: the group has a limit of its own.
    """
    if connection.dialect.name == "postgresql":
        whole = _write_at_once(again=again, count=count, capped=capped)
        return int(connection.execute(whole, parameters).scalar_one())
    attempt, others = _writes(again=again, count=count, capped=capped)
    found = int(connection.execute(attempt, parameters).scalar_one())
    for statement in others:
        connection.execute(statement, parameters)
    return found

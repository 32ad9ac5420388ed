"""Claiming: one worker gets one message that may be sent now, and nobody else gets it.

A claim is one short transaction in which every limit is looked at, the task is taken, and the
attempt is written; the call to Telegram begins after it. Turns of a sender and of a group are
kept in the database, so limits hold however many processes and computers send.

Locks are taken in one order everywhere: sender, group, task, chat, message.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, exists, insert, or_, select, update

from core.campaigns.chance import chance
from core.campaigns.sending.limits import HOUR, Limits, chat_gap
from core.campaigns.sending.texts import (
    FieldMissing,
    Message,
    Order,
    TextUnusable,
    choose,
    complete,
)
from core.campaigns.storage.chat_pace import take_chat
from core.campaigns.storage.leases import reap
from core.campaigns.storage.tables import (
    groups,
    messages,
    senders,
    task_attempts,
    task_refusals,
    tasks,
    turns,
)
from core.campaigns.telegram.outcomes import Cause
from core.campaigns.words import (
    AttemptStatus,
    Claim,
    Over,
    Session,
    TaskStatus,
    Wait,
    Why,
    Wish,
)

LOOK_AGAIN = timedelta(seconds=2)  # where another process may change something any moment
_CHATS_TRIED = 20  # in one claim; those that were written to a moment ago are passed over


@dataclass(frozen=True, slots=True)
class Terms:
    """How a group sends. `last_line` tells how to stop, empty for none."""

    limits: Limits
    order: Order = Order.IN_TURN
    last_line: str = ""
    cycle_delay: timedelta = timedelta(minutes=5)
    lease: timedelta = timedelta(seconds=60)


def claim(
    connection: Connection,
    session: Session,
    sender: int,
    terms: Terms,
    now: datetime,
    owner: str = "",
) -> Claim | Wait | Over:
    """What `sender` sends next. To be called in a transaction; `owner` is told to other people."""
    me = connection.execute(select(senders).where(senders.c.id == sender).with_for_update()).one()
    if me.is_blocked or not me.is_active:
        return Over.SENDER_BLOCKED
    capped = bool(terms.limits.group_max_per_hour)
    of_group = select(groups.c.wish, groups.c.next_at).where(groups.c.id == session.group)
    group = connection.execute(of_group.with_for_update() if capped else of_group).one()
    if group.wish == Wish.STOP:
        return Over.STOPPED
    if group.wish == Wish.PAUSE:
        return Wait(Why.PAUSED, now + LOOK_AGAIN)
    if wait := _turn_of_sender(connection, me, terms.limits, now):
        return wait
    if capped and (wait := _turn_of_group(connection, session.group, group, terms.limits, now)):
        return wait
    task = _take_task(connection, session, sender, now)
    if task is None:
        return _nothing(connection, session, sender, now)
    claim_id = f"{owner}:{uuid.uuid4().hex}"
    claimed = _write(connection, session, sender, terms, task, now, claim_id)
    if not isinstance(claimed, Claim):
        return claimed
    dice = (sender, me.turn)
    gap = terms.limits.sender_gap(chance(session.seed, "sender", *dice))
    connection.execute(
        update(senders)
        .where(senders.c.id == sender)
        .values(next_at=now + gap, turn=senders.c.turn + 1)
    )
    if capped:
        gap = terms.limits.group_gap(chance(session.seed, "group", *dice))
        connection.execute(
            update(groups).where(groups.c.id == session.group).values(next_at=now + gap)
        )
    connection.execute(
        insert(turns).values(claim=claim_id, sender_id=sender, group_id=session.group, at=now)
    )
    return claimed


def _turn_of_sender(
    connection: Connection, me: Row[Any], limits: Limits, now: datetime
) -> Wait | None:
    if me.next_at is not None and me.next_at > now:
        return Wait(Why.PACE, me.next_at)
    return _rolling(connection, turns.c.sender_id == me.id, limits.max_per_hour, Why.HOURLY, now)


def _turn_of_group(
    connection: Connection, group_id: str, group: Row[Any, Any], limits: Limits, now: datetime
) -> Wait | None:
    if group.next_at is not None and group.next_at > now:
        return Wait(Why.GROUP_CAP, group.next_at)
    whose = turns.c.group_id == group_id
    return _rolling(connection, whose, limits.group_max_per_hour, Why.GROUP_CAP, now)


def _rolling(connection: Connection, whose: Any, most: int, why: Why, now: datetime) -> Wait | None:
    """When the oldest of the newest `most` turns is an hour old, None where it is already."""
    if most >= 1_000_000:  # no limit: nothing to count
        return None
    oldest = connection.scalar(
        select(turns.c.at)
        .where(whose, turns.c.at > now - HOUR)
        .order_by(turns.c.at.desc())
        .offset(most - 1)
        .limit(1)
    )
    return Wait(why, oldest + HOUR) if oldest is not None else None


def allowed_for(sender: int) -> Any:
    """Tasks that this sender may write to."""
    refused = exists().where(
        task_refusals.c.task_id == tasks.c.id, task_refusals.c.sender_id == sender
    )
    return and_(or_(tasks.c.sender_id.is_(None), tasks.c.sender_id == sender), ~refused)


def pending(session: Session) -> Any:
    return and_(tasks.c.group_id == session.group, tasks.c.status == TaskStatus.PENDING.value)


def _take_task(
    connection: Connection, session: Session, sender: int, now: datetime
) -> Row[Any] | None:
    """Fewest cycles first, then the longest untried."""
    due = or_(tasks.c.next_available_at.is_(None), tasks.c.next_available_at <= now)
    query = (
        select(tasks)
        .where(pending(session), due, allowed_for(sender))
        .order_by(tasks.c.completed_cycles, tasks.c.last_attempt_at.nulls_first(), tasks.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=tasks)
    )
    for _try in range(_CHATS_TRIED):
        task = connection.execute(query).first()
        if task is None:
            return None
        free_at = take_chat(connection, task.chat, now, chat_gap(task.chat))
        if free_at is None:
            return task
        connection.execute(
            update(tasks).where(tasks.c.id == task.id).values(next_available_at=free_at)
        )
    return None


def _write(
    connection: Connection,
    session: Session,
    sender: int,
    terms: Terms,
    task: Row[Any],
    now: datetime,
    claim_id: str,
) -> Claim | Wait | Over:
    """The attempt, before the call. Where no message fits, it fails here."""
    waiting = connection.execute(
        select(task_attempts)
        .where(
            task_attempts.c.run_id == session.run_id,
            task_attempts.c.task_id == task.id,
            task_attempts.c.status == AttemptStatus.WAITING.value,
        )
        .order_by(task_attempts.c.cycle)
        .limit(1)
    ).first()
    cycle = waiting.cycle if waiting else task.completed_cycles + 1
    usable = _usable(connection, session.group, _fields_of(task), terms.last_line)
    if usable is None:
        return Over.NO_MESSAGES
    if not usable:
        _fail_here(connection, session, task, cycle, now, has_row=waiting is not None)
        return Wait(Why.CHATS, now)
    again = waiting.message_id if waiting else None
    if again in usable:
        message, text = again, usable[again][1]
    else:
        dice = chance(session.seed, "message", task.id, cycle)
        message = choose([found for found, _text in usable.values()], terms.order, dice).id
        text = usable[message][1]
        connection.execute(
            update(messages)
            .where(messages.c.id == message)
            .values(usage_count=messages.c.usage_count + 1)
        )
    values = {
        "sender_id": sender,
        "message_id": message,
        "status": AttemptStatus.SENDING.value,
        "error": None,
        "detail": None,
        "claim": claim_id,
        "tries": waiting.tries + 1 if waiting else 1,
        "started_at": now,
        "finished_at": None,
    }
    if waiting:
        attempt = waiting.id
        connection.execute(
            update(task_attempts).where(task_attempts.c.id == attempt).values(**values)
        )
    else:
        attempt = connection.execute(
            insert(task_attempts)
            .values(task_id=task.id, run_id=session.run_id, cycle=cycle, **values)
            .returning(task_attempts.c.id)
        ).scalar_one()
    connection.execute(
        update(tasks)
        .where(tasks.c.id == task.id)
        .values(
            status=TaskStatus.IN_PROGRESS.value,
            lease_owner=claim_id,
            lease_until=now + terms.lease,
            last_attempt_at=now,
        )
    )
    return Claim(
        id=claim_id,
        task=task.id,
        attempt=attempt,
        chat=task.chat,
        cycle=cycle,
        tries=values["tries"],
        sender=sender,
        message=message,
        text=text,
        session=session,
    )


def _usable(
    connection: Connection, group: str, fields: Mapping[str, str], last_line: str
) -> dict[int, tuple[Message, str]] | None:
    """The messages that this chat has all fields for, with their texts; None: there are none."""
    rows = connection.execute(
        select(messages.c.id, messages.c.text, messages.c.usage_count).where(
            messages.c.group_id == group, messages.c.is_active
        )
    ).all()
    if not rows:
        return None
    found = {}
    for row in rows:
        try:
            text = complete(row.text, fields, last_line)
        except (FieldMissing, TextUnusable):
            continue
        found[row.id] = (Message(row.id, row.text, row.usage_count), text)
    return found


def _fields_of(task: Row[Any]) -> dict[str, str]:
    return {"chat": task.chat, "title": task.title or "", **task.fields}


def _fail_here(
    connection: Connection,
    session: Session,
    task: Row[Any],
    cycle: int,
    now: datetime,
    *,
    has_row: bool,
) -> None:
    failed = {
        "status": AttemptStatus.FAILED.value,
        "error": Cause.FIELD_MISSING.value,
        "finished_at": now,
    }
    if has_row:
        where = and_(
            task_attempts.c.run_id == session.run_id,
            task_attempts.c.task_id == task.id,
            task_attempts.c.cycle == cycle,
        )
        connection.execute(update(task_attempts).where(where).values(**failed))
    else:
        connection.execute(
            insert(task_attempts).values(
                task_id=task.id, run_id=session.run_id, cycle=cycle, started_at=now, **failed
            )
        )
    done = max(cycle, task.completed_cycles)
    connection.execute(
        update(tasks)
        .where(tasks.c.id == task.id)
        .values(
            completed_cycles=done,
            failed_count=tasks.c.failed_count + 1,
            last_attempt_at=now,
            status=(
                TaskStatus.COMPLETED if done >= task.total_cycles else TaskStatus.PENDING
            ).value,
        )
    )


def _nothing(connection: Connection, session: Session, sender: int, now: datetime) -> Wait | Over:
    """Why there was nothing to claim."""
    if reap(connection, session.group, now):
        return Wait(Why.CHATS, now)
    connection.execute(delete(turns).where(turns.c.at < now - HOUR))
    next_at = connection.execute(
        select(tasks.c.next_available_at)
        .where(pending(session), allowed_for(sender))
        .order_by(tasks.c.next_available_at.nulls_first())
        .limit(1)
    ).first()
    if next_at is not None:
        # Not yet, or locked by a claim of another worker this very moment.
        until = next_at[0] if next_at[0] is not None and next_at[0] > now else now + LOOK_AGAIN / 20
        return Wait(Why.CHATS, until)
    busy = exists().where(
        tasks.c.group_id == session.group,
        tasks.c.status.in_([TaskStatus.IN_PROGRESS.value]),
    )
    if connection.scalar(select(busy)):
        return Wait(Why.OTHERS, now + LOOK_AGAIN)
    left = connection.scalar(select(exists().where(pending(session))))
    return Over.NOTHING_FOR_ME if left else Over.DONE

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

from sqlalchemy import Connection, Row, RowMapping, and_, delete, exists, insert, select, update

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
from core.campaigns.storage.claim_sql import (
    MESSAGES,
    NEXT_TASK,
    PENDING,
    SOONEST,
    WAITING,
    gate,
    write_claim,
)
from core.campaigns.storage.leases import reap
from core.campaigns.storage.tables import (
    task_attempts,
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
    me = _me(connection, session, sender, terms.limits, now)
    held = _held(me, terms.limits, now)
    if held is not None:
        return held
    task = _take_task(connection, session, sender, now)
    if task is None:
        return _nothing(connection, session, sender, now)
    return _write(connection, session, sender, terms, task, me, now, owner)


def _me(
    connection: Connection, session: Session, sender: int, limits: Limits, now: datetime
) -> RowMapping:
    statement = gate(limited=_counts(limits), capped=bool(limits.group_max_per_hour))
    parameters: dict[str, Any] = {"b_sender": sender, "b_group": session.group}
    if _counts(limits):
        parameters["b_sender_most"] = limits.max_per_hour - 1
    if limits.group_max_per_hour:
        parameters["b_group_most"] = limits.group_max_per_hour - 1
    if _counts(limits) or limits.group_max_per_hour:
        parameters["b_hour_ago"] = now - HOUR
    return connection.execute(statement, parameters).mappings().one()


def _counts(limits: Limits) -> bool:
    """Whether there is an hourly limit at all: without one there is nothing to count."""
    return limits.max_per_hour < 1_000_000


def _held(me: RowMapping, limits: Limits, now: datetime) -> Wait | Over | None:
    """Why this sender may not send now, None where it may."""
    if me["is_blocked"] or not me["is_active"]:
        return Over.SENDER_BLOCKED
    if me["wish"] == Wish.STOP:
        return Over.STOPPED
    if me["wish"] == Wish.PAUSE:
        return Wait(Why.PAUSED, now + LOOK_AGAIN)
    until = [(Why.PACE, me["next_at"])]
    if (oldest := me.get("sender_oldest")) is not None:
        until.append((Why.HOURLY, oldest + HOUR))
    if limits.group_max_per_hour:
        until.append((Why.GROUP_CAP, me["group_next_at"]))
        if (oldest := me["group_oldest"]) is not None:
            until.append((Why.GROUP_CAP, oldest + HOUR))
    waits = [Wait(why, moment) for why, moment in until if moment is not None and moment > now]
    return max(waits, key=lambda wait: wait.until, default=None)


def _take_task(
    connection: Connection, session: Session, sender: int, now: datetime
) -> Row[Any] | None:
    parameters = {"b_group": session.group, "b_sender": sender, "b_now": now}
    for _try in range(_CHATS_TRIED):
        task = connection.execute(NEXT_TASK, parameters).first()
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
    me: RowMapping,
    now: datetime,
    owner: str,
) -> Claim | Wait | Over:
    """The attempt, before the call. Where no message fits, it fails here."""
    of_task = {"b_run": session.run_id, "b_task": task.id}
    waiting = connection.execute(WAITING, of_task).first()
    cycle = waiting.cycle if waiting else task.completed_cycles + 1
    usable = _usable(connection, session.group, _fields_of(task), terms.last_line)
    if usable is None:
        return Over.NO_MESSAGES
    if not usable:
        _fail_here(connection, session, task, cycle, now, has_row=waiting is not None)
        return Wait(Why.CHATS, now)
    is_same = waiting is not None and waiting.message_id in usable
    if waiting is not None and is_same:
        message = waiting.message_id
    else:
        dice = chance(session.seed, "message", task.id, cycle)
        message = choose([found for found, _text in usable.values()], terms.order, dice).id
    claim_id = f"{owner}:{uuid.uuid4().hex}"
    tries = waiting.tries + 1 if waiting else 1
    turn = (sender, me["turn"])
    limits = terms.limits
    parameters = {
        **of_task,
        "b_attempt": waiting.id if waiting else None,
        "b_cycle": cycle,
        "b_sender": sender,
        "b_group": session.group,
        "b_message": message,
        "b_claim": claim_id,
        "b_tries": tries,
        "b_now": now,
        "b_lease_until": now + terms.lease,
        "b_sender_next": now + limits.sender_gap(chance(session.seed, "sender", *turn)),
        "b_group_next": now + limits.group_gap(chance(session.seed, "group", *turn)),
    }
    attempt = write_claim(
        connection,
        parameters,
        again=waiting is not None,
        count=not is_same,
        capped=bool(limits.group_max_per_hour),
    )
    return Claim(
        id=claim_id,
        task=task.id,
        attempt=attempt,
        chat=task.chat,
        cycle=cycle,
        tries=tries,
        sender=sender,
        message=message,
        text=usable[message][1],
        session=session,
    )


def _usable(
    connection: Connection, group: str, fields: Mapping[str, str], last_line: str
) -> dict[int, tuple[Message, str]] | None:
    """The messages that this chat has all fields for, with their texts; None: there are none."""
    rows = connection.execute(MESSAGES, {"b_group": group}).all()
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
    parameters = {"b_group": session.group, "b_sender": sender}
    next_at = connection.execute(SOONEST, parameters).first()
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
    left = connection.scalar(select(exists().where(PENDING)), parameters)
    return Over.NOTHING_FOR_ME if left else Over.DONE

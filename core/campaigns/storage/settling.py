"""Settling: what came of a call, written in one short transaction after it.

Locks are taken in the order of core.campaigns.storage.claims: sender, task, chat.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.campaigns.sending.limits import is_private
from core.campaigns.storage.claims import Terms
from core.campaigns.storage.leases import finish_cycle
from core.campaigns.storage.moving import follow
from core.campaigns.storage.opting_out import opt_out
from core.campaigns.storage.tables import (
    group_senders,
    send_log,
    sender_daily_stats,
    senders,
    task_attempts,
    task_refusals,
    tasks,
    turns,
)
from core.campaigns.telegram.outcomes import Cause, Consequence, Outcome
from core.campaigns.words import AttemptStatus, Claim, TaskStatus

UNEXPECTED_IN_A_ROW = 3
MOST_TRIES = 5  # in one cycle, where it is the chat that puts off


@dataclass(frozen=True, slots=True)
class Arrived:
    """Telegram took the message and gave it this number."""

    telegram_message: int


def settle(
    connection: Connection, claim: Claim, result: Arrived | Outcome, terms: Terms, now: datetime
) -> AttemptStatus | None:
    """Write what came of the call. To be called in a transaction.

    Returns how the attempt stands, None where it is not ours any more: our lease ran out, and
    somebody repeated it on purpose.
    """
    _lock_sender(connection, claim, result)
    attempt = connection.execute(
        select(task_attempts)
        .where(task_attempts.c.id == claim.attempt, task_attempts.c.claim == claim.id)
        .with_for_update()
    ).first()
    if attempt is None:
        return None
    task = connection.execute(select(tasks).where(tasks.c.id == claim.task).with_for_update()).one()
    status, error = _status(claim, result)
    if task.is_blocked and status is AttemptStatus.WAITING:  # by an opt-out during the call
        status = AttemptStatus.FAILED
    detail = result.detail if isinstance(result, Outcome) else None
    connection.execute(
        update(task_attempts)
        .where(task_attempts.c.id == claim.attempt)
        .values(status=status.value, error=error, detail=detail, finished_at=now)
    )
    _log(connection, claim, result, status, error, now)
    ours = task.lease_owner == claim.id
    if isinstance(result, Arrived):
        _arrived(connection, claim, task)
    else:
        _consequence(connection, claim, result, status, task, now)
    if ours:
        if status is AttemptStatus.WAITING:
            _give_back(connection, claim, result, now)
        else:
            finish_cycle(connection, claim.task, claim.cycle, now, terms.cycle_delay)
    return status


def give_back(connection: Connection, claim: Claim, now: datetime) -> bool:
    """A claim that was not sent, because of a stop: as if it had not been. False: not ours."""
    held = connection.execute(
        update(task_attempts)
        .where(
            task_attempts.c.id == claim.attempt,
            task_attempts.c.claim == claim.id,
            task_attempts.c.status == AttemptStatus.SENDING.value,
        )
        .values(
            status=AttemptStatus.WAITING.value,
            error=Cause.STOPPED.value,
            finished_at=now,
            tries=claim.tries - 1,
        )
    )
    if not held.rowcount:
        return False
    connection.execute(delete(turns).where(turns.c.claim == claim.id))
    _give_back(connection, claim, Outcome(Cause.STOPPED), now)
    return True


def _lock_sender(connection: Connection, claim: Claim, result: Arrived | Outcome) -> None:
    if isinstance(result, Outcome) and result.consequence in (
        Consequence.HOLD_SENDER,
        Consequence.BLOCK_SENDER,
    ):
        connection.execute(
            select(senders.c.id).where(senders.c.id == claim.sender).with_for_update()
        )


def _status(claim: Claim, result: Arrived | Outcome) -> tuple[AttemptStatus, str | None]:
    if isinstance(result, Arrived):
        return AttemptStatus.SENT, None
    error = result.cause.value
    match result.consequence:
        case Consequence.UNKNOWN:
            return AttemptStatus.UNKNOWN, error
        case Consequence.TRY_WHEN_OVER | Consequence.FOLLOW if claim.tries >= MOST_TRIES:
            return AttemptStatus.FAILED, error
        case (
            Consequence.TRY_WHEN_OVER
            | Consequence.FOLLOW
            | Consequence.ANOTHER_SENDER
            | Consequence.HOLD_SENDER
            | Consequence.TRY_AGAIN
            | Consequence.BLOCK_SENDER
        ):
            return AttemptStatus.WAITING, error
    return AttemptStatus.FAILED, error


def _arrived(connection: Connection, claim: Claim, task: Row[Any]) -> None:
    values: dict[str, Any] = {"success_count": tasks.c.success_count + 1, "unexpected": 0}
    if is_private(task.chat) and task.sender_id is None:
        values["sender_id"] = claim.sender  # a private chat belongs to the bot that it started
    connection.execute(update(tasks).where(tasks.c.id == claim.task).values(**values))


def _consequence(
    connection: Connection,
    claim: Claim,
    outcome: Outcome,
    status: AttemptStatus,
    task: Row[Any],
    now: datetime,
) -> None:
    if status is AttemptStatus.FAILED:
        connection.execute(
            update(tasks)
            .where(tasks.c.id == claim.task)
            .values(failed_count=tasks.c.failed_count + 1)
        )
    match outcome.consequence:
        case Consequence.BLOCK_TASK:
            block(connection, claim.task, outcome.cause)
        case Consequence.OPT_OUT:
            opt_out(connection, task.chat, outcome.cause.value, now)
        case Consequence.FAIL_UNEXPECTED:
            connection.execute(
                update(tasks)
                .where(tasks.c.id == claim.task)
                .values(unexpected=tasks.c.unexpected + 1)
            )
            if task.unexpected + 1 >= UNEXPECTED_IN_A_ROW:
                block(connection, claim.task, Cause.TOO_OFTEN)
        case Consequence.ANOTHER_SENDER:
            _not_this_sender(connection, claim, task)
        case Consequence.FOLLOW:
            follow(connection, task.chat, str(outcome.moved_to), now)
        case Consequence.HOLD_SENDER:
            until = now + timedelta(seconds=outcome.wait)
            connection.execute(
                update(senders)
                .where(
                    senders.c.id == claim.sender,
                    senders.c.next_at.is_(None) | (senders.c.next_at < until),
                )
                .values(next_at=until)
            )
        case Consequence.BLOCK_SENDER:
            connection.execute(
                update(senders)
                .where(senders.c.id == claim.sender)
                .values(is_blocked=True, block_reason=outcome.cause.value)
            )
            connection.execute(delete(turns).where(turns.c.claim == claim.id))
        case Consequence.TRY_AGAIN:
            connection.execute(delete(turns).where(turns.c.claim == claim.id))


def block(connection: Connection, task: int, cause: Cause) -> None:
    """Never claimed again, until somebody retries it. The status follows with the lease."""
    connection.execute(
        update(tasks).where(tasks.c.id == task).values(is_blocked=True, block_reason=cause.value)
    )


def _not_this_sender(connection: Connection, claim: Claim, task: Row[Any]) -> None:
    insert_ = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(
        insert_(task_refusals)
        .values(task_id=claim.task, sender_id=claim.sender)
        .on_conflict_do_nothing()
    )
    if task.sender_id == claim.sender:  # the person has forgotten it: any other may try
        connection.execute(update(tasks).where(tasks.c.id == claim.task).values(sender_id=None))
    refused = exists().where(
        task_refusals.c.task_id == claim.task,
        task_refusals.c.sender_id == group_senders.c.sender_id,
    )
    left = select(exists().where(group_senders.c.group_id == claim.session.group, ~refused))
    if not connection.scalar(left):
        block(connection, claim.task, Cause.NO_SENDER)


def _give_back(
    connection: Connection, claim: Claim, result: Arrived | Outcome, now: datetime
) -> None:
    """Pending again in this cycle, or blocked where that was decided meanwhile."""
    wait = timedelta(0)
    if isinstance(result, Outcome) and result.consequence is Consequence.TRY_WHEN_OVER:
        wait = timedelta(seconds=result.wait)
    task = connection.execute(select(tasks).where(tasks.c.id == claim.task)).one()
    if task.lease_owner != claim.id:
        return
    if task.is_blocked:
        connection.execute(
            update(task_attempts)
            .where(task_attempts.c.id == claim.attempt)
            .values(status=AttemptStatus.FAILED.value)
        )
    connection.execute(
        update(tasks)
        .where(tasks.c.id == claim.task)
        .values(
            status=(TaskStatus.BLOCKED if task.is_blocked else TaskStatus.PENDING).value,
            lease_owner=None,
            lease_until=None,
            next_available_at=now + wait,
        )
    )


def _log(
    connection: Connection,
    claim: Claim,
    result: Arrived | Outcome,
    status: AttemptStatus,
    error: str | None,
    now: datetime,
) -> None:
    connection.execute(
        insert(send_log).values(
            sender_id=claim.sender,
            run_id=claim.session.run_id,
            chat=claim.chat,
            message_id=claim.message,
            telegram_message_id=result.telegram_message if isinstance(result, Arrived) else None,
            status=status.value,
            error=error,
            at=now,
        )
    )
    if status not in (AttemptStatus.SENT, AttemptStatus.FAILED):
        return
    column = "sent" if status is AttemptStatus.SENT else "failed"
    insert_ = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(
        insert_(sender_daily_stats)
        .values(sender_id=claim.sender, day=now.date(), **{column: 1})
        .on_conflict_do_update(
            index_elements=[sender_daily_stats.c.sender_id, sender_daily_stats.c.day],
            set_={column: sender_daily_stats.c[column] + 1},
        )
    )

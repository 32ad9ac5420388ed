"""Sessions: a start of a group to its end, joined and gone on with until it is completed."""

import secrets
import uuid
from datetime import datetime

from sqlalchemy import Connection, and_, exists, or_, select, update

from core.campaigns.sending.limits import HOUR, Limits
from core.campaigns.storage.opting_out import unblock
from core.campaigns.storage.tables import (
    group_senders,
    groups,
    messages,
    senders,
    sessions,
    task_attempts,
    task_refusals,
    tasks,
)
from core.campaigns.telegram.outcomes import Cause
from core.campaigns.words import AttemptStatus, Session, SessionState, TaskStatus, Wish

_SEEDS = 2**31


def newest(connection: Connection, group: str) -> tuple[Session, SessionState] | None:
    """The session that the group is in, or was last."""
    row = connection.execute(
        select(sessions)
        .where(sessions.c.group_id == group)
        .order_by(sessions.c.started_at.desc(), sessions.c.run_id)
        .limit(1)
    ).first()
    if row is None:
        return None
    return Session(row.run_id, group, row.cycles, row.seed), SessionState(row.state)


def begin(
    connection: Connection,
    group: str,
    cycles: int,
    now: datetime,
    *,
    new: bool = False,
    seed: int | None = None,
    limits: Limits | None = None,
) -> Session | None:
    """Join a session that is not over, or begin one; None where the newest one is completed.

    `new` begins another after a completed one. In a transaction; two who begin together get the
    same session. A wish to stop is over with it, one to pause holds. With `limits` the senders
    of a new session begin one after the other, spread over their first pause.
    """
    wish = connection.scalar(select(groups.c.wish).where(groups.c.id == group).with_for_update())
    if wish == Wish.STOP:
        connection.execute(update(groups).where(groups.c.id == group).values(wish=Wish.RUN.value))
    last = newest(connection, group)
    if last is not None:
        session, state = last
        if state is SessionState.RUNNING:
            return session
        if not new:
            return None
    seed = secrets.randbelow(_SEEDS) if seed is None else seed
    session = Session(uuid.uuid4().hex, group, cycles, seed)
    connection.execute(
        sessions.insert().values(
            run_id=session.run_id,
            group_id=group,
            state=SessionState.RUNNING.value,
            cycles=cycles,
            seed=seed,
            started_at=now,
        )
    )
    renew_tasks(connection, group, cycles, now)
    if limits is not None:
        _spread(connection, group, limits, now)
    return session


def _spread(connection: Connection, group: str, limits: Limits, now: datetime) -> None:
    of_group = connection.execute(
        select(senders.c.id, senders.c.next_at)
        .join(group_senders)
        .where(group_senders.c.group_id == group, senders.c.is_active, ~senders.c.is_blocked)
        .order_by(senders.c.id)
    ).all()
    for place, sender in enumerate(of_group):
        at = now + HOUR / limits.max_per_hour / len(of_group) * place
        if place and (sender.next_at is None or sender.next_at < at):
            connection.execute(update(senders).where(senders.c.id == sender.id).values(next_at=at))


def renew_tasks(connection: Connection, group: str, cycles: int, now: datetime) -> None:
    """Every chat of the group has all cycles before it; what waited in an old session is over."""
    of_group = select(tasks.c.id).where(tasks.c.group_id == group)
    connection.execute(
        update(task_attempts)
        .where(
            task_attempts.c.task_id.in_(of_group),
            task_attempts.c.status == AttemptStatus.WAITING.value,
        )
        .values(status=AttemptStatus.FAILED.value, error=Cause.STOPPED.value, finished_at=now)
    )
    connection.execute(
        update(tasks)
        .where(tasks.c.group_id == group)
        .values(completed_cycles=0, total_cycles=cycles, next_available_at=None)
    )
    connection.execute(
        update(tasks)
        .where(tasks.c.group_id == group, tasks.c.status == TaskStatus.COMPLETED.value)
        .values(status=TaskStatus.PENDING.value)
    )


def complete(connection: Connection, session: Session, now: datetime) -> bool:
    """End the session where nothing is left; False where something came meanwhile."""
    connection.execute(select(groups.c.id).where(groups.c.id == session.group).with_for_update())
    left = exists().where(
        tasks.c.group_id == session.group,
        tasks.c.status.in_([TaskStatus.PENDING.value, TaskStatus.IN_PROGRESS.value]),
    )
    if connection.scalar(select(left)):
        return False
    connection.execute(
        update(sessions)
        .where(sessions.c.run_id == session.run_id, sessions.c.state == SessionState.RUNNING.value)
        .values(state=SessionState.COMPLETED.value, finished_at=now)
    )
    return True


def block_unreachable(connection: Connection, session: Session) -> int:
    """Block what no sender of the group may write to: theirs was refused, removed or not started.

    Does nothing where all senders are refused: then the session waits for a new token.
    """
    works = and_(
        group_senders.c.group_id == session.group,
        group_senders.c.sender_id == senders.c.id,
        senders.c.is_active,
        ~senders.c.is_blocked,
    )
    if not connection.scalar(select(exists().where(works))):
        return 0
    refused = exists().where(
        task_refusals.c.task_id == tasks.c.id, task_refusals.c.sender_id == senders.c.id
    )
    reachable = exists().where(
        works,
        or_(tasks.c.sender_id.is_(None), tasks.c.sender_id == senders.c.id),
        ~refused,
    )
    return connection.execute(
        update(tasks)
        .where(
            tasks.c.group_id == session.group,
            tasks.c.status == TaskStatus.PENDING.value,
            ~reachable,
        )
        .values(
            status=TaskStatus.BLOCKED.value,
            is_blocked=True,
            block_reason=Cause.NO_SENDER.value,
        )
    ).rowcount


def retry(
    connection: Connection, group: str, now: datetime, *, repeat_unknown: bool
) -> tuple[int, int]:
    """Let what failed in the newest session be tried again; returns attempts and chats freed.

    `repeat_unknown` also what may have arrived. Who does not want to be written to stays out.
    """
    last = newest(connection, group)
    if last is None:
        return 0, 0
    session, _state = last
    freed = unblock(
        connection,
        and_(
            tasks.c.group_id == group,
            tasks.c.block_reason.not_in([Cause.OPTED_OUT.value, Cause.MOVED.value]),
        ),
    )
    of_group = select(tasks.c.id).where(tasks.c.group_id == group)
    connection.execute(task_refusals.delete().where(task_refusals.c.task_id.in_(of_group)))
    wanted = [AttemptStatus.FAILED.value]
    if repeat_unknown:
        wanted.append(AttemptStatus.UNKNOWN.value)
    may = select(tasks.c.id).where(tasks.c.group_id == group, ~tasks.c.is_blocked)
    again = connection.execute(
        update(task_attempts)
        .where(
            task_attempts.c.run_id == session.run_id,
            task_attempts.c.status.in_(wanted),
            task_attempts.c.task_id.in_(may),
        )
        .values(status=AttemptStatus.WAITING.value, claim=None, tries=0)
    ).rowcount
    waits = exists().where(
        task_attempts.c.task_id == tasks.c.id,
        task_attempts.c.status == AttemptStatus.WAITING.value,
    )
    connection.execute(
        update(tasks)
        .where(tasks.c.group_id == group, tasks.c.status == TaskStatus.COMPLETED.value, waits)
        .values(status=TaskStatus.PENDING.value, next_available_at=None)
    )
    if again or freed:
        connection.execute(
            update(sessions)
            .where(sessions.c.run_id == session.run_id)
            .values(state=SessionState.RUNNING.value, finished_at=None)
        )
    return again, freed


def reset(connection: Connection, group: str) -> None:
    """As if the group had never been started: sessions, attempts and counts go.

    The log of what was sent, the statistics of the senders and all opt-outs stay.
    """
    connection.execute(sessions.delete().where(sessions.c.group_id == group))
    unblock(
        connection,
        and_(tasks.c.group_id == group, tasks.c.block_reason != Cause.OPTED_OUT.value),
    )
    connection.execute(
        update(tasks)
        .where(tasks.c.group_id == group)
        .values(
            completed_cycles=0,
            success_count=0,
            failed_count=0,
            unexpected=0,
            last_attempt_at=None,
            next_available_at=None,
            lease_owner=None,
            lease_until=None,
        )
    )
    connection.execute(
        update(tasks)
        .where(tasks.c.group_id == group, ~tasks.c.is_blocked)
        .values(status=TaskStatus.PENDING.value)
    )
    of_group = select(tasks.c.id).where(tasks.c.group_id == group)
    connection.execute(task_refusals.delete().where(task_refusals.c.task_id.in_(of_group)))
    connection.execute(update(messages).where(messages.c.group_id == group).values(usage_count=0))
    connection.execute(update(groups).where(groups.c.id == group).values(wish=Wish.RUN.value))

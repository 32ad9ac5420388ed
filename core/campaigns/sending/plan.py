"""A dry run: the queue itself, on a copy in memory, with time that passes at once.

What it shows is what is then sent with the same seed, because the same code decides both.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, Table, create_engine, event, insert, select

from core.campaigns.sending.limits import HOUR
from core.campaigns.sending.orders import Orders
from core.campaigns.storage.claims import claim
from core.campaigns.storage.settling import Arrived, settle
from core.campaigns.storage.tables import (
    chats,
    group_senders,
    groups,
    messages,
    metadata,
    opt_outs,
    senders,
    sessions,
    task_attempts,
    task_refusals,
    tasks,
    turns,
)
from core.campaigns.words import AttemptStatus, Claim, Over, Wish

_MOMENT = timedelta(milliseconds=50)
_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Planned:
    """A message that would be sent."""

    at: datetime
    sender: int
    chat: str
    cycle: int
    message: int
    text: str


def copy_of(connection: Connection, group: str, now: datetime) -> Engine:
    """The group as it stands, in memory. Whoever gets it calls `dispose()`."""
    copy = create_engine("sqlite://", poolclass=StaticPool)

    @event.listens_for(copy, "connect")
    def connected(raw: Any, _record: object) -> None:
        raw.isolation_level = None

    @event.listens_for(copy, "begin")
    def begun(transaction: Connection) -> None:
        transaction.exec_driver_sql("BEGIN")

    metadata.create_all(copy)
    of_group = select(tasks.c.id).where(tasks.c.group_id == group)
    its_chats = select(tasks.c.chat).where(tasks.c.group_id == group)
    its_senders = select(group_senders.c.sender_id).where(group_senders.c.group_id == group)
    with copy.begin() as target:
        target.exec_driver_sql(
            "CREATE INDEX tasks_in_order ON tasks (group_id, completed_cycles, last_attempt_at, id)"
            " WHERE status = 'pending'"
        )
        for table, where in (
            (groups, groups.c.id == group),
            (senders, senders.c.id.in_(its_senders)),
            (group_senders, group_senders.c.group_id == group),
            (sessions, sessions.c.group_id == group),
            (tasks, tasks.c.group_id == group),
            (messages, messages.c.group_id == group),
            (task_refusals, task_refusals.c.task_id.in_(of_group)),
            (
                task_attempts,
                task_attempts.c.task_id.in_(of_group)
                & (task_attempts.c.status == AttemptStatus.WAITING.value),
            ),
            (chats, chats.c.chat.in_(its_chats)),
            (opt_outs, opt_outs.c.chat.in_(its_chats)),
            (turns, turns.c.sender_id.in_(its_senders) & (turns.c.at > now - HOUR)),
        ):
            _copy(connection, target, table, where)
        target.execute(groups.update().values(wish=Wish.RUN.value))
    return copy


def _copy(source: Connection, target: Connection, table: Table, where: Any) -> None:
    found = source.execute(select(table).where(where)).mappings()
    while rows := found.fetchmany(_ROWS):
        target.execute(insert(table), [dict(row) for row in rows])


def plan(copy: Engine, orders: Orders, senders: Sequence[int], now: datetime) -> Iterator[Planned]:
    """Every message in the order of time, as if Telegram took each at once."""
    looks = [(now, place, sender) for place, sender in enumerate(senders)]
    heapq.heapify(looks)
    count = len(looks)
    while looks:
        now, _place, sender = heapq.heappop(looks)
        if orders.until is not None and now >= orders.until:
            continue
        after = orders.quiet_until(sender, now)
        if after <= now:
            with copy.begin() as connection:
                found = claim(connection, orders.session, sender, orders.terms, now)
                if isinstance(found, Claim):
                    settle(connection, found, Arrived(0), orders.terms, now)
            if isinstance(found, Over):
                continue
            if isinstance(found, Claim):
                yield Planned(now, sender, found.chat, found.cycle, found.message, found.text)
            else:
                after = max(found.until, now + _MOMENT)
        count += 1
        heapq.heappush(looks, (after, count, sender))

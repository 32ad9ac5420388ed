"""A group that became a supergroup has a new number; everything about it follows."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from core.campaigns.storage.opting_out import has_opted_out, opt_out
from core.campaigns.storage.tables import tasks
from core.campaigns.telegram.outcomes import Cause
from core.campaigns.words import TaskStatus


def follow(connection: Connection, old: str, new: str, now: datetime) -> None:
    """Tasks go over to the new number; where it is in the group already the old one is blocked.

    An opt-out goes with it.
    """
    of_chat = connection.execute(
        select(tasks).where(tasks.c.chat == old).order_by(tasks.c.id).with_for_update()
    ).all()
    for task in of_chat:
        there = connection.scalar(
            select(tasks.c.id).where(tasks.c.group_id == task.group_id, tasks.c.chat == new)
        )
        mine = update(tasks).where(tasks.c.id == task.id)
        if there is None:
            connection.execute(mine.values(chat=new))
            continue
        blocked: dict[str, object] = {"is_blocked": True, "block_reason": Cause.MOVED.value}
        if task.status != TaskStatus.IN_PROGRESS:
            blocked["status"] = TaskStatus.BLOCKED.value
        connection.execute(mine.values(**blocked))
    how = has_opted_out(connection, old) or has_opted_out(connection, new)
    if how is not None:
        opt_out(connection, old, how, now)
        opt_out(connection, new, how, now)

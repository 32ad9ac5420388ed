"""What chats said, written down: who subscribes, who stops, and who listens to it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, or_, select, update

from core.campaigns.listening.news import Kind, News
from core.campaigns.storage.keeping_chats import NewChat, add_chats
from core.campaigns.storage.moving import follow
from core.campaigns.storage.opting_out import has_opted_out, lift, opt_out, unblock
from core.campaigns.storage.tables import group_senders, senders, task_refusals, tasks
from core.campaigns.telegram.outcomes import Cause

POLLER_LEASE = timedelta(seconds=90)  # longer than one long poll
SAID_STOP = "stop"


def take_polling(connection: Connection, sender: int, me: str, now: datetime) -> bool:
    """Be the one that asks for this bot's updates, or go on with it; False: somebody else is."""
    free = or_(senders.c.poller.is_(None), senders.c.poller_until <= now, senders.c.poller == me)
    taken = connection.execute(
        update(senders)
        .where(senders.c.id == sender, free)
        .values(poller=me, poller_until=now + POLLER_LEASE)
    )
    return bool(taken.rowcount)


def leave_polling(connection: Connection, sender: int, me: str) -> None:
    connection.execute(
        update(senders)
        .where(senders.c.id == sender, senders.c.poller == me)
        .values(poller=None, poller_until=None)
    )


def write_down(
    connection: Connection, news: News, group: str, sender: int, username: str, now: datetime
) -> None:
    """Do as the chat said. The same news twice changes nothing.

    A newcomer joins `group`, or the group of the bot that its link names.
    """
    match news.kind:
        case Kind.STOP:
            opt_out(connection, news.chat, SAID_STOP, now)
        case Kind.BLOCKED:
            opt_out(connection, news.chat, Cause.BLOCKED_BY_PERSON.value, now)
        case Kind.REMOVED:
            opt_out(connection, news.chat, Cause.REMOVED.value, now)
        case Kind.MOVED:
            follow(connection, news.chat, news.moved_to, now)
        case Kind.START:
            lift(connection, news.chat, f"/start at @{username}", now)
            _join(connection, news, group, sender, f"/start at @{username}", now)
        case Kind.ADDED:
            # Who removed the bot may take it back; an administrator's /stop asks for /start.
            if has_opted_out(connection, news.chat) == Cause.REMOVED:
                lift(connection, news.chat, f"@{username} was added again", now)
            _join(connection, news, group, sender, f"@{username} was added to the chat", now)


def _join(
    connection: Connection, news: News, group: str, sender: int, consent: str, now: datetime
) -> None:
    chosen = group
    if news.payload and connection.scalar(
        select(group_senders.c.group_id).where(
            group_senders.c.group_id == news.payload, group_senders.c.sender_id == sender
        )
    ):
        chosen = news.payload
    chat = NewChat(news.chat, consent, title=news.title)
    add_chats(connection, chosen, [chat], now, sender=sender)
    # Whatever once stood against writing there is over: the chat itself came back.
    its_task = and_(tasks.c.chat == news.chat, tasks.c.group_id == chosen)
    unblock(connection, its_task)
    connection.execute(update(tasks).where(its_task).values(consent=consent, consent_at=now))
    of_chat = select(tasks.c.id).where(its_task)
    connection.execute(task_refusals.delete().where(task_refusals.c.task_id.in_(of_chat)))

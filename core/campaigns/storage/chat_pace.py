"""Not too fast to one chat, whichever senders and groups write to it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from core.campaigns.storage.tables import chats


def take_chat(connection: Connection, chat: str, now: datetime, gap: timedelta) -> datetime | None:
    """Take the chat's turn and return None, or say when it has one.

    In a transaction; whoever wants the same chat meanwhile waits for its end.
    """
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(chats).values(chat=chat, last_at=now)
    taken = connection.execute(
        statement.on_conflict_do_update(
            index_elements=[chats.c.chat],
            set_={"last_at": now},
            where=chats.c.last_at <= now - gap,
        ).returning(chats.c.chat)
    ).first()
    if taken is not None:
        return None
    last = connection.scalar(select(chats.c.last_at).where(chats.c.chat == chat))
    return (last or now) + gap

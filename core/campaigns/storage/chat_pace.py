"""Not too fast to one chat, whichever senders and groups write to it."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from core.campaigns.storage.tables import chats
from core.database.sql.column_types import UtcTime


def take_chat(connection: Connection, chat: str, now: datetime, gap: timedelta) -> datetime | None:
    """Take the chat's turn and return None, or say when it has one.

    In a transaction; whoever wants the same chat meanwhile waits for its end.
    """
    parameters = {"b_chat": chat, "b_now": now, "b_before": now - gap}
    taken = connection.execute(_take(connection.dialect.name), parameters).first()
    if taken is not None:
        return None
    last = connection.scalar(select(chats.c.last_at).where(chats.c.chat == chat))
    return (last or now) + gap


@lru_cache
def _take(dialect: str) -> Any:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    now = bindparam("b_now", type_=UtcTime)
    return (
        insert(chats)
        .values(chat=bindparam("b_chat"), last_at=now)
        .on_conflict_do_update(
            index_elements=[chats.c.chat],
            set_={"last_at": now},
            where=chats.c.last_at <= bindparam("b_before", type_=UtcTime),
        )
        .returning(chats.c.chat)
    )

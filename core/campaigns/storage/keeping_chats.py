"""Chats of a group: each with when and how it said that it wants messages."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from core.campaigns.storage.opting_out import has_opted_out
from core.campaigns.storage.sessions import newest
from core.campaigns.storage.tables import tasks
from core.campaigns.telegram.outcomes import Cause
from core.campaigns.words import SessionState, TaskStatus

_CHAT = re.compile(r"-?[1-9][0-9]{0,18}|@[A-Za-z][A-Za-z0-9_]{3,31}")


@dataclass(frozen=True, slots=True)
class NewChat:
    """`consent` says where it was given; further `fields` are those of messages."""

    chat: str
    consent: str
    title: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


def chat_of(text: str) -> str | None:
    """A chat as it is kept: a number, or an @name in small letters; None where it is neither."""
    text = text.strip()
    if text.startswith("https://t.me/"):
        text = "@" + text.removeprefix("https://t.me/")
    return text.lower() if _CHAT.fullmatch(text) else None


def add_chats(
    connection: Connection,
    group: str,
    chats: Iterable[NewChat],
    now: datetime,
    *,
    sender: int | None = None,
) -> tuple[int, int, int]:
    """How many are new, were there, and are there but opted out.

    A chat that was there keeps its progress and gets the newer fields. One that opted out is kept
    blocked: only the chat itself lifts that. `sender` is the only one that may write to them.
    """
    last = newest(connection, group)
    cycles = last[0].cycles if last else 1
    # In a completed session nothing is sent any more: newcomers wait for the next one.
    over = last is not None and last[1] is SessionState.COMPLETED
    new = known = out = 0
    for chat in chats:
        there = connection.execute(
            select(tasks.c.id, tasks.c.fields, tasks.c.title).where(
                tasks.c.group_id == group, tasks.c.chat == chat.chat
            )
        ).first()
        has_left = has_opted_out(connection, chat.chat) is not None
        out += has_left
        if there is not None:
            known += 1
            values: dict[str, object] = {
                "fields": {**there.fields, **chat.fields},
                "title": chat.title or there.title,
            }
            if sender is not None:
                values["sender_id"] = sender
            connection.execute(update(tasks).where(tasks.c.id == there.id).values(**values))
            continue
        new += 1
        status = TaskStatus.COMPLETED if over else TaskStatus.PENDING
        connection.execute(
            insert(tasks).values(
                group_id=group,
                chat=chat.chat,
                title=chat.title or None,
                fields=dict(chat.fields),
                consent=chat.consent,
                consent_at=now,
                total_cycles=cycles,
                status=(TaskStatus.BLOCKED if has_left else status).value,
                is_blocked=has_left,
                block_reason=Cause.OPTED_OUT.value if has_left else None,
                sender_id=sender,
            )
        )
    return new, known, out

"""Chats of a group: each with when and how it said that it wants messages."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.campaigns.storage.opting_out import opted_out_of
from core.campaigns.storage.sessions import newest
from core.campaigns.storage.tables import tasks
from core.campaigns.telegram.outcomes import Cause
from core.campaigns.words import SessionState, TaskStatus

_AT_ONCE = 500  # chats asked for in one statement
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
    added, known, out = 0, 0, 0
    for batch in _batches(chats):
        names = list(batch)
        of_group = tasks.c.group_id == group
        there = {
            row.chat: row
            for row in connection.execute(
                select(tasks.c.id, tasks.c.chat, tasks.c.fields, tasks.c.title).where(
                    of_group, tasks.c.chat.in_(names)
                )
            )
        }
        gone = opted_out_of(connection, names)
        out += len(gone)
        known += len(there)
        new = []
        for chat in batch.values():
            if (row := there.get(chat.chat)) is not None:
                _refresh(connection, row, chat, sender)
                continue
            has_left = chat.chat in gone
            status = TaskStatus.COMPLETED if over else TaskStatus.PENDING
            new.append(
                {
                    "group_id": group,
                    "chat": chat.chat,
                    "title": chat.title or None,
                    "fields": dict(chat.fields),
                    "consent": chat.consent,
                    "consent_at": now,
                    "total_cycles": cycles,
                    "status": (TaskStatus.BLOCKED if has_left else status).value,
                    "is_blocked": has_left,
                    "block_reason": Cause.OPTED_OUT.value if has_left else None,
                    "sender_id": sender,
                }
            )
        added += len(new)
        if new:
            connection.execute(insert(tasks), new)
    return added, known, out


def _batches(chats: Iterable[NewChat]) -> Iterator[dict[str, NewChat]]:
    """By chat; of one that comes twice in a batch the later row counts."""
    rows = iter(chats)
    while batch := {chat.chat: chat for chat in islice(rows, _AT_ONCE)}:
        yield batch


def _refresh(connection: Connection, row: Any, chat: NewChat, sender: int | None) -> None:
    """What is newer of a chat that is there; its progress and its consent stay."""
    values: dict[str, object] = {
        "fields": {**row.fields, **chat.fields},
        "title": chat.title or row.title,
    }
    if sender is not None:
        values["sender_id"] = sender
    connection.execute(update(tasks).where(tasks.c.id == row.id).values(**values))

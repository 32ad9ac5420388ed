"""What an update of the Bot API says about consent; everything else is none of our business."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_COMMAND = re.compile(r"/(start|stop)(?:@\w+)?(?:\s+(\S+))?\s*", re.IGNORECASE)
_PLAIN_STOP = frozenset({"stop", "стоп"})  # who writes it to a bot means it
_IN = frozenset({"member", "administrator", "creator", "restricted"})


class Kind(StrEnum):
    """What the chat wants."""

    START = "start"
    STOP = "stop"
    ADDED = "added"  # the bot, to a group or channel
    REMOVED = "removed"
    BLOCKED = "blocked"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class News:
    """`user` is who has to be an administrator for it to count, 0 where nobody has to.

    `payload` is what stood behind /start in a link; `moved_to` the new number of a group.
    """

    kind: Kind
    chat: str
    title: str = ""
    user: int = 0
    payload: str = ""
    moved_to: str = ""


def read(update: dict[str, Any]) -> News | None:
    """The news in an update, None where there is none."""
    if isinstance(member := update.get("my_chat_member"), dict):
        return _membership(member)
    for kind in ("message", "channel_post"):
        if isinstance(message := update.get(kind), dict):
            return _message(message)
    return None


def _membership(member: dict[str, Any]) -> News | None:
    chat = member.get("chat") or {}
    number, title, private = _chat(chat)
    is_in = (member.get("new_chat_member") or {}).get("status") in _IN
    was_in = (member.get("old_chat_member") or {}).get("status") in _IN
    if private:
        # Who lets a blocked bot in again has not asked for messages yet: /start does.
        return None if is_in else News(Kind.BLOCKED, number, title)
    if is_in and not was_in:
        is_channel = chat.get("type") == "channel"  # only administrators can add it there
        user = 0 if is_channel else int((member.get("from") or {}).get("id") or 0)
        return News(Kind.ADDED, number, title, user=user)
    return None if is_in else News(Kind.REMOVED, number, title)


def _message(message: dict[str, Any]) -> News | None:
    chat = message.get("chat") or {}
    number, title, private = _chat(chat)
    if new := message.get("migrate_to_chat_id"):
        return News(Kind.MOVED, number, title, moved_to=str(new))
    text = str(message.get("text") or "").strip()
    match = _COMMAND.fullmatch(text)
    if match is not None:
        kind, payload = Kind(match[1].lower()), match[2] or ""
    elif private and text.casefold() in _PLAIN_STOP:
        kind, payload = Kind.STOP, ""
    else:
        return None
    anonymous = (message.get("sender_chat") or {}).get("id") == chat.get("id")
    everybody = private or anonymous or chat.get("type") == "channel"
    user = 0 if everybody else int((message.get("from") or {}).get("id") or 0)
    return News(kind, number, title, user=user, payload=payload)


def _chat(chat: dict[str, Any]) -> tuple[str, str, bool]:
    number = str(chat.get("id", ""))
    names = (chat.get("title"), chat.get("first_name"), chat.get("username"))
    title = next((str(name) for name in names if name), "")
    return number, title, chat.get("type") == "private"

"""Which message a chat gets, and its text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

LONGEST_TEXT = 4096  # characters, as Telegram counts them: in UTF-16 units

_FIELD = re.compile(r"\{\{|\}\}|\{(?P<name>[^\W\d]\w*)(?:\|(?P<otherwise>[^{}]*))?\}")


class Order(StrEnum):
    """How a group's messages follow each other."""

    IN_TURN = "in_turn"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Message:
    id: int
    text: str
    usage_count: int


class FieldMissing(Exception):
    """The chat has no value for a field of the message; `args[0]` is its name."""


class TextUnusable(Exception):
    """Telegram would refuse this text: it is empty or too long."""


def choose(messages: Sequence[Message], order: Order, chance: float) -> Message:
    """One of the least used: the oldest in turn, any of them at random (`chance` from 0 to 1).

    Raises ValueError where there are none.
    """
    least = min(message.usage_count for message in messages)
    candidates = sorted(
        (message for message in messages if message.usage_count == least),
        key=lambda message: message.id,
    )
    return candidates[0 if order is Order.IN_TURN else int(chance * len(candidates))]


def fill_in(text: str, fields: Mapping[str, str]) -> str:
    """The text with its `{name}` fields; `{name|friend}` says what stands there without one.

    `{{` and `}}` are braces. Raises FieldMissing.
    """

    def value(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None:
            return match[0][0]
        if fields.get(name):
            return fields[name]
        if match["otherwise"] is None:
            raise FieldMissing(name)
        return match["otherwise"]

    return _FIELD.sub(value, text)


def field_names(text: str) -> list[str]:
    """The fields that a chat must have, in the order of the text."""
    found = [m["name"] for m in _FIELD.finditer(text) if m["name"] and m["otherwise"] is None]
    return list(dict.fromkeys(found))


def has_loose_braces(text: str) -> bool:
    """Whether a brace opens or closes no field: a typing mistake that would be sent."""
    rest = _FIELD.sub("", text)
    return "{" in rest or "}" in rest


def complete(text: str, fields: Mapping[str, str], last_line: str) -> str:
    """What is sent: fields filled in, and how to stop as the last line where there is one.

    Raises FieldMissing and TextUnusable.
    """
    body = fill_in(text, fields).strip()
    whole = f"{body}\n\n{last_line}" if last_line else body
    if not body or len(whole.encode("utf-16-le")) // 2 > LONGEST_TEXT:
        raise TextUnusable
    return whole

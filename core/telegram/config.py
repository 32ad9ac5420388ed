"""What the bot is told by the settings."""

from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

API_URL = "https://api.telegram.org"


class Kind(StrEnum):
    """Kinds of messages that can be switched off one by one (TELEGRAM_EVENTS)."""

    START = "start"
    PROGRESS = "progress"
    ERRORS = "errors"
    OUTAGE = "outage"
    END = "end"


ALL_KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local time of day when the phone shall not buzz; may reach over midnight.

    Milestones are left out and errors are gathered until the end of the quiet hours; start,
    outage and end arrive at once, without a sound.
    """

    begin: time
    end: time

    def cover(self, moment: datetime) -> bool:
        """Whether the moment (with a time zone) lies in the quiet hours."""
        now = moment.astimezone().time()
        if self.begin <= self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end


@dataclass(frozen=True, slots=True)
class TelegramConfig:
    """How to reach Telegram, whom to talk to and about what.

    `chat` is the number of the chat, negative for a group. `token` is a secret and never
    shown: it is no part of the text form of this object. `proxy` may hold a password.
    """

    token: str = field(repr=False)
    chat: int
    api_url: str = API_URL
    proxy: str = field(default="", repr=False)
    kinds: frozenset[Kind] = ALL_KINDS
    quiet: QuietHours | None = None


def mask_chat(chat: int) -> str:
    """The end of a chat's number: enough to recognise it in the log, not to use it."""
    return f"•••{str(chat)[-3:]}"

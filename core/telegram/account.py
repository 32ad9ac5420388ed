"""A bot, and how to reach Telegram as it."""

from dataclasses import dataclass, field

from core.settings.secret import Secret

API_URL = "https://api.telegram.org"


@dataclass(frozen=True, slots=True)
class BotAccount:
    """`proxy` may hold a password; empty for a direct way."""

    token: Secret
    api_url: str = API_URL
    proxy: Secret = field(default_factory=Secret)


def mask_chat(chat: int) -> str:
    """The end of a chat's number: enough to recognise it in the log, not to use it."""
    return f"•••{str(chat)[-3:]}"

"""What can go wrong between us and Telegram, without a trace of the token."""

import re
from enum import StrEnum

from core.logs.log_text import without_secrets
from core.logs.secret_spellings import pattern_of


class Trouble(StrEnum):
    """Each asks for something else: wait and try again, give up one message, or give up."""

    UNREACHABLE = "unreachable"  # no connection, timed out, proxy down
    SERVER = "server"  # Telegram answered 5xx or something that is no answer
    FLOOD = "flood"  # too many messages; `wait` says how long to be silent
    CONFLICT = "conflict"  # another program polls with this token, or a webhook is set
    TOKEN_REJECTED = "token_rejected"  # noqa: S105 - a kind of trouble, not a secret
    CHAT_REFUSED = "chat_refused"  # the bot was blocked, or was removed from the group
    BAD_REQUEST = "bad_request"  # Telegram does not like this one message
    CHAT_MOVED = "chat_moved"  # a group became a supergroup; `detail` is its new number
    UNUSABLE_SETTING = "unusable_setting"  # API address or proxy cannot be used at all

    @property
    def passing(self) -> bool:
        """Whether the same request may work later."""
        return self in (Trouble.UNREACHABLE, Trouble.SERVER, Trouble.FLOOD)


class TelegramTrouble(Exception):
    """A call did not work. `detail` is Telegram's own word, free of secrets.

    Raised without cause and context: the library's exceptions know the address they called,
    and the address holds the token.
    """

    def __init__(self, kind: Trouble, detail: str = "", wait: float = 0.0) -> None:
        super().__init__(f"{kind}: {detail}" if detail else str(kind))
        self.kind = kind
        self.detail = detail
        self.wait = wait


_ADDRESS = re.compile(r"(?i)\b(?:https?|socks\w*)://\S+")
_TOKEN = re.compile(r"\d{5,}(?::|%3A)[\w-]{20,}")
_DETAIL_LENGTH = 200


def clean(text: str, *secrets: str) -> str:
    """The text on one line, cut, without addresses, tokens and the given secrets."""
    for secret in filter(None, secrets):
        text = re.sub(pattern_of(secret), "•••", text, flags=re.IGNORECASE)
    text = without_secrets(text)
    text = _TOKEN.sub("•••", _ADDRESS.sub("•••", text))
    return " ".join(text.split())[:_DETAIL_LENGTH]

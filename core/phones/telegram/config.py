"""What the bot is told by the settings."""

from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from core.errors import SettingsError
from core.i18n import _
from core.phones.settings.model import Settings
from core.settings.secret import Secret
from core.telegram.account import API_URL, BotAccount


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

    `chat` is the number of the chat, negative for a group. `proxy` may hold a password.
    """

    token: Secret
    chat: int
    api_url: str = API_URL
    proxy: Secret = field(default_factory=Secret)
    kinds: frozenset[Kind] = ALL_KINDS
    quiet: QuietHours | None = None

    @property
    def account(self) -> BotAccount:
        """The bot itself, whatever it says to whom."""
        return BotAccount(self.token, self.api_url, self.proxy)


def telegram_config(settings: Settings) -> TelegramConfig:
    """What the settings say of Telegram, whether it is switched on or not.

    Raises SettingsError where the token or the chat is missing.
    """
    if not settings.telegram_bot_token:
        raise SettingsError(
            _("There is no Telegram bot token yet."),
            _("Get one from @BotFather and enter it in the settings (TELEGRAM_BOT_TOKEN)."),
        )
    if not settings.telegram_chat_id:
        raise SettingsError(
            _("There is no Telegram chat yet."),
            _("Enter its number in the settings (TELEGRAM_CHAT_ID)."),
        )
    hours = settings.telegram_quiet_hours
    return TelegramConfig(
        token=settings.telegram_bot_token,
        chat=int(settings.telegram_chat_id),
        api_url=settings.telegram_api_url,
        proxy=settings.telegram_proxy,
        kinds=frozenset(Kind(kind) for kind in settings.telegram_events),
        quiet=QuietHours(*hours) if hours else None,
    )

"""The one table of settings: names, kinds, defaults and what they are for.

Reading and checking, the settings view, `.env.example`, README's table and the problem report
all follow it. Names and defaults are a contract with the operators' `.env` files.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from core.i18n import _
from core.phones.outcome import Accept
from core.settings.kinds import (
    Address,
    ChatId,
    Choice,
    Decimal,
    DecimalOrAuto,
    Flag,
    Hours,
    Kind,
    Location,
    ProxyAddress,
    Several,
    TimeOfDay,
    Token,
    Whole,
)
from core.settings.secret import Secret


class Group(StrEnum):
    """Where a setting stands in the settings view, in this order."""

    CONNECTION = "connection"
    PACE = "pace"
    COLLECTION = "collection"
    FILES = "files"
    TELEGRAM = "telegram"
    PROGRAM = "program"


def group_title(group: Group) -> str:
    """The heading of a group, in the present language."""
    return {
        Group.CONNECTION: _("Connection"),
        Group.PACE: _("Pace and retries"),
        Group.COLLECTION: _("Collection"),
        Group.FILES: _("Files and backups"),
        Group.TELEGRAM: _("Telegram"),
        Group.PROGRAM: _("Program"),
    }[group]


@dataclass(frozen=True, slots=True)
class SettingField:
    """One setting.

    `name` is its name in the environment and in `.env`, `attribute` that in `Settings`;
    `default` is text of the same form as given by the user, empty for 'not set', which is read
    as `blank`. `explanation()` is one plain line in the present language. `in_demo` is False
    for what the demo sets itself, whatever the user has chosen: server, files, Telegram.
    `demo_default` is a default of the demo's own, where it has one.
    """

    name: str
    attribute: str
    group: Group
    kind: Kind
    default: str
    explanation: Callable[[], str]
    blank: object = None
    in_demo: bool = True
    demo_default: str | None = None

    def usual(self, demo: bool) -> str:
        """The default, in the demo or outside it."""
        return self.demo_default if demo and self.demo_default is not None else self.default

    def read(self, text: str) -> object:
        """The value of `text`, `blank` where it is empty; ValueError where it is not allowed."""
        return self.kind.read(text) if text else self.blank

    @property
    def is_secret(self) -> bool:
        """Never shown, never repeated in an error."""
        return isinstance(self.kind, Token | ProxyAddress)

    @property
    def is_token(self) -> bool:
        """Kept in the system's credential store where there is one."""
        return isinstance(self.kind, Token)


TELEGRAM_KINDS = ("start", "progress", "errors", "outage", "end")
_PROXIES = ("http", "https", "socks5", "socks5h")

FIELDS: tuple[SettingField, ...] = (
    SettingField(
        "DATAMASTER_API_URL",
        "api_url",
        Group.CONNECTION,
        Address(),
        "https://prostats.info/api/index.php",
        lambda: _("Address of the DataMaster API."),
        in_demo=False,
    ),
    SettingField(
        "DATAMASTER_API_TOKEN",
        "api_token",
        Group.CONNECTION,
        Token(),
        "",
        lambda: _("Your DataMaster API token. It is a secret: whoever has it sees all clients."),
        blank=Secret(),
        in_demo=False,
    ),
    SettingField(
        "REQUEST_TIMEOUT",
        "request_timeout",
        Group.CONNECTION,
        Decimal(0.1, 600),
        "30",
        lambda: _("Seconds to wait for an answer before a request counts as failed."),
    ),
    SettingField(
        "RATE_LIMIT_DELAY",
        "rate_limit_delay",
        Group.PACE,
        DecimalOrAuto(Decimal(0, 3600)),
        "0.5",
        lambda: _("Seconds between two requests; auto finds the fastest pace the server bears."),
        demo_default="0.03",  # a demo that takes half a minute
    ),
    SettingField(
        "MAX_REQUESTS_PER_SECOND",
        "max_requests_per_second",
        Group.PACE,
        Decimal(0.1, 1000),
        "20",
        lambda: _("The automatic pace never sends more requests a second than this."),
    ),
    SettingField(
        "WORKERS",
        "workers",
        Group.PACE,
        Whole(1, 100),
        "5",
        lambda: _("How many projects are read at the same time."),
    ),
    SettingField(
        "MAX_RETRIES",
        "max_retries",
        Group.PACE,
        Whole(0, 20),
        "3",
        lambda: _("How many times a failed request is tried again."),
    ),
    SettingField(
        "OUTAGE_LIMIT",
        "outage_limit",
        Group.PACE,
        Decimal(0, 604_800),
        "14400",
        lambda: _("Seconds to wait for a server that does not answer before the run ends."),
    ),
    SettingField(
        "PHONE_ACCEPT",
        "phone_accept",
        Group.COLLECTION,
        Choice(tuple(Accept)),
        "valid",
        lambda: _("Which numbers count as phones; possible also takes unknown number ranges."),
    ),
    SettingField(
        "QUICK_FULL_EVERY",
        "quick_full_every",
        Group.COLLECTION,
        Whole(1, 1000),
        "10",
        lambda: _("In quick mode each project is read completely every so many runs."),
    ),
    SettingField(
        "SMART_MAX_DAYS",
        "smart_max_days",
        Group.COLLECTION,
        Whole(1, 365),
        "7",
        lambda: _("In smart mode no project is left unread for more days than this."),
    ),
    SettingField(
        "DAILY_AT",
        "daily_at",
        Group.COLLECTION,
        TimeOfDay(),
        "",
        lambda: _("Time of the daily collection while the program runs; empty for none."),
        in_demo=False,
    ),
    SettingField(
        "DATABASE_PATH",
        "database_path",
        Group.FILES,
        Location(),
        "data/phones.db",
        lambda: _("The database file."),
        in_demo=False,
    ),
    SettingField(
        "EXPORT_DIR",
        "export_dir",
        Group.FILES,
        Location(),
        "data/exports",
        lambda: _("The folder that reports are written to."),
        in_demo=False,
    ),
    SettingField(
        "BACKUP_KEEP",
        "backup_keep",
        Group.FILES,
        Whole(1, 365),
        "7",
        lambda: _("How many backups of the database are kept."),
    ),
    SettingField(
        "LOG_FILE",
        "log_file",
        Group.FILES,
        Location(),
        "logs/collector.log",
        lambda: _("The log file."),
        in_demo=False,
    ),
    SettingField(
        "LOG_LEVEL",
        "log_level",
        Group.FILES,
        Choice(("DEBUG", "INFO", "WARNING", "ERROR")),
        "INFO",
        lambda: _("How much is written to the log; DEBUG is the most."),
    ),
    SettingField(
        "TELEGRAM_ENABLED",
        "telegram_enabled",
        Group.TELEGRAM,
        Flag(),
        "false",
        lambda: _("Whether a Telegram bot tells about runs and takes commands."),
        in_demo=False,
    ),
    SettingField(
        "TELEGRAM_BOT_TOKEN",
        "telegram_bot_token",
        Group.TELEGRAM,
        Token(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,200}"),
        "",
        lambda: _("The token of your bot, from @BotFather. It is a secret."),
        blank=Secret(),
        in_demo=False,
    ),
    SettingField(
        "TELEGRAM_CHAT_ID",
        "telegram_chat_id",
        Group.TELEGRAM,
        ChatId(),
        "",
        lambda: _("The chat that gets the messages and whose commands are obeyed."),
        blank="",
        in_demo=False,
    ),
    SettingField(
        "TELEGRAM_EVENTS",
        "telegram_events",
        Group.TELEGRAM,
        Several(TELEGRAM_KINDS),
        ",".join(TELEGRAM_KINDS),
        lambda: _("What the bot tells about."),
        in_demo=False,
    ),
    SettingField(
        "TELEGRAM_QUIET_HOURS",
        "telegram_quiet_hours",
        Group.TELEGRAM,
        Hours(),
        "",
        lambda: _("Hours in which the bot keeps quiet; empty for none."),
        in_demo=False,
    ),
    SettingField(
        "TELEGRAM_API_URL",
        "telegram_api_url",
        Group.TELEGRAM,
        Address(own_network=True),
        "https://api.telegram.org",
        lambda: _("Address of the Telegram Bot API, where the usual one cannot be reached."),
        in_demo=False,
    ),
    SettingField(
        "TELEGRAM_PROXY",
        "telegram_proxy",
        Group.TELEGRAM,
        ProxyAddress(_PROXIES),
        "",
        lambda: _("Proxy for Telegram, such as socks5://user:password@host:1080; empty for none."),
        blank=Secret(),
        in_demo=False,
    ),
    SettingField(
        "LANGUAGE",
        "language",
        Group.PROGRAM,
        Choice(("ru", "en")),
        "",
        lambda: _("Language of the program; empty for that of the system."),
        blank="",
    ),
    SettingField(
        "THEME",
        "theme",
        Group.PROGRAM,
        Choice(("system", "light", "dark")),
        "system",
        lambda: _("Colours of the window."),
    ),
    SettingField(
        "NOTIFICATIONS",
        "notifications",
        Group.PROGRAM,
        Flag(),
        "true",
        lambda: _("Whether the system announces the end of a run."),
    ),
)

BY_NAME = {field.name: field for field in FIELDS}

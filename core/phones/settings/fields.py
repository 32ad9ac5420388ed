"""The one table of settings: names, kinds, defaults and what they are for.

Reading and checking, the settings view, `.env.example`, docs/settings.md and the problem report all
follow it. Names and defaults are a contract with the operators' `.env` files.
"""

from functools import partial

from core.i18n import _
from core.phones.numbers.outcome import Accept
from core.phones.settings.groups import Group, group_title
from core.settings.common import (
    LANGUAGE,
    LOG_FILE,
    LOG_FORMAT,
    LOG_LEVEL,
    TELEGRAM_API_URL,
    TELEGRAM_PROXY,
)
from core.settings.kinds import (
    Address,
    ChatId,
    Choice,
    Decimal,
    DecimalOrAuto,
    Flag,
    Hours,
    Listening,
    Location,
    Several,
    TimeOfDay,
    Token,
    Whole,
)
from core.settings.secret import Secret
from core.settings.setting_field import SettingField

TELEGRAM_KINDS = ("start", "progress", "errors", "outage", "end")

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
        lambda: _(
            "Seconds between two requests; auto finds the fastest pace that the server bears."
        ),
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
        lambda: _(
            "Seconds to wait for a server that does not answer before the run ends;"
            " 14400 is four hours."
        ),
    ),
    SettingField(
        "PHONE_ACCEPT",
        "phone_accept",
        Group.COLLECTION,
        Choice(tuple(Accept)),
        "valid",
        lambda: _("Which numbers count as phones: valid ones only, or of unknown ranges too."),
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
        written_to=True,
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
    LOG_FILE,
    LOG_LEVEL,
    LOG_FORMAT,
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
    TELEGRAM_API_URL,
    TELEGRAM_PROXY,
    SettingField(
        "SERVICE_HTTP",
        "service_http",
        Group.PROGRAM,
        Listening(),
        "",
        lambda: _("Where other programs may watch and steer, such as 127.0.0.1:8080; empty: off."),
        in_demo=False,
    ),
    LANGUAGE,
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

GROUPS = tuple((group, partial(group_title, group)) for group in Group)
BY_NAME = {field.name: field for field in FIELDS}

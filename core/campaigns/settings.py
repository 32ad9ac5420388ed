"""The settings of campaigns: for all groups, and those that a group may have of its own."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.errors import UsageError
from core.i18n import _
from core.settings.kinds import (
    Address,
    ChatId,
    Choice,
    DatabaseAddress,
    Decimal,
    Flag,
    Hours,
    Kind,
    Period,
    Token,
    Whole,
)
from core.settings.secret import Secret
from core.settings.setting_field import SettingField
from core.settings.system import OF_ALL, SystemSettings
from core.settings.wrong import wrong_settings

PREFIX = "CAMPAIGNS_"
DATABASE_SETTING = "CAMPAIGNS_DATABASE_URL"
_USUAL_FILE = Path("data") / "campaigns.db"


@dataclass(frozen=True, slots=True)
class ZoneName:
    """A time zone by its name in the IANA database."""

    def read(self, text: str) -> ZoneInfo:
        try:
            return ZoneInfo(text)
        except (ZoneInfoNotFoundError, OSError):
            raise ValueError from None

    def allowed(self) -> str:
        return _("a time zone such as Europe/Moscow")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text."""

    longest: int

    def read(self, text: str) -> str:
        if len(text) > self.longest or not text.isprintable():
            raise ValueError
        return text

    def allowed(self) -> str:
        return _("a line of at most {count} characters").format(count=self.longest)


def _field(name: str, attribute: str, kind: Kind, default: str, **more: Any) -> SettingField:
    return SettingField(PREFIX + name, attribute, "campaigns", kind, default, **more)


# What a group may have of its own, under the names without the prefix.
_OF_GROUPS = (
    _field(
        "MAX_PER_HOUR",
        "max_per_hour",
        Whole(1, 3600),
        "25",
        explanation=lambda: _("Messages of a sender in any hour, spread evenly."),
        demo_default="3600",
    ),
    _field(
        "GROUP_MAX_PER_HOUR",
        "group_max_per_hour",
        Whole(0, 1_000_000),
        "0",
        explanation=lambda: _("Messages of all senders of a group in any hour; 0 for no limit."),
        in_demo=False,
    ),
    _field(
        "MAX_CYCLES",
        "max_cycles",
        Whole(1, 10_000),
        "1",
        explanation=lambda: _("How often a session sends to each chat."),
        in_demo=False,
    ),
    _field(
        "CYCLE_DELAY_MINUTES",
        "cycle_delay_minutes",
        Decimal(0, 100_000),
        "5",
        explanation=lambda: _("Minutes from one message to a chat to its next, at least."),
        demo_default="0.05",
    ),
    _field(
        "DELAY_RANDOMNESS",
        "delay_randomness",
        Decimal(0, 0.9),
        "0.2",
        explanation=lambda: _("How uneven the pauses are: 0.2 is up to 20 % shorter or longer."),
    ),
    _field(
        "QUIET_HOURS",
        "quiet_hours",
        Hours(),
        "",
        explanation=lambda: _("Hours in which nothing is sent."),
        in_demo=False,
    ),
    _field(
        "QUIET_ZONE",
        "quiet_zone",
        ZoneName(),
        "Europe/Moscow",
        explanation=lambda: _("The time zone of the quiet hours and of --until."),
    ),
    _field(
        "MESSAGE_ORDER",
        "message_order",
        Choice(("in_turn", "random")),
        "in_turn",
        explanation=lambda: _("How the messages of a group follow each other."),
    ),
    _field(
        "STOP_LINE",
        "stop_line",
        Line(200),
        "",
        explanation=lambda: _("The last line of each message: how to stop; none for no such line."),
        blank="",
    ),
)
OF_GROUPS: Mapping[str, SettingField] = {
    field.name.removeprefix(PREFIX): field for field in _OF_GROUPS
}

FIELDS: tuple[SettingField, ...] = (
    _field(
        "DATABASE_URL",
        "database_url",
        DatabaseAddress(),
        "",
        explanation=lambda: _(
            "A PostgreSQL database for several computers; without it data/campaigns.db is used."
        ),
        blank=Secret(),
        in_demo=False,
    ),
    _field(
        "SECRET_KEY",
        "secret_key",
        Token(),
        "",
        explanation=lambda: _("The key of the tokens in the database; 'campaigns init' makes it."),
        blank=Secret(),
    ),
    *_OF_GROUPS,
    _field(
        "LEASE_SECONDS",
        "lease_seconds",
        Whole(5, 3600),
        "60",
        explanation=lambda: _("Seconds after which the work of a dead process is free again."),
    ),
    _field(
        "PROXY_REQUIRED",
        "proxy_required",
        Flag(),
        "false",
        explanation=lambda: _("Whether a sender whose proxy is dead waits for it."),
    ),
    _field(
        "ALERT_CHAT",
        "alert_chat",
        ChatId(),
        "",
        explanation=lambda: _("The chat that is told when a sender is refused or dies."),
        blank="",
        in_demo=False,
    ),
    _field(
        "API_URL",
        "api_url",
        Address(),
        "https://api.telegram.org",
        explanation=lambda: _("Address of the Bot API."),
        in_demo=False,
    ),
    *OF_ALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSettings(SystemSettings):
    """Every setting, valid. What each means stands in `FIELDS`."""

    database_url: Secret
    secret_key: Secret
    max_per_hour: int
    group_max_per_hour: int
    max_cycles: int
    cycle_delay_minutes: float
    delay_randomness: float
    quiet_hours: Period | None
    quiet_zone: ZoneInfo
    message_order: str
    stop_line: str
    lease_seconds: int
    proxy_required: bool
    alert_chat: str
    api_url: str

    @property
    def database_file(self) -> Path:
        """The SQLite file that is used where no address is set."""
        return self.places.resolve(_USUAL_FILE)

    @property
    def last_line(self) -> str:
        """What every message ends with, empty for nothing."""
        if self.stop_line.casefold() == "none":
            return ""
        return self.stop_line or _("To stop these messages, send /stop.")

    @property
    def cycle_delay(self) -> timedelta:
        return timedelta(minutes=self.cycle_delay_minutes)


def load_settings(
    *, demo: bool = False, environ: Mapping[str, str] = os.environ
) -> CampaignSettings:
    """The settings of this process. Raises SettingsError."""
    return CampaignSettings.load(FIELDS, demo, environ)


def own_values(texts: Mapping[str, str]) -> dict[str, Any]:
    """A group's own settings, by attribute. Raises UsageError with all that is wrong."""
    unknown = [name for name in texts if name not in OF_GROUPS]
    if unknown:
        raise UsageError(
            _("A group has no setting {name}.").format(name=unknown[0]),
            _("It may have {names}.").format(names=", ".join(OF_GROUPS)),
        )
    given = {OF_GROUPS[name].name: text for name, text in texts.items() if text}
    wrong = wrong_settings(_OF_GROUPS, given, {})
    if wrong:
        raise UsageError("\n".join(one.sentence() for one in wrong))
    return {
        OF_GROUPS[name].attribute: OF_GROUPS[name].read(text)
        for name, text in texts.items()
        if text
    }

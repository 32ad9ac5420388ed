"""The hub's settings."""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import SettingsError
from core.i18n import _
from core.settings.common import TELEGRAM_API_URL, TELEGRAM_PROXY
from core.settings.kinds import Address, Location, Token, Whole
from core.settings.secret import Secret
from core.settings.setting_field import SettingField
from core.settings.system import OF_ALL, SystemSettings

DATABASE_SETTING = "HUB_DATABASE_PATH"
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_USER_ID = re.compile(r"[1-9][0-9]{0,18}")
_IN_CONTAINER = re.compile(r"/[!-~]{0,500}")


@dataclass(frozen=True, slots=True)
class UserIds:
    """Numbers of Telegram users, separated by commas."""

    def read(self, text: str) -> frozenset[int]:
        numbers = [part.strip() for part in text.split(",")]
        if not all(_USER_ID.fullmatch(number) for number in numbers):
            raise ValueError
        return frozenset(int(number) for number in numbers)

    def allowed(self) -> str:
        return _("numbers of Telegram users, separated by commas, such as 123456789")


@dataclass(frozen=True, slots=True)
class Host:
    """Where a server listens."""

    def read(self, text: str) -> str:
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            if not _HOST_NAME.fullmatch(text):
                raise
            return text

    def allowed(self) -> str:
        return _("an IP address or the name of a computer, such as 127.0.0.1")


@dataclass(frozen=True, slots=True)
class PathElsewhere:
    """A full path on another machine or in a container."""

    def read(self, text: str) -> str:
        if not _IN_CONTAINER.fullmatch(text):
            raise ValueError
        return text

    def allowed(self) -> str:
        return _("a full path such as /sessions")


FIELDS: tuple[SettingField, ...] = (
    SettingField(
        "HUB_BOT_TOKEN",
        "bot_token",
        "hub",
        Token(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,200}"),
        "",
        lambda: _("The token of the hub's bot, from @BotFather. It is a secret."),
        blank=Secret(),
        in_demo=False,
    ),
    SettingField(
        "HUB_ADMINS",
        "admins",
        "hub",
        UserIds(),
        "",
        lambda: _("Who may always use the hub and lets others in."),
        blank=frozenset(),
        in_demo=False,
    ),
    SettingField(
        "HUB_SECRET_KEY",
        "secret_key",
        "hub",
        Token(r"[A-Za-z0-9_=-]{44}"),
        "",
        lambda: _("The key that the hub encrypts tokens with; made by itself where none is set."),
        blank=Secret(),
        in_demo=False,
    ),
    SettingField(
        DATABASE_SETTING,
        "database_path",
        "hub",
        Location(),
        "data/hub.db",
        lambda: _("The hub's database file."),
        in_demo=False,
        written_to=True,
    ),
    SettingField(
        "API_ID",
        "api_id",
        "hub",
        Whole(1, 999_999_999_999),
        "",
        lambda: _("The number of your application from my.telegram.org, for the accounts."),
        blank=0,
        in_demo=False,
    ),
    SettingField(
        "API_HASH",
        "api_hash",
        "hub",
        Token(r"[0-9a-fA-F]{32}"),
        "",
        lambda: _("The hash of your application from my.telegram.org. It is a secret."),
        blank=Secret(),
        in_demo=False,
    ),
    SettingField(
        "SESSIONS_DIR",
        "sessions_dir",
        "hub",
        Location(),
        "data/sessions",
        lambda: _("The folder of the users' Telegram sessions."),
        in_demo=False,
    ),
    SettingField(
        "SESSIONS_DIR_IN_SERVICE",
        "sessions_dir_in_service",
        "hub",
        PathElsewhere(),
        "",
        lambda: _("The same folder as the service sees it; empty where it sees the same path."),
        blank="",
        in_demo=False,
    ),
    SettingField(
        "WORKERS_SERVICE_URL",
        "workers_url",
        "hub",
        Address(own_network=True),
        "http://localhost:8002",
        lambda: _("Address of workers_service."),
        in_demo=False,
    ),
    SettingField(
        "REALTY_SERVICE_URL",
        "realty_url",
        "hub",
        Address(own_network=True),
        "http://localhost:8001",
        lambda: _("Address of avito_cian_parser."),
        in_demo=False,
    ),
    SettingField(
        "PHONES_SERVICE_URL",
        "phones_url",
        "hub",
        Address(own_network=True),
        "http://localhost:8080",
        lambda: _("Address of the phone collector's HTTP service."),
        in_demo=False,
    ),
    SettingField(
        "PHONES_SERVICE_TOKEN",
        "phones_token",
        "hub",
        Token(),
        "",
        lambda: _("A token of the phone collector with the scopes read, control and numbers."),
        blank=Secret(),
        in_demo=False,
    ),
    SettingField(
        "HUB_HOST",
        "host",
        "hub",
        Host(),
        "127.0.0.1",
        lambda: _("Where the hub answers /health and /metrics."),
        in_demo=False,
    ),
    SettingField(
        "HUB_PORT",
        "port",
        "hub",
        Whole(0, 65535),
        "8003",
        lambda: _("The port of /health and /metrics; 0 takes any that is free."),
        in_demo=False,
        demo_default="0",
    ),
    TELEGRAM_API_URL,
    TELEGRAM_PROXY,
    *OF_ALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSettings(SystemSettings):
    """Every setting, valid. Paths are absolute."""

    bot_token: Secret
    admins: frozenset[int]
    secret_key: Secret
    database_path: Path
    api_id: int
    api_hash: Secret
    sessions_dir: Path
    sessions_dir_in_service: str
    workers_url: str
    realty_url: str
    phones_url: str
    phones_token: Secret
    host: str
    port: int
    telegram_api_url: str
    telegram_proxy: Secret

    def required_token(self) -> Secret:
        """The bot's token; SettingsError, with what to do, where none is set."""
        if not self.bot_token:
            raise SettingsError(
                _("There is no token of the hub's bot yet."),
                _("Get one from @BotFather and put HUB_BOT_TOKEN into {path}.").format(
                    path=self.places.env_file
                ),
            )
        return self.bot_token

    def required_admins(self) -> frozenset[int]:
        """Who lets others in; SettingsError where there is nobody."""
        if not self.admins:
            raise SettingsError(
                _("Nobody may use the hub yet."),
                _("Put your number at Telegram into HUB_ADMINS; @userinfobot tells it."),
            )
        return self.admins

    def required_application(self) -> tuple[int, Secret]:
        """API_ID and API_HASH; SettingsError where they are missing."""
        if not self.api_id or not self.api_hash:
            raise SettingsError(
                _("API_ID and API_HASH are not set: no account can be connected."),
                _("Register an application at my.telegram.org and enter both."),
            )
        return self.api_id, self.api_hash


def load_settings(demo: bool = False, environ: Mapping[str, str] = os.environ) -> HubSettings:
    """The settings of this process. Errors as those of `read_settings`."""
    return HubSettings.load(FIELDS, demo, environ)

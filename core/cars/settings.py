"""The cars' settings: their table and their typed values."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from core.errors import SettingsError
from core.i18n import _
from core.settings.kinds import (
    Address,
    DatabaseAddress,
    Decimal,
    DecimalOrAuto,
    Location,
    Origins,
    TimeOfDay,
    Token,
    Whole,
    Word,
)
from core.settings.secret import Secret
from core.settings.setting_field import SettingField
from core.settings.system import OF_ALL, SystemSettings

DATABASE_SETTING = "CARS_DATABASE_URL"
_USUAL_FILE = Path("data") / "cars.db"

FIELDS: tuple[SettingField, ...] = (
    SettingField(
        "CHE168_API_KEY",
        "api_key",
        "vendor",
        Token(),
        "",
        lambda: _(
            "Your key for the vendor's API. It is a secret: whoever has it asks on your bill."
        ),
        blank=Secret(),
        in_demo=False,
    ),
    SettingField(
        "CHE168_ACCESS_NAME",
        "access_name",
        "vendor",
        Word(),
        "",
        lambda: _("The name of your access, as the vendor gave it: the first part of the address."),
        in_demo=False,
        blank="",
    ),
    SettingField(
        "CHE168_API_DOMAIN",
        "api_domain",
        "vendor",
        Word(),
        "auto-parser.ru",
        lambda: _("The vendor's domain: auto-parser.ru (in Russian) or auto-api.com (in English)."),
        in_demo=False,
    ),
    SettingField(
        "CHE168_API_URL",
        "api_url",
        "vendor",
        Address(),
        "",
        lambda: _("The whole address of the API, instead of access name and domain."),
        in_demo=False,
        blank="",
    ),
    SettingField(
        "CHE168_FILES_URL",
        "files_url",
        "vendor",
        Address(),
        "",
        lambda: _("The address of the vendor's daily files, where it is another."),
        in_demo=False,
        blank="",
    ),
    SettingField(
        "CHE168_FILES_USER",
        "files_user",
        "vendor",
        Word(),
        "",
        lambda: _("User name for the daily files."),
        in_demo=False,
        blank="",
    ),
    SettingField(
        "CHE168_FILES_PASSWORD",
        "files_password",
        "vendor",
        Token(),
        "",
        lambda: _("Password for the daily files. It is a secret."),
        blank=Secret(),
        in_demo=False,
    ),
    SettingField(
        DATABASE_SETTING,
        "database_url",
        "database",
        DatabaseAddress(),
        "",
        lambda: _("A PostgreSQL database; without it and DB_HOST the file data/cars.db is used."),
        blank=Secret(),
        in_demo=False,
    ),
    SettingField(
        "DB_HOST",
        "db_host",
        "database",
        Word(),
        "",
        lambda: _("The PostgreSQL server, where its parts are set one by one."),
        in_demo=False,
        blank="",
    ),
    SettingField(
        "DB_PORT",
        "db_port",
        "database",
        Whole(1, 65535),
        "5432",
        lambda: _("Its port."),
        in_demo=False,
    ),
    SettingField(
        "DB_USER",
        "db_user",
        "database",
        Word(),
        "",
        lambda: _("The user there."),
        in_demo=False,
        blank="",
    ),
    SettingField(
        "DB_PASSWORD",
        "db_password",
        "database",
        Token(),
        "",
        lambda: _("The user's password. It is a secret."),
        blank=Secret(),
        in_demo=False,
    ),
    SettingField(
        "DB_NAME",
        "db_name",
        "database",
        Word(),
        "cars",
        lambda: _("The database there."),
        in_demo=False,
    ),
    SettingField(
        "CARS_DELAY",
        "delay",
        "pace",
        DecimalOrAuto(Decimal(0, 3600)),
        "0.7",
        lambda: _("Seconds between two requests; auto finds the fastest pace the vendor bears."),
        demo_default="0",
    ),
    SettingField(
        "CARS_REQUEST_TIMEOUT",
        "request_timeout",
        "pace",
        Decimal(0.1, 600),
        "30",
        lambda: _("Seconds to wait for an answer before a request counts as failed."),
    ),
    SettingField(
        "CARS_MAX_RETRIES",
        "max_retries",
        "pace",
        Whole(0, 20),
        "3",
        lambda: _("How many times a failed request is tried again at once."),
    ),
    SettingField(
        "CARS_OUTAGE_LIMIT",
        "outage_limit",
        "pace",
        Decimal(0, 604_800),
        "14400",
        lambda: _("Seconds to wait for a vendor that does not answer before the command ends."),
    ),
    SettingField(
        "CARS_RETRY_TIMES",
        "retry_times",
        "pace",
        Whole(0, 1000),
        "20",
        lambda: _("How many times a page that still fails is tried later."),
    ),
    SettingField(
        "CARS_RETRY_MINUTES",
        "retry_minutes",
        "pace",
        Decimal(0, 1440),
        "12",
        lambda: _("Minutes between those tries."),
    ),
    SettingField(
        "CARS_EXPORT_DIR",
        "export_dir",
        "files",
        Location(),
        "data/exports",
        lambda: _("The folder that exports of cars are written to."),
        in_demo=False,
    ),
    SettingField(
        "CARS_UPDATE_AT",
        "update_at",
        "api",
        TimeOfDay(),
        "",
        lambda: _("Time at which `cars update --daily` updates, such as 04:30."),
        in_demo=False,
    ),
    SettingField(
        "CARS_API_HOST",
        "api_host",
        "api",
        Word(),
        "127.0.0.1",
        lambda: _("The address at which `cars serve` answers; 0.0.0.0 for every one."),
    ),
    SettingField(
        "CARS_API_PORT",
        "api_port",
        "api",
        Whole(0, 65535),
        "8000",
        lambda: _("The port at which `cars serve` answers."),
    ),
    SettingField(
        "CARS_API_RATE",
        "api_rate",
        "api",
        Whole(1, 10_000_000),
        "600",
        lambda: _("How many requests a minute each token may make."),
    ),
    SettingField(
        "CARS_API_ORIGINS",
        "api_origins",
        "api",
        Origins(),
        "",
        lambda: _("Sites whose pages may ask the API from a browser, separated by commas."),
        blank=(),
    ),
    *OF_ALL,
)

MOST_REQUESTS_PER_SECOND = 10.0  # of the automatic pace; nothing is published about limits


@dataclass(frozen=True, slots=True, kw_only=True)
class CarSettings(SystemSettings):
    """Every setting, valid. `delay` is None for the automatic pace; durations are seconds but
    for `retry_minutes`. What each means stands in `FIELDS`."""

    api_key: Secret
    access_name: str
    api_domain: str
    api_url: str
    files_url: str
    files_user: str
    files_password: Secret
    database_url: Secret
    db_host: str
    db_port: int
    db_user: str
    db_password: Secret
    db_name: str
    delay: float | None
    request_timeout: float
    max_retries: int
    outage_limit: float
    retry_times: int
    retry_minutes: float
    export_dir: Path
    update_at: time | None
    api_host: str
    api_port: int
    api_rate: int
    api_origins: tuple[str, ...]

    @property
    def database_file(self) -> Path:
        """The SQLite file that is used where no server is named."""
        return self.places.resolve(_USUAL_FILE)

    def required_key(self) -> Secret:
        """The vendor's key; SettingsError, with what to do, where none is set."""
        if not self.api_key:
            raise SettingsError(
                _("There is no key for the vendor's API yet."),
                _("Put CHE168_API_KEY into {path}, or try everything with --demo.").format(
                    path=self.places.env_file
                ),
            )
        return self.api_key

    def api_address(self) -> str:
        """The base of all requests. SettingsError where it is not known."""
        if self.api_url:
            return self.api_url
        return f"https://{self._host()}/api/v2/che168"

    def files_address(self) -> str | None:
        """The base of the daily files, None where they cannot be had."""
        if not self.files_user or not self.files_password:
            return None
        if self.files_url:
            return self.files_url
        return None if self.api_url and not self.access_name else f"https://{self._host()}"

    def _host(self) -> str:
        if not self.access_name:
            raise SettingsError(
                _("The vendor's address is not known yet."),
                _("Put CHE168_ACCESS_NAME into {path}.").format(path=self.places.env_file),
            )
        return f"{self.access_name}.{self.api_domain}"


def load_settings(*, demo: bool = False, environ: Mapping[str, str] = os.environ) -> CarSettings:
    """The settings of this process. Raises SettingsError."""
    return CarSettings.load(FIELDS, demo, environ)

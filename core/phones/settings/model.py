"""The settings of this process, checked."""

from dataclasses import dataclass
from datetime import time
from pathlib import Path

from core.errors import SettingsError
from core.i18n import _
from core.phones.numbers.outcome import Accept
from core.settings.kinds import Period
from core.settings.paths import Places
from core.settings.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, valid. Paths are absolute. What each means stands in `fields`.

    Times of day are local. `rate_limit_delay` is None for the automatic pace; `language` is
    empty for the system's; all durations are seconds.
    """

    places: Places
    api_url: str
    api_token: Secret
    request_timeout: float
    rate_limit_delay: float | None
    max_requests_per_second: float
    workers: int
    max_retries: int
    outage_limit: float
    phone_accept: Accept
    quick_full_every: int
    smart_max_days: int
    daily_at: time | None
    database_path: Path
    export_dir: Path
    backup_keep: int
    log_file: Path
    log_level: str
    log_format: str
    telegram_enabled: bool
    telegram_bot_token: Secret
    telegram_chat_id: str
    telegram_events: frozenset[str]
    telegram_quiet_hours: Period | None
    telegram_api_url: str
    telegram_proxy: Secret
    service_http: tuple[str, int] | None
    language: str
    theme: str
    notifications: bool

    def required_token(self) -> Secret:
        """The API token; SettingsError, with what to do, where none is set."""
        if not self.api_token:
            raise SettingsError(
                _("There is no DataMaster API token yet."),
                _("Enter it in the settings (DATAMASTER_API_TOKEN in {path}).").format(
                    path=self.places.env_file
                ),
            )
        return self.api_token

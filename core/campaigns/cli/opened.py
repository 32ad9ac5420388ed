"""What every command begins with: settings, log and database."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from core.campaigns.settings import DATABASE_SETTING, CampaignSettings, load_settings
from core.campaigns.storage.cipher import Cipher
from core.campaigns.storage.database import open_database
from core.campaigns.storage.keeping_groups import own_settings
from core.campaigns.storage.server_clock import clock_of
from core.campaigns.telegram.bot_api import CALL_SECONDS
from core.campaigns.terms import settings_of
from core.clock import Clock
from core.database.sql.failures import told
from core.database.sql.place import Place, file_place, parse_place
from core.logs.setup import setup_logging


@dataclass(frozen=True, slots=True)
class Opened:
    """For the thread that opened it; the engine for any."""

    settings: CampaignSettings
    place: Place
    engine: Engine
    clock: Clock
    call_seconds: float = CALL_SECONDS
    owner: str = field(default_factory=lambda: f"{platform.node()}:{os.getpid()}")

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Raises a UserError where the database cannot be used."""
        with told(self.place), self.engine.begin() as connection:
            yield connection

    @property
    def cipher(self) -> Cipher:
        """Raises SettingsError where there is no key."""
        return Cipher(self.settings.secret_key)

    def of_group(self, group: str) -> CampaignSettings:
        """The settings with the group's own in their place. Raises NoSuchGroup."""
        with self.transaction() as connection:
            return settings_of(self.settings, own_settings(connection, group))


@contextmanager
def opened(*, demo: bool = False, pool_size: int = 5) -> Iterator[Opened]:
    """The database of this process's settings, brought to the present tables.

    Raises SettingsError, and another UserError where the database cannot be used.
    """
    settings = load_settings(demo=demo)
    setup_logging(settings)
    place = place_of(settings)
    engine = open_database(place, pool_size=pool_size)
    try:
        with told(place):
            clock = clock_of(engine)
        yield Opened(settings, place, engine, clock)
    finally:
        engine.dispose()


def place_of(settings: CampaignSettings) -> Place:
    """Where the database is. Raises SettingsError."""
    if settings.database_url:
        return parse_place(settings.database_url.reveal(), DATABASE_SETTING)
    return file_place(settings.database_file, DATABASE_SETTING)

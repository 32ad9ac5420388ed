"""Where the cars' database is, and what its tables are."""

from pathlib import Path

from sqlalchemy import URL

from core.cars.settings import DATABASE_SETTING, CarSettings
from core.cars.tables import metadata
from core.database.sql.migrate import Migrations
from core.database.sql.place import POSTGRESQL, Place, file_place, parse_place
from core.settings.paths import Places

MIGRATIONS = Migrations(Path(__file__).parent / "migrations", "cars_version", metadata)


def place_of(settings: CarSettings) -> Place:
    """CARS_DATABASE_URL, else the server of DB_HOST, else the file. Raises SettingsError."""
    if settings.database_url:
        place = parse_place(settings.database_url.reveal(), DATABASE_SETTING)
        return _absolute(place, settings.places)
    if settings.db_host:
        url = URL.create(
            f"{POSTGRESQL}+psycopg",
            username=settings.db_user or None,
            password=settings.db_password.reveal() or None,
            host=settings.db_host,
            port=settings.db_port,
            database=settings.db_name,
        )
        return Place(url, "DB_HOST")
    return file_place(settings.database_file, DATABASE_SETTING)


def _absolute(place: Place, places: Places) -> Place:
    """A file that is relative lies where all others do, wherever the program was started."""
    if place.file is None:
        return place
    return file_place(places.resolve(place.file), place.setting)

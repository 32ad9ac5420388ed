"""Opening the cars' database."""

from pathlib import Path

from core.cars.tables import metadata
from core.database.sql.migrate import Migrations

MIGRATIONS = Migrations(Path(__file__).parent / "migrations", "cars_version", metadata)

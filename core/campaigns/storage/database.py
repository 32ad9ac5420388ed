"""Opening the campaigns' database."""

import sqlite3
from pathlib import Path

from sqlalchemy import Engine, event

from core.campaigns.storage.tables import metadata
from core.database.sql.engine import open_engine
from core.database.sql.migrate import Migrations
from core.database.sql.place import Place

MIGRATIONS = Migrations(Path(__file__).parent / "migrations", "campaigns_version", metadata)


def open_database(place: Place, *, pool_size: int = 5) -> Engine:
    """An engine for `place`, brought to the present tables. Any thread may use it.

    Raises a UserError where the database cannot be used. Who opens it calls `dispose()`.
    """
    engine = open_engine(place, pool_size=pool_size)
    if place.is_file:

        @event.listens_for(engine, "connect")
        def connected(connection: sqlite3.Connection, _record: object) -> None:
            # An attempt is on the disk before its message leaves: after a power cut, too, nobody
            # is written to twice.
            connection.execute("PRAGMA synchronous = FULL")

    try:
        MIGRATIONS.upgrade(engine, place)
    except BaseException:
        engine.dispose()
        raise
    return engine

"""Opens a database for SQLAlchemy, with everything set that the defaults get wrong."""

import sqlite3
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, event

from core import __version__
from core.database.network import is_network_path
from core.database.sql.place import Place

BUSY_SECONDS = 30.0  # how long a statement waits for another program that holds the file locked
CONNECT_SECONDS = 10
# Of a file's pages while it is written; the default of 2,000 is less than the indexes of many rows.
CACHE_KB = 16_000
# A server that vanished without a word (power, cable) is noticed after about a minute.
_POSTGRES: dict[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "application_name": f"DataMasterCollector/{__version__}",
}


def open_engine(place: Place, *, reading: bool = False, pool_size: int = 5) -> Engine:
    """An engine for `place`; connects when it is first used. Any thread may use it.

    Transactions of a writing engine hold an SQLite file from their first statement on, so they
    wait for each other at the beginning and never fail in the middle. `reading` opens it so that
    nothing can be changed. Who opens it calls `dispose()` in the end.
    """
    if place.file is not None:
        return _open_file(place.url, place.file, reading=reading)
    options = "-c timezone=UTC -c idle_in_transaction_session_timeout=600000"
    if reading:
        options += " -c default_transaction_read_only=on"
    return create_engine(
        place.url,
        connect_args={**_POSTGRES, "options": options},
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,  # rows are nobody's business in a log
        json_serializer=_json,
        json_deserializer=orjson.loads,
        pool_pre_ping=reading,  # a writer must know when the connection that held its lock is gone
    )


def _open_file(url: URL, file: Path, *, reading: bool) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS},
        hide_parameters=True,  # rows are nobody's business in a log
        json_serializer=_json,
        json_deserializer=orjson.loads,
    )
    # WAL needs memory that all programs share, which no other computer does.
    journal = "DELETE" if is_network_path(file) else "WAL"

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say, below
        connection.execute("PRAGMA foreign_keys = ON")
        if reading:
            connection.execute("PRAGMA query_only = ON")
        else:
            connection.execute(f"PRAGMA journal_mode = {journal}")
            # Under WAL rows and checkpoint of a transaction are lost together or not at all.
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _json(value: Any) -> str:
    """As text that people can read in a file, too: not as the escapes of the standard library."""
    return orjson.dumps(value).decode()

"""Asks the cars' database without blocking the loop."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from core.cars.api.offers_sql import Statement
from core.database.sql.column_types import file_time
from core.database.sql.engine import open_engine
from core.database.sql.failures import failure, server_unreachable
from core.database.sql.place import POSTGRES_PORT, Place

log = logging.getLogger(__name__)

CONNECTIONS = 8
STATEMENT_SECONDS = 15.0  # no answer takes longer; a front end has given up by then
_STATEMENTS_KEPT = 500  # prepared ones a connection; each set of filters is one

Rows = Sequence[Sequence[Any]]


class Reading(Protocol):
    """A database that is only read. For one event loop."""

    async def rows(self, statement: Statement) -> Rows:
        """The answer to one statement. Raises UserError where the database cannot be asked."""
        ...

    async def close(self) -> None: ...


def open_reading(place: Place) -> Reading:
    """Connects when it is first asked."""
    return _File(place) if place.is_file else _Server(place)


class _File:
    """An SQLite file, read by threads."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._engine = open_engine(place, reading=True)
        self._threads = ThreadPoolExecutor(CONNECTIONS, "cars-read")

    async def rows(self, statement: Statement) -> Rows:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._ask, statement)

    def _ask(self, statement: Statement) -> Rows:
        values = tuple(map(_for_file, statement.values))
        try:
            with self._engine.connect() as connection:
                return connection.exec_driver_sql(statement.sql, values).fetchall()
        except (SQLAlchemyError, OSError) as error:
            raise failure(error, self._place) from error

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()


def _for_file(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return file_time(value)
    return value


class _Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """Whose session nobody changes, so that it need not be reset after each statement: that would
    be one more question and answer for each of ours."""

    def get_reset_query(self) -> str:
        return ""


class _Server:
    """A PostgreSQL server, asked straight through its fastest driver: what SQLAlchemy adds to each
    statement would be half of an answer's time."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        # The pool lets whoever comes take a connection before those who wait for it: some would
        # wait very long. This lets them in one after the other.
        self._turns = asyncio.Semaphore(CONNECTIONS)

    async def rows(self, statement: Statement) -> Rows:
        try:
            pool = self._pool or await self._open()
            async with self._turns:
                found: Rows = await pool.fetch(
                    _numbered(statement.sql), *statement.values, timeout=STATEMENT_SECONDS
                )
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            if isinstance(error, asyncpg.PostgresError) and not _is_away(error):
                raise
            log.warning("the database cannot be asked: %s", type(error).__name__)
            raise server_unreachable(self._place) from error
        return found

    async def _open(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                url = self._place.url
                self._pool = await asyncpg.create_pool(
                    host=url.host,
                    port=url.port or POSTGRES_PORT,
                    user=url.username,
                    password=url.password,
                    database=url.database,
                    connection_class=_Connection,
                    min_size=1,
                    max_size=CONNECTIONS,
                    timeout=STATEMENT_SECONDS,
                    statement_cache_size=_STATEMENTS_KEPT,
                    max_inactive_connection_lifetime=300.0,
                    server_settings={"timezone": "UTC", "default_transaction_read_only": "on"},
                )
            return self._pool

    async def close(self) -> None:
        if self._pool is not None:
            self._pool.terminate()


@lru_cache(maxsize=2 * _STATEMENTS_KEPT)
def _numbered(sql: str) -> str:
    """`?` as PostgreSQL wants it: $1, $2 …"""
    first, *others = sql.split("?")
    return first + "".join(f"${number}{part}" for number, part in enumerate(others, 1))


_AWAY = ("08", "53", "57")  # connection, resources, operator's intervention


def _is_away(error: asyncpg.PostgresError) -> bool:
    return str(getattr(error, "sqlstate", "") or "").startswith(_AWAY)

"""The one writer of `hub.db`: a thread of its own, which does one piece of work after another.

A piece of work is a function of the connection and runs in one transaction, so that what it reads
and what it writes belong together, and two presses of one button are told apart.
"""

import asyncio
import contextvars
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from core.database.failures import StorageFailure, StorageProblem, storage_failure
from core.hub.database.schema import APPLICATION_ID, SCHEMA, VERSION

T = TypeVar("T")

BUSY_SECONDS = 10.0
OWNER_ONLY = 0o600


def open_database(path: Path) -> sqlite3.Connection:
    """Open the file, make it where there is none. Rows come as sqlite3.Row, in autocommit mode.

    Raises StorageFailure: FOREIGN, TOO_NEW or NOT_A_DATABASE (the file is not touched), BUSY,
    READ_ONLY, DAMAGED, DISK_FULL or UNREACHABLE.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=OWNER_ONLY)
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    except (sqlite3.Error, OSError) as error:
        raise storage_failure(error, path) from error
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.row_factory = sqlite3.Row
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if tables and owner != APPLICATION_ID:
        raise StorageFailure(StorageProblem.FOREIGN, path)
    if version > VERSION:
        raise StorageFailure(StorageProblem.TOO_NEW, path, f"version {version}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    if not tables:
        connection.executescript(
            f"BEGIN IMMEDIATE; {SCHEMA}"
            f" PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; COMMIT;"
        )
    connection.execute("PRAGMA foreign_keys = ON")


class Store:
    """Opened and closed by whoever runs the loop; `do` may be called by any of its tasks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hub-database")
        try:
            self._connection = self._thread.submit(open_database, path).result()
        except BaseException:
            self._thread.shutdown()
            raise

    async def do(self, work: Callable[[sqlite3.Connection], T], *, durable: bool = False) -> T:
        """The result of `work`, done in one transaction of the writer's thread.

        What it raises is raised here, and the transaction undone. `durable` waits for the disk:
        for what must not be forgotten when the power fails a moment later. Raises StorageFailure.
        """
        context = contextvars.copy_context()  # the language of the conversation
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._thread, lambda: context.run(self._transact, work, durable)
        )

    def do_now(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """As `do`, for whoever has no loop and may wait."""
        return self._thread.submit(self._transact, work, durable=True).result()

    def _transact(self, work: Callable[[sqlite3.Connection], T], durable: bool = False) -> T:
        connection = self._connection
        try:
            connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise storage_failure(error, self.path) from error
        return result

    def close(self) -> None:
        """Wait for the work that was given, then close the file."""
        self._thread.submit(self._connection.close).result()
        self._thread.shutdown()

"""The one thread that writes.

Workers hand pages and lists of projects over a bounded queue; the writer stores what has come
together in one transaction, each page with the checkpoint that says so. What a run needs to
change besides goes through `call` and keeps its place in the same queue.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from core.clock import Clock
from core.database.failures import StorageFailure, StorageProblem, storage_failure
from core.database.lock_wait import LockWait
from core.phones.storage import page_sql, project_lists, project_memory
from core.phones.storage.connect import WAL_LIMIT_BYTES, open_writer
from core.phones.storage.inbox import Inbox
from core.phones.storage.pages import PageCounts, PageToStore, store_pages
from core.phones.storage.project_lists import ProjectList, store_project_lists
from core.phones.storage.whereabouts import Whereabouts
from core.stop import StopSignal

log = logging.getLogger(__name__)

Result = TypeVar("Result")

RECORDS_A_BATCH = 32_000
ITEMS_A_BATCH = 400
RECORDS_WAITING = 36_000
ITEM_WEIGHT = 20  # what an empty page counts as, so that those are bounded too
# Phones arrive in no order, so a transaction writes about one page of the file for each new one,
# unless it holds thousands: a batch of fewer is kept open for a moment.
RECORDS_WORTH_A_BATCH = 10_000
LONGEST_GATHERING = 0.05  # seconds
LOCKED_WAIT_MS = 500  # what one try waits inside SQLite, where a stop cannot wake it
# Readers that take turns without a gap keep SQLite from beginning the WAL file anew.
READERS_WAIT_MS = 100  # what one try to begin it anew waits for the present readers
BEGIN_WAL_EVERY = 1.0  # seconds between two tries


TEMPORARY_TABLES = (
    page_sql.TEMPORARY_TABLES + project_lists.TEMPORARY_TABLES + project_memory.TEMPORARY_TABLE
)
"""What a connection needs that stores pages and lists of projects."""


class WriterClosed(Exception):
    """The writer has ended after a failure; `failure` tells which."""

    def __init__(self, failure: StorageFailure | None) -> None:
        super().__init__(str(failure or "closed"))
        self.failure = failure


class _Call:
    """Something to execute in its turn, with its result."""

    def __init__(self, work: Callable[[sqlite3.Connection], object]) -> None:
        self.work = work
        self.future: Future[object] = Future()


@dataclass(slots=True)
class _Batch:
    """What is stored in one transaction: first the lists, for pages may be of their projects."""

    lists: list[ProjectList] = field(default_factory=list)
    pages: list[PageToStore] = field(default_factory=list)
    records: int = 0

    def add(self, item: PageToStore | ProjectList) -> None:
        if isinstance(item, ProjectList):
            self.lists.append(item)
        else:
            self.pages.append(item)
            self.records += item.length

    @property
    def full(self) -> bool:
        items = len(self.lists) + len(self.pages)
        return self.records >= RECORDS_A_BATCH or items >= ITEMS_A_BATCH


_Item = PageToStore | ProjectList | _Call


class Writer:
    """Owns the writing connection. `put` and `call` may be used from any thread.

    After a failure that cannot be waited out (disk full, file damaged or gone) nothing more
    is written: `failure` is set, `on_failure` called once, and every later `put` or `call`
    raises `WriterClosed`. A file that another program has locked is waited for, see `LockWait`.
    Both functions are called on the writer's thread.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        stop: StopSignal,
        on_failure: Callable[[StorageFailure], None],
        on_locked: Callable[[datetime | None], None] = lambda until: None,
        before_migration: Callable[[Path], None] | None = None,
    ) -> None:
        self.path = path
        self.failure: StorageFailure | None = None
        self._clock = clock
        self._lock_wait = LockWait(clock, stop, on_locked)
        self._on_failure = on_failure
        self._before_migration = before_migration
        self._inbox: Inbox[_Item] = Inbox(RECORDS_WAITING, RECORDS_WORTH_A_BATCH)
        self._run = 0
        self._opened: Future[None] = Future()
        self._whereabouts: Whereabouts
        self._wal = path.with_name(path.name + "-wal")
        self._next_wal = 0.0  # monotonic time of the next try to begin the WAL file anew
        self._thread = threading.Thread(target=self._work, name="writer")

    def open(self) -> None:
        """Start the thread and open the file. Raises StorageFailure."""
        self._thread.start()
        self._opened.result()

    def set_run(self, run: int) -> None:
        """The run that pages belong to; before the first `put`."""
        self._run = run

    def put(self, page: PageToStore) -> None:
        """Queue a page; waits while too many records are queued. Raises WriterClosed."""
        self._put(page, page.length)

    def put_list(self, projects: ProjectList) -> None:
        """Queue a client's list, before the pages of its projects. Raises WriterClosed."""
        self._put(projects, len(projects.projects))

    def _put(self, item: PageToStore | ProjectList, records: int) -> None:
        if self.failure is not None or not self._inbox.put(item, records + ITEM_WEIGHT):
            raise WriterClosed(self.failure)

    def call(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Execute `work` in a transaction, after all that was put before; return its result.

        Tried even after a failure: a full disk may still take the ending of a run.
        """
        call = _Call(work)
        if not self._inbox.put(call):
            raise WriterClosed(self.failure)
        return call.future.result()  # type: ignore[return-value]

    def close(self) -> None:
        """Store what is queued and close the file. Safe to call twice, not on the writer."""
        self._inbox.close()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        try:
            connection = open_writer(self.path, self._before_migration)
        except BaseException as error:
            self._inbox.close()
            self._opened.set_exception(error)
            return
        try:
            connection.executescript(
                f"PRAGMA busy_timeout = {LOCKED_WAIT_MS}; PRAGMA temp_store = MEMORY;"
                + TEMPORARY_TABLES
            )
            self._whereabouts = Whereabouts(self.path)
            self._opened.set_result(None)
            item = self._inbox.take()
            while item is not None:
                item = self._handle(connection, item)
        finally:
            self._inbox.close()
            self._refuse_queued()
            try:
                connection.close()
            except sqlite3.Error:
                log.exception("closing the database")

    def _handle(self, connection: sqlite3.Connection, item: _Item) -> _Item | None:
        """Do what `item` asks for; returns the next one."""
        following = None
        self._look_where_it_is(connection)
        if isinstance(item, _Call):
            self._execute(connection, item)
            self._keep_findable(connection)
        else:
            batch, following = self._gather(item)
            if self.failure is None:
                self._store(connection, batch)
        self._bound_wal(connection)
        return following or self._inbox.take()

    def _look_where_it_is(self, connection: sqlite3.Connection) -> None:
        """What goes into a file that was renamed or deleted would be stored for nobody."""
        if self.failure is None:
            try:
                self._whereabouts.check(connection)
            except StorageFailure as failure:
                self._fail(failure)

    def _keep_findable(self, connection: sqlite3.Connection) -> None:
        """SQLite leaves the WAL of a renamed file where it was: nothing may stay in it."""
        if self.failure is not None and self.failure.problem is StorageProblem.MOVED:
            with suppress(sqlite3.Error):
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _gather(self, item: _Item | None) -> tuple[_Batch, _Item | None]:
        """`item` and what follows it, up to a batch; then what stood behind it."""
        batch = _Batch()
        until = time.monotonic() + LONGEST_GATHERING
        while isinstance(item, PageToStore | ProjectList):
            batch.add(item)
            if batch.full:
                return batch, None
            worth_it = batch.records >= RECORDS_WORTH_A_BATCH
            item = self._inbox.take(0.0 if worth_it else max(0.0, until - time.monotonic()))
        return batch, item

    def _store(self, connection: sqlite3.Connection, batch: _Batch) -> None:
        now = int(self._clock.now().timestamp())

        def store(db: sqlite3.Connection) -> list[PageCounts]:
            if batch.lists:
                store_project_lists(db, self._run, batch.lists)
            return store_pages(db, self._run, batch.pages, now) if batch.pages else []

        try:
            counts = self._transact(connection, store)
        except StorageFailure as failure:
            self._fail(failure)
            return
        for page, count in zip(batch.pages, counts, strict=True):
            page.stored(count)

    def _bound_wal(self, connection: sqlite3.Connection) -> None:
        """Begin the WAL file anew where it grew too large; later where readers do not let it."""
        now = time.monotonic()
        if self.failure or now < self._next_wal or _size(self._wal) <= WAL_LIMIT_BYTES:
            return
        self._next_wal = now + BEGIN_WAL_EVERY
        try:
            connection.execute(f"PRAGMA busy_timeout = {READERS_WAIT_MS}")
            connection.execute("PRAGMA wal_checkpoint(RESTART)")
            connection.execute(f"PRAGMA busy_timeout = {LOCKED_WAIT_MS}")
        except sqlite3.Error as error:
            self._fail(storage_failure(error, self.path))

    def _execute(self, connection: sqlite3.Connection, call: _Call) -> None:
        try:
            call.future.set_result(self._transact(connection, call.work))
        except StorageFailure as failure:
            self._fail(failure)
            call.future.set_exception(WriterClosed(failure))
        except Exception as error:
            call.future.set_exception(error)

    def _transact(
        self, connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], Result]
    ) -> Result:
        """`work` and its commit, or nothing. Waits while another program locks the file."""
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                result = work(connection)
                connection.execute("COMMIT")
                self._lock_wait.over()
                return result
            except sqlite3.Error as error:
                _roll_back(connection)
                failure = storage_failure(error, self.path)
                if failure.problem is not StorageProblem.BUSY or not self._lock_wait.wait():
                    raise failure from error
            except BaseException:
                _roll_back(connection)
                raise

    def _fail(self, failure: StorageFailure) -> None:
        if self.failure is None:
            self.failure = failure
            log.error("nothing can be stored: %s", failure)
            self._on_failure(failure)

    def _refuse_queued(self) -> None:
        """Nobody may wait for an answer that will not come."""
        while (item := self._inbox.take(0.0)) is not None:
            if isinstance(item, _Call):
                item.future.set_exception(WriterClosed(self.failure))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")

"""The one thread that writes.

Workers hand pages over a bounded queue; the writer stores as many as have come together in
one transaction, each page with the checkpoint that says so. What a run needs to change
besides goes through `call` and keeps its place in the same queue.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from core.clock import Clock
from core.stop import StopSignal
from core.storage.connect import open_writer
from core.storage.failures import StorageFailure, StorageProblem, storage_failure
from core.storage.inbox import Inbox
from core.storage.page_sql import TEMPORARY_TABLES
from core.storage.pages import PageToStore, store_pages
from core.storage.project_memory import TEMPORARY_TABLE

log = logging.getLogger(__name__)

Result = TypeVar("Result")

RECORDS_A_BATCH = 25_000
PAGES_A_BATCH = 400
RECORDS_WAITING = 30_000
PAGE_WEIGHT = 20  # what an empty page counts as, so that those are bounded too
LOCKED_WAIT_MS = 500  # what one try waits inside SQLite, where a stop cannot wake it
LOCKED_RETRY = 0.5  # seconds between tries while another program has the file locked


class WriterClosed(Exception):
    """The writer has ended after a failure; `failure` tells which."""

    def __init__(self, failure: StorageFailure | None) -> None:
        super().__init__(str(failure or "closed"))
        self.failure = failure


class _Call:
    """Something to execute in its turn, with its result."""

    def __init__(self, work: Callable[[sqlite3.Connection], object], *, awaited: bool) -> None:
        self.work = work
        self.awaited = awaited
        self.future: Future[object] = Future()


_Item = PageToStore | _Call


class Writer:
    """Owns the writing connection. `put` and `call` may be used from any thread.

    After a failure that cannot be waited out (disk full, file damaged or gone) nothing more
    is written: `failure` is set, `on_failure` called once, and every later `put` or `call`
    raises `WriterClosed`. A file that another program has locked is waited for until the run
    is stopped.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        stop: StopSignal,
        on_failure: Callable[[StorageFailure], None],
        before_migration: Callable[[Path], None] | None = None,
    ) -> None:
        self.path = path
        self.failure: StorageFailure | None = None
        self._clock = clock
        self._stop = stop
        self._on_failure = on_failure
        self._before_migration = before_migration
        self._inbox: Inbox[_Item] = Inbox(RECORDS_WAITING)
        self._run = 0
        self._opened: Future[None] = Future()
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
        if self.failure is not None or not self._inbox.put(page, page.length + PAGE_WEIGHT):
            raise WriterClosed(self.failure)

    def post(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Execute `work` after all that was put before, without waiting for it.

        What it raises ends the writer like a failure to store. Raises WriterClosed.
        """
        if self.failure is not None or not self._inbox.put(_Call(work, awaited=False)):
            raise WriterClosed(self.failure)

    def call(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Execute `work` in a transaction, after all that was put before; return its result.

        Tried even after a failure: a full disk may still take the ending of a run.
        """
        call = _Call(work, awaited=True)
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
                + TEMPORARY_TABLE
            )
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
        if isinstance(item, _Call):
            self._execute(connection, item)
            return self._inbox.take()
        pages, following = self._gather(item)
        if self.failure is None:
            self._store(connection, pages)
        return following or self._inbox.take()

    def _gather(self, first: PageToStore) -> tuple[list[PageToStore], _Item | None]:
        """The pages that are already waiting, up to a batch; then what stood behind them."""
        pages = [first]
        records = first.length
        while records < RECORDS_A_BATCH and len(pages) < PAGES_A_BATCH:
            item = self._inbox.take_waiting()
            if not isinstance(item, PageToStore):
                return pages, item
            pages.append(item)
            records += item.length
        return pages, None

    def _store(self, connection: sqlite3.Connection, pages: list[PageToStore]) -> None:
        now = int(self._clock.now().timestamp())
        try:
            counts = self._transact(connection, lambda db: store_pages(db, self._run, pages, now))
        except StorageFailure as failure:
            self._fail(failure)
            return
        for page, count in zip(pages, counts, strict=True):
            page.stored(count)

    def _execute(self, connection: sqlite3.Connection, call: _Call) -> None:
        try:
            call.future.set_result(self._transact(connection, call.work))
        except StorageFailure as failure:
            self._fail(failure)
            call.future.set_exception(WriterClosed(failure))
        except Exception as error:
            call.future.set_exception(error)
            if not call.awaited:
                log.exception("a posted change failed")
                self._fail(StorageFailure(StorageProblem.UNREACHABLE, self.path, str(error)))

    def _transact(
        self, connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], Result]
    ) -> Result:
        """`work` and its commit, or nothing. Waits while another program locks the file."""
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                result = work(connection)
                connection.execute("COMMIT")
                return result
            except sqlite3.Error as error:
                _roll_back(connection)
                failure = storage_failure(error, self.path)
                if failure.problem is not StorageProblem.BUSY:
                    raise failure from error
                log.warning("the database is locked by another program, waiting")
                if self._clock.wait(self._stop, LOCKED_RETRY):
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
        while (item := self._inbox.take_waiting()) is not None:
            if isinstance(item, _Call):
                item.future.set_exception(WriterClosed(self.failure))


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")

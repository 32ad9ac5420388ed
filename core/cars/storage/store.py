"""The one writer: holds the database alone, and makes every step one transaction."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Self, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from core.asking.limiter import Stopped
from core.cars.database import MIGRATIONS
from core.clock import Clock
from core.database.errors import DatabaseBusy
from core.database.sql.engine import open_engine
from core.database.sql.failures import ServerBusy, ServerUnreachable, failure, is_gone
from core.database.sql.hold import Hold
from core.database.sql.place import Place
from core.errors import UserError
from core.stop import StopSignal

log = logging.getLogger(__name__)

Result = TypeVar("Result")

FIRST_WAIT = 1.0  # seconds until a server that is away is tried again; doubles up to LONGEST_WAIT
LONGEST_WAIT = 30.0
PATIENCE = 4 * 3600.0  # seconds; a server that is away for longer ends the run
LOCKED_PATIENCE = 300.0  # seconds that another program may hold a file locked


class Store:
    """For one thread, between `open` and `close`; only `read` may be called by another meanwhile.

    A server that goes away while something is written is waited for; the step is then done again
    from its beginning. So every step must come to the same when it is done twice.
    """

    def __init__(
        self,
        place: Place,
        clock: Clock,
        stop: StopSignal,
        on_away: Callable[[datetime | None], None],
    ) -> None:
        """`on_away` is told until when nothing is tried while the database is away, and None
        when it is back."""
        self.place = place
        self._clock = clock
        self._stop = stop
        self._on_away = on_away
        self._engine: Engine = open_engine(place)
        self._reader: Engine = open_engine(place, reading=True)
        self._hold = Hold(self._engine, place)
        self._connection: Connection | None = None

    def open(self) -> Self:
        """Take the database, make or update its tables. Raises a UserError."""
        try:
            self._connection = self._hold.acquire(self._clock.now())
            MIGRATIONS.upgrade(self._engine, self.place)
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """Give the database back; safe to call twice."""
        self._connection = None
        self._hold.release()
        self._reader.dispose()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *exc: object) -> None:
        self.close()

    def do(self, step: Callable[[Connection], Result]) -> Result:
        """Do `step` in one transaction.

        Raises what it raises, `Stopped` while it waits for a database that is away, and a
        UserError where the database cannot be used.
        """
        # A server that has not noticed yet that our last connection is gone keeps its lock.
        return self._patiently(lambda: self._write(step), lambda: self._connection is None)

    def read(self, step: Callable[[Connection], Result]) -> Result:
        """Ask what is committed, beside what `do` writes in another thread. Otherwise as `do`."""
        return self._patiently(lambda: self._ask(step), lambda: True)

    def _patiently(self, once: Callable[[], Result], waits_for_busy: Callable[[], bool]) -> Result:
        away_since: float | None = None
        wait = FIRST_WAIT
        while True:
            try:
                result = once()
            except (SQLAlchemyError, ServerUnreachable, ServerBusy) as error:
                told = error if isinstance(error, UserError) else failure(error, self.place)
                now = self._clock.monotonic()
                away_since = now if away_since is None else away_since
                if not _is_worth_waiting(error, told, now - away_since, waits_for_busy()):
                    raise told from None if told is error else error
                log.warning("the database is away: %s", told)
                self._on_away(self._clock.now() + timedelta(seconds=wait))
                if self._clock.wait(self._stop, wait):
                    raise Stopped from None
                wait = min(wait * 2, LONGEST_WAIT)
                continue
            if away_since is not None:
                log.info("the database is there again")
                self._on_away(None)
            return result

    def _write(self, step: Callable[[Connection], Result]) -> Result:
        if self._connection is None:
            # Together with the connection the lock was lost.
            self._connection = self._hold.acquire(self._clock.now())
        try:
            with self._connection.begin():
                return step(self._connection)
        except SQLAlchemyError as error:
            if not self.place.is_file and is_gone(error):
                self._connection = None
            raise

    def _ask(self, step: Callable[[Connection], Result]) -> Result:
        with self._reader.connect() as connection:
            return step(connection)


def _is_worth_waiting(
    error: Exception, told: UserError, waited: float, waits_for_busy: bool
) -> bool:
    if isinstance(told, DatabaseBusy):
        return waited < LOCKED_PATIENCE
    if isinstance(told, ServerBusy):
        return waits_for_busy and waited < LOCKED_PATIENCE
    gone = isinstance(error, ServerUnreachable) or (
        isinstance(error, SQLAlchemyError) and is_gone(error)
    )
    return gone and waited < PATIENCE

"""What every job works with."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from core.asking.limiter import Stopped
from core.cars.asker import Asker
from core.cars.listener import Listener
from core.cars.storage.operations import Operation, Record
from core.cars.storage.store import Store
from core.clock import Clock
from core.errors import UserError
from core.stop import StopSignal

log = logging.getLogger(__name__)

MOSCOW = timezone(timedelta(hours=3))  # the vendor's day; no summer time since 2014


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The one thread that uses them is that of the job."""

    store: Store
    listener: Listener
    clock: Clock
    stop: StopSignal

    def now(self) -> datetime:
        return self.clock.now().astimezone(UTC)

    def today(self) -> date:
        """The vendor's day."""
        return self.clock.now().astimezone(MOSCOW).date()

    def check_stop(self) -> None:
        """Raise `Stopped` where a stop was asked for: between two transactions."""
        if self.stop.is_set:
            raise Stopped

    @contextmanager
    def recorded(self, operation: Operation) -> Iterator[Record]:
        """The operation of this block in operations_log, however it ends."""
        record = Record(operation, self.now())
        began = self.clock.monotonic()
        try:
            yield record
        except Stopped:
            record.details["stopped"] = True
            raise
        except Exception as error:
            record.errors += 1
            record.details["ended"] = type(error).__name__
            raise
        finally:
            self._store(record, self.clock.monotonic() - began)

    def _store(self, record: Record, duration: float) -> None:
        try:
            self.store.do(lambda connection: record.store(connection, duration))
        except (UserError, Stopped):
            log.warning("the operation could not be noted", exc_info=True)


@dataclass(frozen=True, slots=True)
class Fetching(Surroundings):
    """A job that asks the vendor."""

    asker: Asker

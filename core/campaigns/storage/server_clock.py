"""One time for all computers that send from one database: that of its server."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from core.clock import Clock, SystemClock
from core.stop import StopSignal


def clock_of(engine: Engine) -> Clock:
    """The clock of a PostgreSQL server; this computer's own for a file.

    Leases and limits compare times that several computers wrote.
    """
    if engine.dialect.name == "sqlite":
        return SystemClock()
    with engine.connect() as connection:
        there: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return ServerClock(there - datetime.now(UTC))


class ServerClock:
    """This computer's clock, set right by `ahead`: how much later it is on the server."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead
        self._own = SystemClock()

    def monotonic(self) -> float:
        return self._own.monotonic()

    def now(self) -> datetime:
        return self._own.now() + self._ahead

    def wait(self, stop: StopSignal, seconds: float) -> bool:
        return self._own.wait(stop, seconds)

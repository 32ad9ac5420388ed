"""Time, in one replaceable place: tests bring a clock of their own."""

import time
from datetime import UTC, datetime
from typing import Protocol

from core.stop import StopSignal


class Clock(Protocol):
    """`monotonic` is for pace, waits and durations, `now` (UTC) only for what is stored."""

    def monotonic(self) -> float: ...

    def now(self) -> datetime: ...

    def wait(self, stop: StopSignal, seconds: float) -> bool:
        """Wait at most `seconds`; True as soon as a stop is asked for."""
        ...


class SystemClock:
    """The machine's own clocks. A wall clock that jumps changes no wait and no duration."""

    def monotonic(self) -> float:
        # The same clock as time.monotonic, but on Windows: that one moves in steps of 16 ms there,
        # and a request would start so much too early.
        return time.perf_counter()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait(self, stop: StopSignal, seconds: float) -> bool:
        return stop.wait(seconds)

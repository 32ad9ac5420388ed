"""The one place that decides when a request may start."""

import threading
from enum import Enum
from typing import Protocol

from core.asking.troubles import Reason
from core.clock import Clock
from core.stop import StopSignal

LOOK_EVERY = 5.0  # seconds; a nudge that comes just before a wait must not be lost


class Stopped(Exception):
    """The run was asked to stop while something waited. A user's stop is no error."""


class Closed(Enum):
    """Why the gate is closed."""

    OUTAGE = "outage"
    DISK = "disk"
    LOCKED = "locked"


class Pace(Protocol):
    """How many seconds to leave between two request starts, learnt from what comes back."""

    @property
    def delay(self) -> float: ...

    def answered(self, latency: float) -> None:
        """A request was answered properly after `latency` seconds."""
        ...

    def failed(self, reason: Reason) -> None:
        """A request failed for `reason`."""
        ...


class FixedPace:
    """The pace that the settings name; nothing changes it."""

    def __init__(self, delay: float) -> None:
        self.delay = delay

    def answered(self, latency: float) -> None:
        pass

    def failed(self, reason: Reason) -> None:
        pass


class Limiter:
    """Lets one request start at a time, at least `pace.delay` seconds apart.

    The gap is measured between real starts, on the monotonic clock: a late start moves the
    next one, so nothing is ever sent faster, whatever the machine does. Any thread may call.
    """

    def __init__(self, pace: Pace, clock: Clock, stop: StopSignal) -> None:
        self.pace = pace
        self._clock = clock
        self._stop = stop
        self._turn = threading.Lock()
        self._earliest = 0.0
        self._held_until = 0.0  # the server asked for silence
        self.hurries = 0
        """How often somebody would not wait."""
        self._closed: set[Closed] = set()
        self._closed_at = 0.0
        self._closed_before = 0.0
        self._gate = threading.Condition()

    def wait_turn(self, *, probing: bool = False) -> None:
        """Return when a request may start. Raise `Stopped` as soon as the run is stopped.

        While the gate is closed only a probe passes.
        """
        while True:
            if not probing:
                self._wait_open()
            with self._turn:
                if self._closed and not probing:
                    continue
                while (wait := self._earliest - self._clock.monotonic()) > 0:
                    if self._clock.wait(self._stop, min(wait, LOOK_EVERY)):
                        raise Stopped
                if self._stop.is_set:
                    raise Stopped
                self._earliest = self._clock.monotonic() + self.pace.delay
                return

    def hold(self, seconds: float) -> None:
        """The server asked for silence: no request starts for `seconds` from now."""
        self._held_until = max(self._held_until, self._clock.monotonic() + seconds)
        self._earliest = max(self._earliest, self._held_until)

    def hurry(self) -> None:
        """Do not wait for what the server asked for: the next request may start now."""
        self.hurries += 1
        self._held_until = 0.0
        self._earliest = 0.0
        self._stop.nudge()

    def use(self, pace: Pace) -> None:
        """Another pace, from the next request on."""
        self.pace = pace
        soon = min(self._earliest, self._clock.monotonic() + pace.delay)
        self._earliest = max(self._held_until, soon)
        self._stop.nudge()

    def close_gate(self, why: Closed) -> None:
        """Let nobody pass but probes, until it is opened for the same reason."""
        with self._gate:
            if not self._closed:
                self._closed_at = self._clock.monotonic()
            self._closed.add(why)

    def open_gate(self, why: Closed) -> None:
        with self._gate:
            if self._closed == {why}:
                self._closed_before += self._clock.monotonic() - self._closed_at
            self._closed.discard(why)
            self._gate.notify_all()

    @property
    def closed_seconds(self) -> float:
        """How long the gate has been closed so far, the present moment included."""
        with self._gate:
            now = self._clock.monotonic() - self._closed_at if self._closed else 0.0
            return self._closed_before + now

    def wake(self) -> None:
        """Wake whoever waits at the gate, so that it sees a stop."""
        with self._gate:
            self._gate.notify_all()

    def _wait_open(self) -> None:
        with self._gate:
            while self._closed and not self._stop.is_set:
                self._gate.wait()
        if self._stop.is_set:
            raise Stopped

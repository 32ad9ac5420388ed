"""Waiting while another program keeps the database locked."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from core.clock import Clock
from core.stop import StopSignal

log = logging.getLogger(__name__)

RETRY_EVERY = 0.5  # seconds between tries
TELL_AFTER = 1.5  # seconds: a backup or a look into the file is over sooner
LONGEST_WAIT = 300.0  # seconds; a program that holds the file for longer may hold it for days


class LockWait:
    """For the one thread that writes.

    `on_locked` is called with the time at which the wait is given up once the lock is worth
    telling, and with None when the file is free again.
    """

    def __init__(
        self, clock: Clock, stop: StopSignal, on_locked: Callable[[datetime | None], None]
    ) -> None:
        self._clock = clock
        self._stop = stop
        self._on_locked = on_locked
        self._since: float | None = None
        self._told = False

    def wait(self) -> bool:
        """Wait for another try; False where there is none: stopped, or locked for too long."""
        now = self._clock.monotonic()
        if self._since is None:
            self._since = now
            log.warning("the database is locked by another program, waiting")
        waited = now - self._since
        if waited >= LONGEST_WAIT:
            return False
        if waited >= TELL_AFTER and not self._told:
            self._told = True
            self._on_locked(self._clock.now() + timedelta(seconds=LONGEST_WAIT - waited))
        return not self._clock.wait(self._stop, RETRY_EVERY)

    def over(self) -> None:
        """The file is not locked any more."""
        if self._since is not None:
            log.info("the database is not locked any more")
            self._since = None
        if self._told:
            self._told = False
            self._on_locked(None)

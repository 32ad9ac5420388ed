"""Keeps workers alive: one that dies is started again, not too often and not for ever."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from core.campaigns.sending.worker import FAILED
from core.clock import Clock
from core.i18n import _
from core.stop import StopSignal

log = logging.getLogger(__name__)

FIRST_RESTART = 30.0
LONGEST_RESTART = 300.0
MOST_RESTARTS = 5
FORGIVEN_AFTER = 3600.0  # seconds at work, after which restarts are counted anew


def restart_after(restarts: int) -> float:
    """Seconds before restart number `restarts` + 1: 30, 60, 120, 240, 300."""
    return min(LONGEST_RESTART, FIRST_RESTART * 2.0**restarts)


class Works(Protocol):
    """A worker, or a listener."""

    def run(self) -> int:
        """Work to the end; returns the exit code. Whatever it raises counts as its death."""
        ...


class Supervised:
    """One worker and its restarts, in a thread of its own."""

    def __init__(
        self,
        name: str,
        make: Callable[[], Works],
        clock: Clock,
        stop: StopSignal,
        tell: Callable[[str], None],
        restarting: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        """`make` a worker for each start; `restarting` is told how long until the next one."""
        self._name = name
        self._make = make
        self._clock = clock
        self._stop = stop
        self._tell = tell
        self._restarting = restarting
        self.exit_code = FAILED
        self._thread = threading.Thread(target=self._run, name=f"sender {name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self, seconds: float | None = None) -> bool:
        """Wait for the end; True where it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        restarts = 0
        while True:
            began = self._clock.monotonic()
            try:
                self.exit_code = self._make().run()
                return
            except Exception:
                log.exception("the worker of %s died", self._name)
            if self._clock.monotonic() - began >= FORGIVEN_AFTER:
                restarts = 0
            if restarts >= MOST_RESTARTS:
                self._tell(
                    _("{sender}: it died {count} times and is not started again.").format(
                        sender=self._name, count=restarts + 1
                    )
                )
                return
            wait = restart_after(restarts)
            restarts += 1
            self._restarting(wait)
            if self._clock.wait(self._stop, wait):
                return

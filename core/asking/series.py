"""Failures in a row of different things, with no answer between: is it these or the server?"""

import threading
from collections.abc import Hashable

LEAST = 3  # failures in a row, of two things at least, before it is worth a request to find out


class FailureSeries:
    """Counts what failed since the last answer. Any thread may call.

    Where a look shows that the server is well, the next one is due after twice as many.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed: set[Hashable] = set()
        self._times = 0
        self._due = LEAST

    def failed(self, about: Hashable) -> bool:
        """One more; whether a look is due."""
        with self._lock:
            self._times += 1
            if len(self._failed) < LEAST:
                self._failed.add(about)
            return self._times >= self._due and len(self._failed) > 1

    def looked(self) -> None:
        """The server is well: it is these."""
        with self._lock:
            self._due = 2 * self._times

    def answered(self) -> None:
        """Something was answered."""
        if self._times:
            with self._lock:
                self._failed.clear()
                self._times, self._due = 0, LEAST

"""The signal that ends every wait."""

import threading
from collections.abc import Callable


class StopSignal:
    """Asked once, everything that waits wakes; asked twice, requests in flight are abandoned.

    Any thread may call any method.
    """

    def __init__(self) -> None:
        self._requested = threading.Event()
        self._lock = threading.Lock()
        self._abandoned = False
        self._on_request: list[Callable[[], None]] = []
        self._on_abandon: list[Callable[[], None]] = []

    @property
    def is_set(self) -> bool:
        """Whether a stop was asked for."""
        return self._requested.is_set()

    def request(self) -> None:
        """Ask for a stop; wakes every `wait`."""
        with self._lock:
            if self._requested.is_set():
                return
            self._requested.set()
            callbacks = tuple(self._on_request)
        for callback in callbacks:
            callback()

    def abandon(self) -> None:
        """Ask for a stop that waits for nothing."""
        self.request()
        with self._lock:
            if self._abandoned:
                return
            self._abandoned = True
            callbacks = tuple(self._on_abandon)
        for callback in callbacks:
            callback()

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds`; True as soon as a stop is asked for."""
        return self._requested.wait(seconds)

    def on_request(self, callback: Callable[[], None]) -> None:
        """Call `callback` on the stopping thread, at once if it was asked before."""
        with self._lock:
            if not self._requested.is_set():
                self._on_request.append(callback)
                return
        callback()

    def on_abandon(self, callback: Callable[[], None]) -> None:
        """Call `callback` when requests are to be abandoned, at once if they were before."""
        with self._lock:
            if not self._abandoned:
                self._on_abandon.append(callback)
                return
        callback()

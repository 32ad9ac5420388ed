"""The signal that ends every wait."""

import threading
from collections.abc import Callable


class StopSignal:
    """Asked once, everything that waits wakes; asked twice, requests in flight are abandoned.

    Any thread may call any method.
    """

    def __init__(self) -> None:
        self._requested = threading.Event()
        self._waking = threading.Condition()
        self._nudges = 0
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
        with self._waking:
            self._waking.notify_all()
        for callback in callbacks:
            callback()

    def nudge(self) -> None:
        """Wake every `wait` without a stop: what was waited for shall be tried at once."""
        with self._waking:
            self._nudges += 1
            self._waking.notify_all()

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
        """Wait at most `seconds`; True as soon as a stop is asked for, False after a nudge too."""
        with self._waking:
            before = self._nudges
            self._waking.wait_for(
                lambda: self._requested.is_set() or self._nudges != before, seconds
            )
        return self._requested.is_set()

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

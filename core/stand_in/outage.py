"""Times in which the server is not to be reached."""

import threading
import time

from core.stand_in.faults import OutageKind


class OutageSwitch:
    """Whether the server is down, how, and until when; any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kind: OutageKind | None = None
        self._until = 0.0

    def go_down(self, kind: OutageKind, seconds: float | None) -> None:
        """Down from now on, for `seconds` or until `come_back`."""
        with self._lock:
            self._kind = kind
            self._until = float("inf") if seconds is None else time.monotonic() + seconds

    def come_back(self) -> None:
        with self._lock:
            self._kind = None

    @property
    def kind(self) -> OutageKind | None:
        """How the server is down now, None where it is up."""
        with self._lock:
            if self._kind and time.monotonic() >= self._until:
                self._kind = None
            return self._kind

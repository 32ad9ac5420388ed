"""How the server bears its load: refusing or slowing down when asked too fast."""

import threading
import time
from collections import deque

from core.stand_in.faults import CommonFaults

_BASE_LATENCY = 0.02  # what doubles where no latency is set


class LoadGate:
    """Judges each arrival by `rate_limit` and `slow_above` of CommonFaults; any thread may call."""

    def __init__(self, faults: CommonFaults) -> None:
        self._faults = faults
        self._lock = threading.Lock()
        self._next_due = 0.0  # when the next request would come at exactly the allowed rate
        self._recent: deque[float] = deque()  # arrivals of the last second

    def admits(self) -> bool:
        """Whether this request is within the rate limit; refused ones do not count."""
        limit = self._faults.rate_limit
        if limit is None:
            return True
        now = time.monotonic()
        with self._lock:
            due = max(self._next_due, now)
            # A second's worth may come early, as with servers that count per second.
            if due - now > 1.0:
                return False
            self._next_due = due + 1.0 / limit
            return True

    def slowdown(self, latency: float) -> float:
        """The latency of this request under the present load, in seconds."""
        limit = self._faults.slow_above
        if limit is None:
            return latency
        now = time.monotonic()
        with self._lock:
            self._recent.append(now)
            while now - self._recent[0] > 1.0:
                self._recent.popleft()
            rate = len(self._recent)
        doublings = min(10, int((rate - 1) / limit))
        return float((latency or _BASE_LATENCY) * 2**doublings)

"""How many requests and how much time a run still needs.

Work is counted in requests, because that is what takes time. A client that was read before is
expected to cost what it cost then; of others the mean of this run is expected.
"""

import threading
from collections import deque
from collections.abc import Mapping, Sequence

from core.clock import Clock

RATE_WINDOW = 60.0  # seconds over which the shown rate is taken
ESTIMATING_REQUESTS = 30  # before that many requests a remaining time would only jump


class Forecast:
    """Follows a run's requests. `clients` are those still to be listed.

    `known` gives the requests (list of projects and pages) of clients known from earlier
    runs. The remaining time divides this session's working time by this session's requests:
    hours in which nothing ran, or the rate of one good minute, would mislead.
    Any thread may call.
    """

    def __init__(self, clock: Clock, clients: Sequence[int], known: Mapping[int, float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._unlisted = {client: known.get(client) for client in clients}
        self._known_left = sum(cost for cost in self._unlisted.values() if cost is not None)
        self._unknown_left = sum(1 for cost in self._unlisted.values() if cost is None)
        self._listed = 0
        self._projects = 0
        self._projects_left = 0
        self._finished = 0
        self._pages = 0
        self._requests = 0
        self._began = clock.monotonic()
        self._paused = 0.0
        self._recent: deque[tuple[float, int]] = deque()

    def client_listed(self, client: int, projects: int) -> None:
        """The list of `client` is there: `projects` of it are to be read."""
        with self._lock:
            cost = self._unlisted.pop(client, 0.0)
            if cost is None:
                self._unknown_left -= 1
            else:
                self._known_left -= cost
            self._listed += 1
            self._projects += projects
            self._projects_left += projects

    def projects_found(self, projects: int) -> None:
        """Projects of clients that were listed before: a continued run, reopened ends."""
        with self._lock:
            self._projects_left += projects

    def page_read(self) -> None:
        with self._lock:
            self._pages += 1

    def project_finished(self) -> None:
        with self._lock:
            self._finished += 1
            self._projects_left = max(0, self._projects_left - 1)

    def request_started(self, requests: int) -> None:
        """`requests` of this session so far; called a few times a second."""
        with self._lock:
            self._requests = requests
            now = self._clock.monotonic()
            self._recent.append((now, requests))
            while now - self._recent[0][0] > RATE_WINDOW:
                self._recent.popleft()

    def waited(self, seconds: float) -> None:
        """An outage of `seconds` tells nothing about the pace."""
        with self._lock:
            self._paused += seconds

    def rate(self) -> float:
        """Requests a second over the last minute."""
        with self._lock:
            if len(self._recent) < 2:
                return 0.0
            (then, before), (now, after) = self._recent[0], self._recent[-1]
            return (after - before) / (now - then) if now > then else 0.0

    def requests_left(self) -> float | None:
        """None while neither this run nor an earlier one tells what a client costs."""
        with self._lock:
            pages = self._pages / self._finished if self._finished else 1.1
            left = self._projects_left * pages + self._known_left
            if self._unknown_left:
                if not self._listed:
                    return None
                left += self._unknown_left * (1 + self._projects / self._listed * pages)
            return left

    def projects_left(self) -> tuple[int | None, bool]:
        """Projects still to be read, and whether that is counted or estimated."""
        with self._lock:
            if not self._unlisted:
                return self._projects_left, True
            if not self._listed:
                return None, False
            mean = self._projects / self._listed
            return self._projects_left + round(mean * len(self._unlisted)), False

    def seconds_left(self) -> float | None:
        """Working time that is left, None while estimating."""
        left = self.requests_left()
        with self._lock:
            if left is None or self._requests < ESTIMATING_REQUESTS:
                return None
            worked = self._clock.monotonic() - self._began - self._paused
            return left * worked / self._requests

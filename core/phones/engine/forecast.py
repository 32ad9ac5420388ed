"""How many requests and how much time a run still needs.

Work is counted in requests, because that is what takes time. What earlier runs know of a
client's projects says what they will cost (`core.phones.storage.expected_cost`); of others the mean
of this run, in this session and those before, is expected.
"""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from core.clock import Clock
from core.phones.run_request import RunRequest
from core.phones.storage.expected_cost import (
    NO_EXPERIENCE,
    Ask,
    Costing,
    ExpectedWork,
    Experience,
    expected_of_lists,
    expected_of_open,
    experience_of,
)

RATE_WINDOW = 60.0  # seconds over which the shown rate is taken
ESTIMATING_REQUESTS = 30  # before that many requests a remaining time would only jump
FIRST_MEAN = 1.1  # requests a project, while this run has not finished any
TRUST = 50.0  # requests after which this run's experience counts as much as what was expected


@dataclass(slots=True)
class _OpenClient:
    """`expected` requests are left for `projects`; None where nothing was known of them."""

    projects: int
    expected: float | None
    whole: float = 0.0  # expected at first
    read: int = 0

    def left(self, mean: float) -> float:
        if self.expected is None:
            return self.projects * mean
        return max(self.expected, float(self.projects))


class Forecast:
    """Follows a run's requests. `lists` are the clients still to be listed and what is known to
    come with each list; `opened` what is to be read of others; `before` what the run learnt in
    earlier sessions.

    The remaining time divides this session's working time by this session's requests:
    hours in which nothing ran, or the rate of one good minute, would mislead.
    Any thread may call.
    """

    def __init__(
        self,
        clock: Clock,
        lists: Mapping[int, ExpectedWork | None],
        opened: Mapping[int, ExpectedWork],
        before: Experience = NO_EXPERIENCE,
    ) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._lists = dict(lists)
        self._open = {
            client: _OpenClient(work.projects, work.requests, work.requests)
            for client, work in opened.items()
        }
        self._reopened = 0
        self._listed, self._listed_projects, self._finished, self._pages = before
        self._expected_of_ended = 0.0
        self._read_of_ended = 0
        self._requests = 0
        self._began = clock.monotonic()
        self._paused = 0.0
        self._recent: deque[tuple[float, int]] = deque()

    def client_listed(self, client: int, projects: int) -> None:
        """The list of `client` is there: `projects` of it are to be read."""
        with self._lock:
            work = self._lists.pop(client, None)
            self._listed += 1
            self._listed_projects += projects
            if not projects:
                return
            known = self._open.get(client)
            if known is not None:  # a smart run reads others of its projects anyway
                known.projects += projects
                if known.expected is not None:
                    known.expected += projects
                return
            expected = None
            if work is not None:
                expected = work.requests + max(0, projects - work.projects)
            self._open[client] = _OpenClient(projects, expected, expected or 0.0)

    def projects_reopened(self, projects: int) -> None:
        """Projects that were finished are to be read further: about a page each."""
        with self._lock:
            self._reopened += projects
            self._finished -= projects

    def page_read(self, client: int) -> None:
        with self._lock:
            self._pages += 1
            known = self._open.get(client)
            if known is not None:
                known.read += 1
                if known.expected is not None:
                    known.expected -= 1

    def project_finished(self, client: int) -> None:
        """A project of `client` is read to its end, or has failed for good."""
        with self._lock:
            self._finished += 1
            known = self._open.get(client)
            if known is None:
                self._reopened = max(0, self._reopened - 1)
                return
            known.projects -= 1
            if known.projects > 0:
                return
            del self._open[client]
            if known.expected is not None:
                self._expected_of_ended += known.whole
                self._read_of_ended += known.read

    def request_started(self, requests: int, paused: float) -> None:
        """`requests` of this session, and seconds in which none was allowed; called a few times
        a second."""
        with self._lock:
            self._requests, self._paused = requests, paused
            now = self._clock.monotonic()
            self._recent.append((now, requests))
            while now - self._recent[0][0] > RATE_WINDOW:
                self._recent.popleft()

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
            mean = self._pages / self._finished if self._finished else FIRST_MEAN
            known = sum(1 + work.requests for work in self._lists.values() if work is not None)
            known += sum(client.left(mean) for client in self._open.values())
            # What this run had to learn anew of the clients that it ended holds for the others.
            known *= (self._read_of_ended + TRUST) / (self._expected_of_ended + TRUST)
            unknown = sum(1 for work in self._lists.values() if work is None)
            if unknown and not self._listed:
                return None
            if unknown:
                known += unknown * (1 + self._listed_projects / self._listed * mean)
            return known + self._reopened

    def projects_total(self) -> tuple[int | None, bool]:
        """Projects that are read or failed and those still to be read, and whether that is counted
        or estimated. None while nothing tells."""
        with self._lock:
            total = self._finished + self._reopened
            total += sum(client.projects for client in self._open.values())
            if not self._lists:
                return total, True
            total += sum(work.projects for work in self._lists.values() if work is not None)
            unknown = sum(1 for work in self._lists.values() if work is None)
            if unknown and not self._listed:
                return None, False
            if unknown:
                total += round(unknown * self._listed_projects / self._listed)
            return total, False

    def seconds_left(self, requests: float | None) -> float | None:
        """Working time that so many requests take, None while estimating."""
        with self._lock:
            if requests is None or self._requests < ESTIMATING_REQUESTS:
                return None
            worked = self._clock.monotonic() - self._began - self._paused
            return requests * worked / self._requests


def forecast_of(
    ask: Ask, run: int, request: RunRequest, costing: Costing, clock: Clock
) -> Forecast:
    """What run `run` has still to do, at its beginning or where it is continued."""
    lists = expected_of_lists(ask, run, costing, by_rhythm=request.by_rhythm)
    opened = expected_of_open(ask, run, costing)
    return Forecast(clock, lists, opened, experience_of(ask, run))

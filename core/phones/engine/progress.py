"""Turns the state of a run into snapshots for whoever watches, and into the runs table."""

from core.phones.engine.forecast import ESTIMATING_REQUESTS
from core.phones.engine.session import Session
from core.phones.events import Progress
from core.phones.storage.run_store import note_work

NOTE_EVERY = 5.0  # seconds between notes of requests and working time in the database


class Reporter:
    """Used by the run's thread, except `latest`, which any thread may read."""

    def __init__(self, session: Session, clients_total: int, active_before: float) -> None:
        self._session = session
        self._clients_total = clients_total
        self._active_before = active_before
        self._began = session.clock.monotonic()
        self._requests_before = session.requester.requests
        self._closed_before = session.limiter.closed_seconds
        self._noted = self._began
        self._seen = 0.0
        self.latest: Progress | None = None

    @property
    def active_seconds(self) -> float:
        """Working time of the run over all its sessions."""
        return self._active_before + self._session.clock.monotonic() - self._began

    @property
    def seconds_a_request(self) -> float | None:
        """The mean of this session; None where it is too short to tell."""
        requests = self._session.requester.requests - self._requests_before
        if requests < ESTIMATING_REQUESTS:
            return None
        worked = self._session.clock.monotonic() - self._began
        return (worked - self._closed_seconds) / requests

    @property
    def _closed_seconds(self) -> float:
        """How long this session has waited for the server to come back, or for room."""
        return self._session.limiter.closed_seconds - self._closed_before

    def publish(self) -> None:
        """Send a snapshot."""
        session, forecast = self._session, self._session.forecast
        requests = session.requester.requests
        forecast.request_started(requests - self._requests_before, self._closed_seconds)
        totals = session.tally.totals(requests)
        left = forecast.requests_left()
        budget = session.requester.budget
        if budget is not None and left is not None:
            left = budget.requests_left(requests, left)
        remaining = forecast.seconds_left(left)
        if budget is not None and remaining is not None:
            remaining = budget.seconds_left(remaining)
        total = None if left is None else round(requests + left)
        # A bar that goes back is worse than one that waits.
        self._seen = max(self._seen, requests / total if total else 0.0)
        projects_total, exact = forecast.projects_total()
        self.latest = Progress(
            run_id=session.run,
            totals=totals,
            clients_total=self._clients_total,
            projects_total=projects_total,
            projects_exact=exact,
            requests_total=total,
            fraction=min(1.0, self._seen),
            rate=forecast.rate(),
            pace=session.limiter.pace.delay,
            elapsed=self.active_seconds,
            remaining=remaining,
            current_client=session.tally.current_client,
        )
        session.watcher(self.latest)

    def note(self, *, now: bool = False) -> None:
        """Keep requests and working time in the database, every few seconds or `now`."""
        moment = self._session.clock.monotonic()
        if now or moment - self._noted >= NOTE_EVERY:
            self._noted = moment
            run, requests = self._session.run, self._session.requester.requests
            active = self.active_seconds
            self._session.writer.call(lambda db: note_work(db, run, requests, active))

"""The work of an opened run: its workers, and the phases that they go through together.

Everything here runs on the run's thread.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from core.asking.auto_pace import AutoPace
from core.asking.budget import BudgetSpent
from core.phones.engine.closing_checks import ClosingChecks
from core.phones.engine.disk_guard import DiskGuard
from core.phones.engine.frontier import ReadProject, Task
from core.phones.engine.opening import OpenedRun
from core.phones.engine.progress import Reporter
from core.phones.engine.remaining import Remaining
from core.phones.engine.session import MOST_WORKERS
from core.phones.engine.worker import Worker
from core.phones.events import Activity, ActivityChanged, Mode
from core.phones.storage import meta
from core.phones.storage.writer import WriterClosed
from core.phones.upstream import UpstreamSource

PROGRESS_EVERY = 0.25  # seconds
SERVER_BOUND = 1.1  # times the pace: above that it was the server that took the time


class Phases:
    """Leads the workers of one run through everything that there is to read."""

    def __init__(
        self, opened: OpenedRun, source: UpstreamSource, disk: DiskGuard, reporter: Reporter
    ) -> None:
        self._session = opened.session
        self._upstream = opened.upstream
        self._source = source
        self._disk = disk
        self._reporter = reporter
        self._workers: list[Worker] = []

    def work(self) -> None:
        """Until nothing is left, the budget is spent or a stop is asked for; ends the workers."""
        session, reporter = self._session, self._reporter
        self._start_workers(session.settings.workers)
        try:
            with suppress(BudgetSpent):
                self._all()
            session.frontier.close()
        finally:
            if session.stop.is_set:
                session.watcher(ActivityChanged(Activity.STOPPING))
            session.frontier.close()
            for worker in self._workers:
                while worker.is_alive():
                    worker.join(PROGRESS_EVERY)
                    reporter.publish()
            with suppress(WriterClosed):
                self._keep_learnt()
                reporter.note(now=True)
            reporter.publish()

    def _all(self) -> None:
        """Everything once, then what failed, then what is in doubt, until nothing is left."""
        session = self._session
        checks, remaining = ClosingChecks(session, self._upstream), Remaining(session)
        session.watcher(ActivityChanged(Activity.READING))
        self._phase(remaining.tasks())
        retried = False
        while not session.stop.is_set and not session.requester.budget_spent:
            checks.settle()
            if remaining.any():
                self._phase(remaining.tasks())
            elif not retried and remaining.retry_failed():
                outages = session.requester.refusal_outages
                self._retry(remaining)
                # The first things that an outage refused did not know of it.
                retried = session.requester.refusal_outages == outages
            elif doubtful := checks.doubtful_projects():
                session.watcher(ActivityChanged(Activity.CHECKING_ENDS))
                self._phase(map(ReadProject, doubtful))
                checks.looked_at(doubtful)
            elif nearly := checks.nearly_full_projects():
                session.watcher(ActivityChanged(Activity.CHECKING_ENDS))
                self._phase(map(ReadProject, nearly))
            elif not checks.numbering_changed():
                break

    def _retry(self, remaining: Remaining) -> None:
        """What failed is asked once more; as often as ever where the server had a bad time."""
        session = self._session
        session.deferring = False
        session.once = not session.first_pass.in_clusters
        session.watcher(ActivityChanged(Activity.RETRYING_DEFERRED))
        self._phase(remaining.tasks())
        session.once = False

    def _phase(self, tasks: Iterator[Task]) -> None:
        self._session.frontier.start_phase(tasks)
        while not self._session.frontier.wait_phase(PROGRESS_EVERY):
            self._disk.look()
            self._reporter.publish()
            self._reporter.note()
            pace = self._session.limiter.pace
            if isinstance(pace, AutoPace):
                self._start_workers(min(MOST_WORKERS, pace.workers))

    def _start_workers(self, wanted: int) -> None:
        """As many as are wanted; none is ended before the others, for idle ones cost nothing."""
        while len(self._workers) < wanted and not self._session.stop.is_set:
            worker = Worker(len(self._workers) + 1, self._session, self._source)
            self._workers.append(worker)
            worker.start()

    def _keep_learnt(self) -> None:
        """What the next run can begin with: the page size, the pace, and what bounds it."""
        session = self._session
        learnt: dict[str, str] = {}
        if session.page_ends.learned_size is not None:
            learnt[meta.PAGE_SIZE] = str(session.page_ends.learned_size)
        ends, whole = session.page_ends, session.mode is Mode.FULL and not session.stop.is_set
        if ends.uneven and whole and ends.seen_even and session.limits.pages is None:
            learnt[meta.PAGES_UNEVEN] = ""
        pace = session.limiter.pace
        if isinstance(pace, AutoPace):
            learnt[meta.PACE] = pace.learned.to_text()
        needed = self._reporter.seconds_a_request
        if needed is not None:
            learnt[meta.SERVER_PACE] = str(needed if needed > pace.delay * SERVER_BOUND else 0.0)
        for key, value in learnt.items():
            session.writer.call(partial(meta.set_meta, key=key, value=value))

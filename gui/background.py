"""Work that the Tk loop must not wait for: queries, connection tests, exports.

    background.run(lambda: queries.runs(path), self._show_runs, self._show_trouble)

Each job ends in exactly one of: its result, its error (both on the Tk thread), or silence
where it was cancelled or a newer job of the same slot made its answer stale.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")
THREADS = 3


class Job:
    """A piece of background work; `cancel` silences it (a running function runs to its end)."""

    def __init__(self) -> None:
        self.cancelled = False
        self.ended = False

    def cancel(self) -> None:
        self.cancelled = True


class Background:
    """Runs functions in threads and hands their outcome to the Tk thread. Tk thread only."""

    def __init__(self, deliver: Callable[[Callable[[], None]], None]) -> None:
        self._deliver = deliver
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="window")
        self._newest: dict[str, Job] = {}

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        *,
        slot: str | None = None,
    ) -> Job:
        """Call `work` in a thread, then `done` or `failed` on the Tk thread.

        A newer job of the same `slot` cancels the older one: of many queries typed into a
        search field only the last one's answer arrives. Without `failed` an error is logged.
        """
        job = Job()
        if slot is not None:
            if (older := self._newest.get(slot)) is not None:
                older.cancel()
            self._newest[slot] = job

        def thread() -> None:
            if job.cancelled:
                return
            outcome: Callable[[], None]
            try:
                result = work()
            except Exception as error:
                outcome = _failure(error, failed)
            else:
                outcome = _success(result, done)
            self._deliver(lambda: self._finish(job, slot, outcome))

        self._threads.submit(thread)
        return job

    def close(self) -> None:
        """Drop what has not begun and wait for what has (it was told to end elsewhere)."""
        for job in self._newest.values():
            job.cancel()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _finish(self, job: Job, slot: str | None, outcome: Callable[[], None]) -> None:
        if slot is not None and self._newest.get(slot) is job:
            del self._newest[slot]
        if not job.cancelled:
            job.ended = True
            outcome()


def _success(result: T, done: Callable[[T], None]) -> Callable[[], None]:
    return lambda: done(result)


def _failure(error: Exception, failed: Callable[[Any], None] | None) -> Callable[[], None]:
    def tell() -> None:
        if failed is None:
            log.error("Background work failed", exc_info=error)
        else:
            log.debug("Background work failed", exc_info=error)
            failed(error)

    return tell

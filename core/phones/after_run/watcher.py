"""Waits for the ends of runs and carries the rules out, on a thread of its own."""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from core.database.failures import StorageFailure
from core.phones.collector import Collector
from core.phones.events import Event, RunFinished, RunStatus
from core.stop import StopSignal

if TYPE_CHECKING:
    from core.phones.after_run.execute import SendFile
    from core.phones.after_run.results import Result

log = logging.getLogger(__name__)

Told = Callable[[int, Sequence["Result"]], None]
"""Hears which run it was and what came of its rules, on the thread of the watcher."""


class Where(NamedTuple):
    """The database, and the folder for rules that name none."""

    database: Path
    export_dir: Path


class AfterRun:
    """Reports after each completed run of `collector`. Any thread may call any method."""

    def __init__(self, collector: Collector, where: Callable[[], Where], send: "SendFile") -> None:
        self._collector = collector
        self._where = where
        self._send = send
        self._stop = StopSignal()
        self._told: list[Told] = []
        self._threads: list[threading.Thread] = []

    def attend(self) -> None:
        """Begin to listen; once."""
        self._collector.watch(self._watch)

    def on_result(self, told: Told) -> None:
        """Call `told` after the rules of each run, where there are any."""
        self._told.append(told)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until nothing is being made; False where that takes longer."""
        for thread in tuple(self._threads):
            thread.join(timeout)
        return not any(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """End what is being made, without a trace of it; from then on nothing is made any more."""
        self._stop.request()

    def close(self) -> None:
        """Stop, and wait for that."""
        self.stop()
        self.wait()

    def _watch(self, event: Event) -> None:
        if isinstance(event, RunFinished) and event.status is RunStatus.COMPLETED:
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            thread = threading.Thread(
                target=self._work, args=(event.run_id,), name="after-run", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def _work(self, run_id: int) -> None:
        # What writes reports is loaded with the first that is due, not before the window is there.
        from core.phones.after_run.execute import execute_rules

        try:
            where = self._where()
            found = execute_rules(where.database, where.export_dir, run_id, self._send, self._stop)
        except StorageFailure as failure:
            log.warning("the rules after run %d cannot be read: %s", run_id, failure)
        except Exception:
            log.exception("the rules after run %d", run_id)
        else:
            if found:
                for told in self._told:
                    told(run_id, found)

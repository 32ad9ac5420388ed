"""What is left to do, and who gets it next."""

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.phones.storage.checkpoints import ProjectTask
from core.phones.upstream import Client


@dataclass(frozen=True, slots=True)
class ListProjects:
    """Ask for the projects of a client."""

    client: Client


@dataclass(frozen=True, slots=True)
class ReadProject:
    """Read a project from its checkpoint on."""

    project: ProjectTask


Task = ListProjects | ReadProject


class Frontier:
    """Hands out tasks in phases; all methods may be called from any thread.

    Projects of clients that were listed come before the next client, so that only the
    projects of a few clients are in memory, however many the account has. The tasks of a
    phase come from an iterator that is asked only when nothing else is left.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Two conditions, so that workers who find nothing do not wake each other for ever.
        self._more = threading.Condition(self._lock)
        self._end = threading.Condition(self._lock)
        self._projects: deque[ReadProject] = deque()
        self._source: Iterator[Task] = iter(())
        self._source_lock = threading.Lock()
        self._exhausted = True
        self._in_hand = 0
        self._closed = False

    def start_phase(self, source: Iterable[Task]) -> None:
        """Let the workers take from `source`; it is iterated by one thread at a time."""
        with self._lock:
            self._source = iter(source)
            self._exhausted = False
            self._more.notify_all()

    def wait_phase(self, seconds: float) -> bool:
        """Wait at most `seconds`; True when every task of the phase is done, or on close."""
        with self._lock:
            return self._end.wait_for(self._over, seconds)

    def close(self) -> None:
        """Nothing more is handed out; whoever waits gets None."""
        with self._lock:
            self._closed = True
            self._more.notify_all()
            self._end.notify_all()

    def take(self) -> Task | None:
        """The next task, waiting for one; None when the frontier is closed."""
        while True:
            with self._lock:
                while self._exhausted and not self._projects and not self._closed:
                    self._more.wait()
                if self._closed:
                    return None
                self._in_hand += 1  # also while looking into the source: the phase is not over
                if self._projects:
                    return self._projects.popleft()
            try:
                task = self._fetch()
            except BaseException:
                self.done()
                raise
            if task is not None:
                return task
            self.done()

    def done(self, more: Sequence[ReadProject] = ()) -> None:
        """A task that was taken is finished; `more` are the projects that it found."""
        with self._lock:
            self._projects.extend(more)
            self._in_hand -= 1
            self._more.notify(len(more))
            self._tell_end()

    @property
    def load(self) -> tuple[int, int]:
        """How many tasks are being worked on, and how many projects wait for a worker."""
        with self._lock:
            return self._in_hand, len(self._projects)

    def _fetch(self) -> Task | None:
        # Not under the main lock: the source asks the database, and `close` may come from the
        # very thread that would answer.
        with self._source_lock:
            task = None if self._exhausted else next(self._source, None)
            self._exhausted = task is None
            return task

    def _tell_end(self) -> None:
        if self._over():
            self._end.notify_all()

    def _over(self) -> bool:
        idle = self._exhausted and not self._projects and self._in_hand == 0
        return self._closed or idle

"""Made-up tasks that go on by themselves: a quarter of a minute, or as long as they are told."""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

USUAL_SECONDS = 45.0


@dataclass(slots=True)
class Work:
    """One task. `share` is how much of it is done, 0 to 1."""

    id: str
    body: dict[str, Any]
    seconds: float
    begun_at: float
    status: str = "running"
    done_before: float = 0.0  # share, when it was stopped the last time
    error: str = ""
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)

    @property
    def share(self) -> float:
        if self.status == "completed":
            return 1.0
        if self.status != "running":
            return self.done_before
        return min(1.0, self.done_before + (self.clock() - self.begun_at) / self.seconds)

    def look(self) -> str:
        """Its status now."""
        if self.status == "running" and self.share >= 1.0:
            self.status = "completed"
        return self.status


class Works:
    """The tasks of a service; any thread may call. `seconds` is how long new ones take."""

    def __init__(self, seconds: float = USUAL_SECONDS) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._works: dict[str, Work] = {}

    def begin(self, body: dict[str, Any], name: str = "") -> Work:
        work = Work(name or str(uuid.uuid4()), body, self.seconds, time.monotonic())
        with self._lock:
            self._works[work.id] = work
        return work

    def find(self, name: str) -> Work | None:
        with self._lock:
            return self._works.get(name)

    def all(self) -> list[Work]:
        with self._lock:
            return list(self._works.values())

    def stop(self, name: str) -> Work | None:
        with self._lock:
            work = self._works.get(name)
            if work is not None and work.look() == "running":
                work.done_before, work.status = work.share, "stopped"
            return work

    def resume(self, name: str) -> Work | None:
        with self._lock:
            work = self._works.get(name)
            if work is not None and work.look() == "stopped":
                work.begun_at, work.status = time.monotonic(), "running"
            return work

    def finish(self, name: str, status: str = "completed", error: str = "") -> None:
        """End a task now, in whatever way."""
        with self._lock:
            work = self._works[name]
            work.done_before, work.status, work.error = work.share, status, error

    def forget(self, name: str) -> None:
        with self._lock:
            self._works.pop(name, None)

    def forget_all(self) -> None:
        """As after a restart that kept nothing."""
        with self._lock:
            self._works.clear()

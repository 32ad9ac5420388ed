"""Following a long job: how far it is, and a way to end it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Watch:
    """Who follows a long job: hears how far it is (0 to 1) and may end it.

    Both are called on the job's thread, often, and must return at once.
    """

    progress: Callable[[float], None] = lambda fraction: None
    cancelled: Callable[[], bool] = lambda: False

    def part(self, begin: float, end: float) -> "Watch":
        """For a part of the job that takes it from `begin` to `end`."""
        return Watch(lambda done: self.progress(begin + (end - begin) * done), self.cancelled)


UNWATCHED = Watch()


class Cancelled(Exception):
    """The job was ended by its watcher; what it had begun is removed."""

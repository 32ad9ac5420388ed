"""What failed in the first pass of a run: here and there, or one after another?"""

import threading
from array import array

LEAST = 3  # failures that may be called a cluster


class FirstPass:
    """Counts the tasks as they are begun, and remembers which failed. Any thread may call.

    Projects that are dead lie anywhere among the others; where the server had a bad time, most of
    what was begun then failed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun = 0
        self._failed = array("q")

    def begun(self) -> int:
        """The number of a task that is begun now."""
        with self._lock:
            self._begun += 1
            return self._begun

    def failed(self, number: int) -> None:
        with self._lock:
            self._failed.append(number)

    @property
    def in_clusters(self) -> bool:
        """Whether at least half of what failed was begun right after something that failed, too."""
        with self._lock:
            failed = set(self._failed)
        after_another = sum(number - 1 in failed for number in failed)
        return len(failed) >= LEAST and 2 * after_another >= len(failed)

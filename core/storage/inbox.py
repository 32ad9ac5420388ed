"""The queue before the writer: bounded by records, because pages hold from none to thousands."""

import threading
from collections import deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Inbox(Generic[Item]):
    """First in, first out, for any number of threads. `most` is the weight it holds at once.

    An item heavier than `most` goes in when the inbox is empty.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._weight = 0
        self._items: deque[tuple[Item, int]] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def put(self, item: Item, weight: int = 0) -> bool:
        """Wait for room and put `item` in; False, and nothing done, once it is closed."""
        with self._changed:
            while weight and self._weight and self._weight + weight > self._most:
                if self._closed:
                    return False
                self._changed.wait()
            if self._closed:
                return False
            self._items.append((item, weight))
            self._weight += weight
            self._changed.notify_all()
            return True

    def take(self, seconds: float | None = None) -> Item | None:
        """The oldest item, waiting for one, at most `seconds`; None when there is none.

        Without a limit that means: closed and empty.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed, seconds)
            return self._pop() if self._items else None

    def close(self) -> None:
        """Nothing more goes in; what is in it can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _pop(self) -> Item:
        item, weight = self._items.popleft()
        self._weight -= weight
        self._changed.notify_all()
        return item

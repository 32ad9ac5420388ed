"""The queue before the writer: bounded by records, because pages hold from none to thousands."""

import threading
from collections import deque
from typing import Generic, TypeVar

Item = TypeVar("Item")

AHEAD = 2


class Inbox(Generic[Item]):
    """First in, first out, for any number of threads. `most` is the weight it holds at once.

    An item heavier than `most` goes in when the inbox is empty.

    Where more than `plenty` waits, the taker is the slow side, and it needs the interpreter just
    as those do that fill the inbox. So `AHEAD` of these go on then, which are as good as five, and
    the others rest until less waits: each that computes beside the taker makes it wait longer.
    """

    def __init__(self, most: int, plenty: int) -> None:
        self._most = most
        self._plenty = plenty
        self._weight = 0
        self._items: deque[tuple[Item, int]] = deque()
        self._ahead: set[int] = set()  # threads that go on although plenty waits
        lock = threading.Lock()
        self._filled = threading.Condition(lock)
        self._drained = threading.Condition(lock)
        self._closed = False

    def put(self, item: Item, weight: int = 0) -> bool:
        """Wait for room, put `item` in, and rest where others fill the inbox.

        False, and nothing done, once it is closed. An item without weight waits for nothing.
        """
        with self._drained:
            while weight and self._weight and self._weight + weight > self._most:
                if self._closed:
                    return False
                self._drained.wait()
            if self._closed:
                return False
            self._items.append((item, weight))
            self._weight += weight
            self._filled.notify()
            if weight:
                self._rest(threading.get_ident())
            return True

    def take(self, seconds: float | None = None) -> Item | None:
        """The oldest item, waiting for one, at most `seconds`; None when there is none.

        Without a limit that means: closed and empty. For one thread.
        """
        with self._filled:
            self._filled.wait_for(lambda: self._items or self._closed, seconds)
            return self._pop() if self._items else None

    def close(self) -> None:
        """Nothing more goes in; what is in it can still be taken."""
        with self._drained:
            self._closed = True
            self._drained.notify_all()
            self._filled.notify_all()

    def _rest(self, thread: int) -> None:
        while self._weight > self._plenty and not self._closed and thread not in self._ahead:
            if len(self._ahead) < AHEAD:
                self._ahead.add(thread)
            else:
                self._drained.wait()

    def _pop(self) -> Item:
        item, weight = self._items.popleft()
        before = self._weight
        self._weight -= weight
        if before > self._plenty >= self._weight or not self._weight:
            self._ahead.clear()
            self._drained.notify_all()
        return item

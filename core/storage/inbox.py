"""The queue before the writer: bounded by records, because pages hold from none to thousands."""

import threading
from collections import deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Inbox(Generic[Item]):
    """First in, first out, for any number of threads. `most` is the weight it holds at once.

    An item heavier than `most` goes in when the inbox is empty.

    Who waits for room is woken one by one, as half of it and all of it comes free, and all at once
    only when nothing is left to take: then they are needed. Woken all at each item, they would run
    for the room of one; and where the taker is the slow side, two that fill the inbox are as good
    as five, and do not stand in the taker's way to the interpreter.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._weight = 0
        self._items: deque[tuple[Item, int]] = deque()
        lock = threading.Lock()
        self._filled = threading.Condition(lock)
        self._room = threading.Condition(lock)
        self._closed = False

    def put(self, item: Item, weight: int = 0) -> bool:
        """Wait for room and put `item` in; False, and nothing done, once it is closed."""
        with self._room:
            while weight and self._weight and self._weight + weight > self._most:
                if self._closed:
                    return False
                self._room.wait()
            if self._closed:
                return False
            self._items.append((item, weight))
            self._weight += weight
            self._filled.notify()
            return True

    def take(self, seconds: float | None = None) -> Item | None:
        """The oldest item, waiting for one, at most `seconds`; None when there is none.

        Without a limit that means: closed and empty. For one thread.
        """
        with self._filled:
            if not self._items:
                self._room.notify_all()
            self._filled.wait_for(lambda: self._items or self._closed, seconds)
            return self._pop() if self._items else None

    def close(self) -> None:
        """Nothing more goes in; what is in it can still be taken."""
        with self._room:
            self._closed = True
            self._room.notify_all()
            self._filled.notify_all()

    def _pop(self) -> Item:
        item, weight = self._items.popleft()
        half = self._most // 2
        crossed = self._weight > half >= self._weight - weight
        self._weight -= weight
        if crossed or not self._weight:
            self._room.notify()
        return item

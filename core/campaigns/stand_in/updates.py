"""What a bot gets to hear, kept until it is confirmed, as Telegram does."""

import threading
import time
from typing import Any


class Updates:
    """The queue of one bot. Any thread may call."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[dict[str, Any]] = []
        self._last = 0
        self._poll = 0
        self._closed = False
        self.conflicts = 0

    def put(self, update: dict[str, Any]) -> None:
        with self._changed:
            self._last += 1
            self._waiting.append({"update_id": self._last, **update})
            self._changed.notify_all()

    def take(self, offset: int | None, seconds: float) -> list[dict[str, Any]] | None:
        """What lies at and after `offset`; None where another call took this one's place."""
        until = time.monotonic() + seconds
        with self._changed:
            self._poll += 1
            mine = self._poll
            self._changed.notify_all()
            if offset is not None:
                self._waiting = [u for u in self._waiting if u["update_id"] >= offset]
            while not self._waiting and not self._closed:
                left = until - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
                if mine != self._poll:
                    self.conflicts += 1
                    return None
            return list(self._waiting)

    @property
    def polls(self) -> int:
        """How often it was asked for."""
        with self._changed:
            return self._poll

    @property
    def unconfirmed(self) -> int:
        with self._changed:
            return len(self._waiting)

    def close(self) -> None:
        """Let every poll end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

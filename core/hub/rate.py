"""How much one person may ask of the hub."""

import time
from collections import deque
from collections.abc import Callable

MINUTE = 60.0
PRESSES_A_MINUTE = 30


class PressLimit:
    """Counts what each person pressed or typed within the last minute. For one loop."""

    def __init__(
        self, most: int = PRESSES_A_MINUTE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._clock = clock
        self._pressed: dict[int, deque[float]] = {}
        self._told: set[int] = set()
        self._swept_at = clock()

    def wait(self, person: int) -> float:
        """Seconds until he may press again; 0 where he may now, and then it is counted."""
        now = self._clock()
        self._sweep(now)
        pressed = self._pressed.setdefault(person, deque())
        while pressed and now - pressed[0] >= MINUTE:
            pressed.popleft()
        if len(pressed) >= self._most:
            return MINUTE - (now - pressed[0])
        pressed.append(now)
        self._told.discard(person)
        return 0.0

    def first_refusal(self, person: int) -> bool:
        """Whether he was not told yet that he has to wait."""
        if person in self._told:
            return False
        self._told.add(person)
        return True

    def _sweep(self, now: float) -> None:
        """Forget those who were silent: strangers come and go."""
        if now - self._swept_at < MINUTE:
            return
        self._swept_at = now
        self._pressed = {
            person: pressed
            for person, pressed in self._pressed.items()
            if pressed and now - pressed[-1] < MINUTE
        }

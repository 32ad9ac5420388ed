"""What is worked out from the counted listings, kept while it is good enough.

A total or the values of a search form look through all listings: 0.1 ms and 40 ms with 250,000 of
them. While a normalising run changes some every second, nobody need wait for that as often.
"""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from core.cars.api.counts import Counts

GOOD_FOR = 10.0  # seconds that an answer may be older than a change
_KEPT = 1000

Answer = TypeVar("Answer")


class Remembered(Generic[Answer]):
    """Answers by what was asked. For one event loop."""

    def __init__(self, counts: Counts, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._counts = counts
        self._monotonic = monotonic
        self._known: dict[str, tuple[int, float, Answer]] = {}

    def get(self, key: str, make: Callable[[], Answer]) -> Answer:
        """The answer, made now where listings changed and the last one is older than GOOD_FOR."""
        version, now = self._counts.version, self._monotonic()
        known = self._known.get(key)
        if known is not None:
            made_of, made_at, answer = known
            if made_of == version or (made_of >= 0 and now < made_at + GOOD_FOR):
                return answer
        elif len(self._known) >= _KEPT:
            self._known.clear()
        answer = make()
        self._known[key] = (version, now, answer)
        return answer

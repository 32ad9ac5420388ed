"""`meta.total`: from memory, at most ten seconds older than a change; for words by the database,
then at most a minute old."""

import asyncio
import time
from collections.abc import Callable

from core.cars.api.counts import Counts
from core.cars.api.offers_sql import Wanted, count_offers
from core.cars.api.reading import Reading
from core.cars.api.remembered import Remembered

GOOD_FOR = 60.0  # seconds
_KEPT = 1000


class Totals:
    """For one event loop. Who asks for the same at the same time waits for the same answer."""

    def __init__(
        self, reading: Reading, counts: Counts, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._reading = reading
        self._counts = counts
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, asyncio.Task[int]]] = {}
        self._counted = Remembered[int](counts, monotonic)

    async def of(self, wanted: Wanted) -> int:
        """How many listings the filters find. Raises UserError."""
        if wanted.is_empty:
            return 0
        key = repr(wanted)
        if not wanted.words and self._counts.version >= 0:
            return self._counted.get(key, lambda: self._counts.count(wanted))
        now = self._monotonic()
        known = self._known.get(key)
        if known is None or now > known[0] or (known[1].done() and known[1].exception()):
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = (now + GOOD_FOR, asyncio.create_task(self._ask(wanted)))
            self._known[key] = known
        return await asyncio.shield(known[1])

    async def _ask(self, wanted: Wanted) -> int:
        [[total]] = await self._reading.rows(count_offers(wanted))
        return int(total)

"""`meta.total`: from memory, or for words by the database, then at most a minute old."""

import asyncio
import time
from collections.abc import Callable

from core.cars.api.counts import Counts
from core.cars.api.offers_sql import Wanted, count_offers
from core.cars.api.reading import Reading

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
        self._totals: dict[str, int] = {}
        self._counted_at = -1  # the version of the listings that `_totals` are of

    async def of(self, wanted: Wanted) -> int:
        """How many listings the filters find. Raises UserError."""
        if wanted.is_empty:
            return 0
        key = repr(wanted)
        if not wanted.words and self._counts.version >= 0:
            return self._counted(key, wanted)
        now = self._monotonic()
        known = self._known.get(key)
        if known is None or now > known[0] or (known[1].done() and known[1].exception()):
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = (now + GOOD_FOR, asyncio.create_task(self._ask(wanted)))
            self._known[key] = known
        return await asyncio.shield(known[1])

    def _counted(self, key: str, wanted: Wanted) -> int:
        """From memory; looking through all listings is remembered until any of them changes."""
        if self._counted_at != self._counts.version:
            self._counted_at = self._counts.version
            self._totals.clear()
        total = self._totals.get(key)
        if total is None:
            if len(self._totals) >= _KEPT:
                self._totals.clear()
            total = self._totals[key] = self._counts.count(wanted)
        return total

    async def _ask(self, wanted: Wanted) -> int:
        [[total]] = await self._reading.rows(count_offers(wanted))
        return int(total)

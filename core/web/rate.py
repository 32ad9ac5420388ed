"""How many requests a minute each token may make."""

import logging
import math
import time
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left to somebody: `reset` is the seconds until all of it is there again."""

    within: bool
    limit: int
    remaining: int
    reset: int

    def headers(self) -> dict[str, str]:
        """RateLimit-*, and Retry-After where it is spent."""
        found = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }
        return found if self.within else found | {"Retry-After": str(self.reset)}


class Rate:
    """Counts requests in windows of a minute. For one event loop.

    That somebody spends more is logged once a window.
    """

    def __init__(self, per_minute: int, what: str = "requests") -> None:
        self._item = RateLimitItemPerMinute(per_minute)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._limit = per_minute
        self._what = what
        self._told: dict[str, float] = {}

    async def spend(self, who: str) -> Allowance:
        """Count one more of `who`, which is no secret: it goes into the log."""
        within = await self._limiter.hit(self._item, who)
        stats = await self._limiter.get_window_stats(self._item, who)
        reset = max(1, math.ceil(stats.reset_time - time.time()))
        if not within:
            self._tell(who, reset)
        return Allowance(within, self._limit, stats.remaining, reset)

    def _tell(self, who: str, reset: int) -> None:
        now = time.monotonic()
        if now < self._told.get(who, 0.0):
            return
        self._told = {name: until for name, until in self._told.items() if until > now}
        self._told[who] = now + reset
        log.warning("%s: more than %d %s a minute", who, self._limit, self._what)

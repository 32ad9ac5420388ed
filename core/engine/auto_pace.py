"""Finds the fastest pace that the server bears (RATE_LIMIT_DELAY=auto).

Three rules, so that it neither hurts the server nor saw-tooths:

* Until the first sign of trouble the rate grows by a quarter a second, from two requests a
  second; the way to fifteen takes about nine seconds.
* Trouble (429, 5xx, a time-out, answers that take much longer than they did at ease) takes it
  down at once, below what was really answered, and is remembered as the ceiling. Answers to
  requests that were under way by then say nothing new and change nothing.
* Below the ceiling it comes back by 2 % a second, close to it by a fifth of that. Errors
  never make it faster, however quickly they are answered.
"""

import json
import threading
from collections import deque
from collections.abc import Callable
from statistics import median

from core.clock import Clock
from core.upstream import Reason

FIRST_RATE = 2.0  # requests a second, the default of RATE_LIMIT_DELAY
LEAST_RATE = 0.2
WINDOW = 1.0  # seconds between two looks
LEAST_ANSWERS = 5  # a look needs so many latencies
GROWTH_AT_FIRST = 1.25
GROWTH = 1.02
GROWTH_NEAR_CEILING = 1.004
NEAR_CEILING = 0.93
LATENCY_STEADY = 1.35  # times the latency at ease: no faster than this
LATENCY_TROUBLE = 1.7  # times the latency at ease: back at once
LATENCY_NOISE = 0.02  # seconds that a machine's mood may add
BACK = {Reason.TOO_MANY_REQUESTS: 0.92, Reason.SERVER_ERROR: 0.8, Reason.TIMED_OUT: 0.6}
BACK_FOR_LATENCY = 0.85
ANNOUNCE_EVERY = 5.0  # seconds


class AutoPace:
    """A `Pace` that learns. Any thread may call.

    `most` is the highest rate allowed, in requests a second. `learnt` is what `to_keep` gave
    at the end of an earlier run. `announce(delay, why)` is told of changes now and then.
    """

    def __init__(
        self,
        clock: Clock,
        most: float,
        announce: Callable[[float, str], None],
        learnt: str | None = None,
    ) -> None:
        self._clock = clock
        self._most = most
        self._announce = announce
        self._lock = threading.Lock()
        self._ceiling: float | None = None
        self._rate = min(FIRST_RATE, most)
        if learnt is not None:
            self._ceiling = float(json.loads(learnt)["ceiling"])
            self._rate = min(self._ceiling * NEAR_CEILING, most)
        now = clock.monotonic()
        self._looked = now
        self._deaf_until = now
        self._announced = now
        self._announced_rate = self._rate
        self._latencies: list[float] = []
        self._answers: deque[float] = deque()
        self._at_ease: float | None = None

    @property
    def delay(self) -> float:
        """Seconds between two request starts."""
        return 1 / self._rate

    def to_keep(self) -> str | None:
        """What the next run shall know; None where no limit was met."""
        with self._lock:
            return None if self._ceiling is None else json.dumps({"ceiling": self._ceiling})

    def answered(self, latency: float) -> None:
        """A request was answered properly after `latency` seconds."""
        with self._lock:
            now = self._clock.monotonic()
            self._answers.append(now)
            while now - self._answers[0] > 2 * WINDOW:
                self._answers.popleft()
            if now < self._deaf_until:
                return
            self._latencies.append(latency)
            if now - self._looked >= WINDOW and len(self._latencies) >= LEAST_ANSWERS:
                self._look(now)

    def failed(self, reason: Reason) -> None:
        """A request failed; only what tells of too much load changes the pace."""
        factor = BACK.get(reason)
        if factor is None:
            return
        with self._lock:
            now = self._clock.monotonic()
            if now < self._deaf_until:
                return
            self._fall_back(now, factor, reason)

    def _look(self, now: float) -> None:
        latency = median(self._latencies)
        self._latencies.clear()
        self._looked = now
        if self._at_ease is None:
            self._at_ease = latency
        # A server that got slower for good is the new ease after some minutes.
        self._at_ease = min(latency, self._at_ease * 1.001)
        over = max(0.0, latency - LATENCY_NOISE) / self._at_ease
        if over > LATENCY_TROUBLE:
            self._fall_back(now, BACK_FOR_LATENCY, "latency")
        elif over < LATENCY_STEADY:
            self._rise(now)

    def _rise(self, now: float) -> None:
        if self._ceiling is None:
            factor = GROWTH_AT_FIRST
        elif self._rate < self._ceiling * NEAR_CEILING:
            factor = GROWTH
        else:
            factor = GROWTH_NEAR_CEILING
        self._rate = min(self._most, self._rate * factor)
        if self._ceiling is not None:
            self._ceiling = max(self._ceiling, self._rate)
        self._tell(now, "limit" if self._rate == self._most else "rising")

    def _fall_back(self, now: float, factor: float, why: str) -> None:
        self._ceiling = self._rate
        span = now - self._answers[0] if len(self._answers) > 1 else 0.0
        if span >= WINDOW:
            self._ceiling = min(self._ceiling, len(self._answers) / span)
        self._ceiling = max(LEAST_RATE, self._ceiling)
        self._rate = max(LEAST_RATE, self._ceiling * factor)
        # What is under way was sent at the old rate: its fate is known by then.
        self._deaf_until = now + 2 * WINDOW
        self._looked = self._deaf_until
        self._latencies.clear()
        self._tell(now, why, at_once=True)

    def _tell(self, now: float, why: str, *, at_once: bool = False) -> None:
        changed = abs(self._rate / self._announced_rate - 1) > 0.1
        if changed and (at_once or now - self._announced >= ANNOUNCE_EVERY):
            self._announced, self._announced_rate = now, self._rate
            self._announce(1 / self._rate, why)

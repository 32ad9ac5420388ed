"""Looks for the fastest pace that the server bears.

Counted in requests a second (`rate`); the limiter leaves `1 / rate` seconds between two
starts. Four rules:

* It rises step by step, each time only after a second of answers at the present rate (sooner in a
  first run, till something is too much), and only while that rate is really used: workers that wait
  for a slow server are no reason to ask faster.
* A 429, a server error, a timeout or growing latency lowers it at once. Answers to requests
  that were under way at that moment are not held against the new rate. Errors never raise it,
  however fast they come.
* The rate at which the server refused or slowed down is remembered. Near it the pace only
  creeps, so that it does not run into the same refusal every few seconds. Other errors teach
  nothing lasting: a server may have them at any pace.
* Latency is compared with the best that the server showed. Where slowing down to half does
  not help, the server has become slower for another reason: that is its latency then.
"""

import json
import math
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median

from core.asking.troubles import Reason
from core.clock import Clock

FIRST_RATE = 2.0  # requests a second: the pace that is known to be borne
LEAST_RATE = 0.1
STEP = 1.3
FIRST_STEP = 1.8  # in a first run, till something is too much: a short one has no time for patience
FIRST_ANSWERS = 5
FIRST_SECONDS = 0.3  # of settling, and of answers
CAREFUL_STEP = 1.1  # once something was too much
CREEP = 1.01  # near what was too much
NEAR = 0.9
REFUSED_FALL = 0.75
SLOWED_FALL = 0.8
SETTLE = 1.0  # seconds after a change in which answers tell nothing about it
MEASURE = 1.0  # seconds of answers that a rise needs
CREEP_EVERY = 5.0
LEAST_ANSWERS = 6
SLOWED = 1.5  # times the usual latency
NOISE = 0.005  # seconds by which latencies differ anyway
USED = 0.7  # share of the rate that must have been used before it rises
FORGET_AFTER = 300.0  # seconds without trouble until the known limit is doubted
FORGET = 1.05
WORTH_TELLING = 1.05  # creeping is not told step by step

OVERLOADED = frozenset({Reason.TOO_MANY_REQUESTS, Reason.SERVER_ERROR, Reason.TIMED_OUT})


@dataclass(frozen=True, slots=True)
class LearnedPace:
    """What a run found out, for the next one: requests a second and seconds."""

    rate: float
    too_fast: float | None = None
    latency: float | None = None

    def to_text(self) -> str:
        """For `meta`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> "LearnedPace":
        """What `to_text` gave."""
        return cls(**json.loads(text))


class AutoPace:
    """A `Pace` that finds itself. Any thread may call; `changed` is called on that thread.

    `changed` gets the new delay in seconds and why: rising, limit, too_many_requests,
    server_error or latency.
    """

    def __init__(self, ceiling: float, clock: Clock, changed: Callable[[float, str], None]) -> None:
        self._ceiling = ceiling
        self._clock = clock
        self._changed = changed
        self._lock = threading.Lock()
        self._rate = min(FIRST_RATE, ceiling)
        self._told = self._rate
        self._too_fast: float | None = None
        self._usual: float | None = None  # latency in seconds
        self._latencies: list[float] = []
        self._settled_at = clock.monotonic()
        self._fell_at = float("-inf")
        self._first = True
        self._slowed_from: tuple[float, float] | None = None  # rate and latency before falling

    @property
    def delay(self) -> float:
        return 1.0 / self._rate

    @property
    def workers(self) -> int:
        """How many requests are under way at once where the present rate is used, and some more,
        so that it can rise."""
        with self._lock:
            return math.ceil(self._rate * (self._usual or 0.0) * FIRST_STEP) + 1

    @property
    def learned(self) -> LearnedPace:
        """What the next run may begin with."""
        with self._lock:
            return LearnedPace(self._rate, self._too_fast, self._usual)

    def begin_with(self, learned: LearnedPace) -> None:
        """Begin a little below what an earlier run ended with."""
        with self._lock:
            self._first = False
            self._too_fast, self._usual = learned.too_fast, learned.latency
            most = min(self._ceiling, NEAR * (learned.too_fast or self._ceiling))
            self._rate = self._told = max(min(NEAR * learned.rate, most), LEAST_RATE)

    def answered(self, latency: float) -> None:
        """A request was answered properly after `latency` seconds."""
        with self._lock:
            news = self._judge(latency)
        self._tell(news)

    def failed(self, reason: Reason) -> None:
        """A request failed for `reason`."""
        if reason not in OVERLOADED:
            return
        refused = reason is Reason.TOO_MANY_REQUESTS
        with self._lock:
            why = "too_many_requests" if refused else "server_error"
            news = self._fall(REFUSED_FALL, why, learn=refused)
        self._tell(news)

    def _tell(self, news: str | None) -> None:
        rate = self._rate
        if news is not None and (news != "rising" or rate >= WORTH_TELLING * self._told):
            self._told = rate
            self._changed(1.0 / rate, news)

    def _judge(self, latency: float) -> str | None:
        now = self._clock.monotonic()
        if now < self._settled_at:
            return None
        self._latencies.append(latency)
        answers = len(self._latencies)
        if answers < (FIRST_ANSWERS if self._searches else LEAST_ANSWERS):
            return None
        present = median(self._latencies)
        if self._usual is not None and present > SLOWED * self._usual + NOISE:
            return self._slowed(present) if answers >= LEAST_ANSWERS else None
        measured = now - self._settled_at
        if measured < self._seconds_to_measure:
            return None
        self._learn_latency(present)
        self._latencies.clear()
        self._settled_at = now
        return (
            self._rise(now, answers / measured) if answers >= USED * measured * self._rate else None
        )

    @property
    def _searches(self) -> bool:
        """Whether nothing is known, and nothing was too much so far."""
        return self._first and self._too_fast is None

    @property
    def _seconds_to_measure(self) -> float:
        if self._searches:
            return FIRST_SECONDS
        return CREEP_EVERY if self._is_near else MEASURE

    @property
    def _is_near(self) -> bool:
        return self._too_fast is not None and self._rate >= NEAR * self._too_fast

    def _learn_latency(self, present: float) -> None:
        """The best is believed at once, a worse one slowly: servers have their hours."""
        self._slowed_from = None
        if self._usual is None or present < self._usual:
            self._usual = present
        else:
            self._usual += (present - self._usual) / 50

    def _rise(self, now: float, used: float) -> str | None:
        """`used` is the rate at which answers really came."""
        if self._rate >= self._ceiling:
            return None
        if self._too_fast is not None and now - self._fell_at > FORGET_AFTER:
            self._too_fast *= FORGET
            self._fell_at = now
        if self._is_near:
            rate = self._rate * CREEP
        elif self._searches:
            rate = max(self._rate, min(self._rate, used) * FIRST_STEP)
        elif self._too_fast is None:
            rate = self._rate * STEP
        else:
            rate = min(self._rate * CAREFUL_STEP, max(NEAR * self._too_fast, self._rate * CREEP))
        self._rate = min(rate, self._ceiling)
        # Answers to what was asked before the change come for so long.
        settle = max(FIRST_SECONDS, self._usual or 0.0) if self._searches else SETTLE
        self._settled_at = now + settle
        return "limit" if self._rate >= self._ceiling else "rising"

    def _slowed(self, present: float) -> str | None:
        before_rate, before = self._slowed_from or (self._rate, present)
        if self._rate <= before_rate / 2 and present > NEAR * before:
            self._usual = present  # slowing down does not help: it is not our doing
            self._slowed_from = None
            self._too_fast = None
            self._latencies.clear()
            return None
        self._slowed_from = (before_rate, before)
        return self._fall(SLOWED_FALL, "latency", learn=True)

    def _fall(self, factor: float, reason: str, *, learn: bool) -> str | None:
        now = self._clock.monotonic()
        if now < self._fell_at + SETTLE:
            return None  # an answer to what was asked before the last fall
        if learn:
            self._too_fast = self._rate
        self._rate = max(LEAST_RATE, self._rate * factor)
        self._fell_at = now
        self._settled_at = now + SETTLE
        self._latencies.clear()
        return reason

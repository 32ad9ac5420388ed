"""Every request goes through here: its turn, its retries, the outage.

This is the only place that tries anything again.
"""

import logging
import random
import threading
from collections.abc import Callable, Hashable
from datetime import timedelta
from typing import Generic, TypeVar

from core.asking.budget import Budget, BudgetSpent
from core.asking.limiter import LOOK_EVERY, Closed, Limiter, Stopped
from core.asking.listener import RequestListener
from core.asking.series import FailureSeries
from core.asking.span import Span
from core.asking.troubles import Refused, TemporaryTrouble
from core.clock import Clock
from core.stop import StopSignal

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
About = TypeVar("About", bound=Hashable)

FIRST_BACKOFF = 1.0
LONGEST_BACKOFF = 60.0
WORTH_TELLING = 1.0  # seconds of silence below which the status line would only flicker


class OutageTooLong(Exception):
    """The server was away for longer than the limit; `detail` says what it was like at the end."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"outage: {detail}" if detail else "outage")
        self.detail = detail


def backoff(attempt: int, jitter: Callable[[], float] = random.random) -> float:
    """Seconds before try number `attempt` + 1: 1, 2, 4 … 60, each less up to a quarter.

    The jitter keeps workers that failed together from coming back together.
    """
    full = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** (attempt - 1))
    return full * (1 - jitter() / 4)


class Requester(Generic[About]):
    """Asks until it is answered, `max_retries` are used up, or the stop signal is set.

    One object serves all workers that ask one server. `About` is what the system calls its
    requests, told to `listener` and, as text, to the log. `ask` raises `Stopped`, `BudgetSpent`,
    `TokenRejected`, `Refused`, `OutageTooLong`, or the last `TemporaryTrouble`.

    What is refused is not tried again: the server answered. But where different things are refused
    one after another and nothing is answered between, one request for something that worked before
    tells whether it is these or the server, which then is away like any other.
    """

    def __init__(
        self,
        limiter: Limiter,
        clock: Clock,
        stop: StopSignal,
        listener: RequestListener[About],
        *,
        max_retries: int,
        outage_limit: float,
        requests_before: int = 0,
        budget: Budget | None = None,
    ) -> None:
        self._limiter = limiter
        self._clock = clock
        self._stop = stop
        self._listener = listener
        self._max_retries = max_retries
        self._outage_limit = outage_limit
        self._counting = threading.Lock()
        self._requests = self._requests_before = requests_before
        self._budget = budget
        self.budget_spent = False
        self._hurries = 0  # of the limiter, as known
        self._silent_until = 0.0  # monotonic time up to which the server asked for silence, as told
        self._last_good = float("-inf")  # when the newest answered request was sent
        self._outage = threading.Lock()
        self._outage_ended = float("-inf")
        self._series = FailureSeries()
        self._spent_in_outage = False
        self.refusal_outages = 0
        """How often it was the server, though it refused in proper form."""

    @property
    def nothing_answered(self) -> bool:
        """Whether nothing that was asked was answered, or nothing any more at the end of the
        budget."""
        asked = self._requests > self._requests_before
        return self._spent_in_outage or (asked and self._last_good == float("-inf"))

    @property
    def budget(self) -> Budget | None:
        """What may be spent, None without a limit."""
        return self._budget

    @property
    def requests(self) -> int:
        """Requests started so far, `requests_before` included."""
        return self._requests

    def ask(
        self,
        about: About,
        call: Callable[[], Answer],
        probe: Callable[[], None],
        *,
        look: Callable[[], None] | None = None,
        once: bool = False,
    ) -> tuple[Answer, Span]:
        """The answer, and when the request that brought it was under way.

        `probe` asks for what always works when the server does, `look` for something that worked
        before; without it what is refused says nothing of the server. With `once` nothing is tried
        again: it failed before.
        """
        attempt = 0
        failing_since: float | None = None
        while True:
            self._limiter.wait_turn()
            started = self._clock.monotonic()
            number = self._count()
            self._tell_end_of_silence(started)
            hurries = self._limiter.hurries
            try:
                answer = call()
            except TemporaryTrouble as trouble:
                if self._stop.is_set:
                    raise Stopped from None
                self._note_failure(trouble)
                if once:
                    if not self._fails_in_series(about, started, trouble, probe):
                        raise
                    continue
                if failing_since is None:
                    failing_since = self._clock.monotonic()
                attempt += 1
                if attempt > self._max_retries:
                    if not self._was_outage(failing_since, trouble, probe):
                        raise
                    attempt, failing_since = 0, None
                    continue
                self._wait_before_retry(about, attempt, trouble, hurries)
            except Refused as refusal:
                why = TemporaryTrouble(refusal.reason, refusal.detail)
                if look is None or not self._fails_in_series(about, started, why, look):
                    raise
                self.refusal_outages += 1
                attempt, failing_since = 0, None
            else:
                self._series.answered()
                span = Span(number, self._requests)
                self._last_good = max(self._last_good, started)
                self._limiter.pace.answered(self._clock.monotonic() - started)
                return answer, span

    def _count(self) -> int:
        with self._counting:
            if self._budget is not None and not self._budget.allows(self._requests):
                self.budget_spent = True
                raise BudgetSpent
            self._requests += 1
            return self._requests

    def _note_failure(self, trouble: TemporaryTrouble) -> None:
        self._limiter.pace.failed(trouble.reason)
        if trouble.wait is not None:
            # The server speaks to the token, not to one worker: all of them keep silent.
            self._limiter.hold(trouble.wait)
            self._tell_silence(trouble, trouble.wait)

    def _tell_silence(self, trouble: TemporaryTrouble, wait: float) -> None:
        """For the status line: why nothing is asked, and until when."""
        until = self._clock.monotonic() + wait
        with self._counting:
            if wait < WORTH_TELLING or until < self._silent_until + WORTH_TELLING:
                return  # known: requests that were under way together say the same
            self._silent_until = until
        self._listener.silent_until(self._clock.now() + timedelta(seconds=wait), trouble)

    def _tell_end_of_silence(self, now: float) -> None:
        with self._counting:
            hurried = self._limiter.hurries != self._hurries
            self._hurries = self._limiter.hurries
            if not self._silent_until > 0.0 or (self._silent_until > now and not hurried):
                return
            self._silent_until = 0.0
        self._listener.silence_over()

    def _wait_before_retry(
        self, about: About, attempt: int, trouble: TemporaryTrouble, hurries: int
    ) -> None:
        """Until it is time, or somebody would not wait since there were so many `hurries`."""
        wait = max(backoff(attempt), trouble.wait or 0.0)
        log.warning(
            "%s: %s, retry %d of %d in %.1f s",
            about,
            trouble,
            attempt,
            self._max_retries,
            wait,
        )
        self._listener.retried(about, trouble, attempt, self._max_retries, wait)
        until = self._clock.monotonic() + wait
        while (left := until - self._clock.monotonic()) > 0 and self._limiter.hurries == hurries:
            if self._clock.wait(self._stop, min(left, LOOK_EVERY)):
                raise Stopped

    def _was_outage(
        self, failing_since: float, trouble: TemporaryTrouble, probe: Callable[[], None]
    ) -> bool:
        """Find out whether everything fails or only this; wait until an outage is over.

        A request sent after the first failure and answered proves that the server is there; one
        that was under way already proves nothing. Otherwise one request that always works tells.
        Only one thread probes, the others wait for it here.
        """
        with self._outage:
            if self._stop.is_set:
                raise Stopped
            if self._outage_ended > failing_since:
                return True
            if self._last_good > failing_since or self._answers(probe):
                return False
            self._wait_for_server(trouble, probe)
            return True

    def _fails_in_series(
        self, about: About, started: float, trouble: TemporaryTrouble, look: Callable[[], None]
    ) -> bool:
        """What failed was not tried again: is it the server, as nothing else was answered either?
        Waits until that is over, as `_was_outage` does."""
        with self._outage:
            if self._stop.is_set:
                raise Stopped
            if self._outage_ended > started:
                return True
            if not self._series.failed(about):
                return False
            if self._answers(look):
                self._series.looked()
                return False
            self._wait_for_server(trouble, look)
            self._series.answered()
            return True

    def _answers(self, probe: Callable[[], None]) -> bool:
        self._limiter.wait_turn(probing=True)
        try:
            self._count()
        except BudgetSpent:
            self._spent_in_outage = True
            raise
        sent = self._clock.monotonic()
        try:
            probe()
        except TemporaryTrouble as trouble:
            if self._stop.is_set:
                raise Stopped from None
            self._note_failure(trouble)
            return False
        except Refused:
            return False
        self._last_good = max(self._last_good, sent)
        return True

    def _wait_for_server(self, trouble: TemporaryTrouble, probe: Callable[[], None]) -> None:
        began = self._clock.monotonic()
        self._limiter.close_gate(Closed.OUTAGE)
        log.error("outage: nothing is answered (%s); waiting for the server", trouble)
        self._listener.outage_began(trouble)
        interval = FIRST_BACKOFF
        try:
            while True:
                until = self._clock.now() + timedelta(seconds=interval)
                self._listener.outage_waits(until, trouble)
                if self._clock.wait(self._stop, interval):
                    raise Stopped
                if self._answers(probe):
                    break
                if self._clock.monotonic() - began > self._outage_limit:
                    raise OutageTooLong(trouble.detail)
                interval = min(LONGEST_BACKOFF, interval * 2)
        finally:
            self._outage_ended = self._clock.monotonic()
            seconds = self._outage_ended - began
            self._limiter.open_gate(Closed.OUTAGE)
        log.info("outage over after %.0f s", seconds)
        self._listener.outage_over(seconds)

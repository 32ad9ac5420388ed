"""The automatic pace against servers that are simulated on a clock of their own."""

import heapq
import itertools
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from core.asking.auto_pace import AutoPace, LearnedPace
from core.asking.troubles import Reason
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.phones.events import PaceChanged, Progress
from core.stop import StopSignal
from tests.phones.engine.conftest import Collection

Server = Callable[[float], float | Reason]
"""The latency of a request that arrives at a time, or why it fails (at once)."""


@dataclass
class _Clock:
    time: float = 0.0

    def monotonic(self) -> float:
        return self.time

    def now(self) -> None:
        raise NotImplementedError

    def wait(self, stop: StopSignal, seconds: float) -> bool:
        raise NotImplementedError


@dataclass
class Run:
    """Requests at the pace, as many workers at once as needed unless `workers` says so."""

    server: Server
    ceiling: float = 20.0
    workers: int = 1000
    learned: LearnedPace | None = None
    starts: list[float] = field(default_factory=list)
    refused: int = 0
    changes: list[tuple[float, float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = _Clock()
        self.pace = AutoPace(self.ceiling, self.clock, self._changed)
        if self.learned:
            self.pace.begin_with(self.learned)

    def _changed(self, delay: float, why: str) -> None:
        self.changes.append((self.clock.time, 1 / delay, why))

    def go(self, seconds: float, retry_after: float = 1.0) -> "Run":
        flying: list[tuple[float, float | Reason]] = []
        end, earliest = self.clock.time + seconds, self.clock.time
        while self.clock.time < end:
            if flying and (flying[0][0] <= earliest or len(flying) >= self.workers):
                self.clock.time, outcome = heapq.heappop(flying)
                if isinstance(outcome, Reason):
                    self.pace.failed(outcome)
                    if outcome is Reason.TOO_MANY_REQUESTS:
                        self.refused += 1
                        earliest = max(earliest, self.clock.time + retry_after)
                else:
                    self.pace.answered(outcome)
                continue
            self.clock.time = max(self.clock.time, earliest)
            self.starts.append(self.clock.time)
            outcome = self.server(self.clock.time)
            failed = isinstance(outcome, Reason)
            heapq.heappush(flying, (self.clock.time + (0.02 if failed else outcome), outcome))
            earliest = self.clock.time + self.pace.delay
        return self

    def rate(self, first: float, last: float) -> float:
        """Requests a second between two times."""
        return sum(first <= start < last for start in self.starts) / (last - first)


def allows(rate: float, latency: float = 0.1) -> Server:
    """429 above `rate`, counted over about a second."""
    due = 0.0

    def answer(now: float) -> float | Reason:
        nonlocal due
        due = max(due, now)
        if due - now > 1.0:
            return Reason.TOO_MANY_REQUESTS
        due += 1 / rate
        return latency

    return answer


def slows_above(rate: float, latency: float = 0.1) -> Server:
    """The latency doubles with each multiple of `rate`."""
    recent: list[float] = []

    def answer(now: float) -> float:
        recent.append(now)
        while now - recent[0] > 1.0:
            recent.pop(0)
        return latency * 2 ** min(10, int((len(recent) - 1) / rate))

    return answer


def test_it_finds_a_limit_of_requests() -> None:
    run = Run(allows(15)).go(120)
    assert run.rate(0, 120) >= 0.8 * 15
    assert run.refused < 0.03 * len(run.starts)


@pytest.mark.parametrize("limit", [1, 5, 9, 14])
def test_it_finds_any_limit(limit: float) -> None:
    run = Run(allows(limit)).go(600)
    assert run.rate(300, 600) >= 0.8 * limit
    assert run.refused < 0.03 * len(run.starts)


@pytest.mark.parametrize("limit", [4, 8, 13])
def test_it_stays_where_the_server_is_quick(limit: float) -> None:
    run = Run(slows_above(limit)).go(300)
    assert 0.7 * limit <= run.rate(60, 300) <= 1.2 * limit


def test_it_goes_up_to_the_ceiling_and_never_above() -> None:
    run = Run(lambda now: 0.1, ceiling=12).go(120)
    assert run.rate(60, 120) == pytest.approx(12, rel=0.01)
    assert max(rate for _, rate, _ in run.changes) == 12
    assert run.changes[-1][2] == "limit"


@pytest.mark.parametrize("latency", [0.02, 0.1, 0.3])
def test_a_short_first_run_takes_little_more_than_its_ideal(latency: float) -> None:
    """140 requests against 15 a second."""
    allowed, answered = allows(15, latency), []

    def server(now: float) -> float | Reason:
        outcome = allowed(now)
        if not isinstance(outcome, Reason):
            answered.append(now + outcome)
        return outcome

    Run(server).go(60)
    assert sorted(answered)[139] <= 1.6 * 140 / 15


def test_it_says_how_many_requests_are_under_way_at_its_rate() -> None:
    run = Run(allows(15, 2.0)).go(120)
    assert run.pace.workers >= 30
    run = Run(allows(15, 0.02)).go(120)
    assert run.pace.workers <= 3


def test_it_rises_gently() -> None:
    run = Run(lambda now: 0.1).go(60)
    before = 2.0
    for _, rate, why in run.changes:
        assert why in ("rising", "limit")
        assert rate <= before * 1.8 + 1e-9
        before = rate
    times = [time for time, _, _ in run.changes]
    assert all(later - earlier >= 0.6 for earlier, later in itertools.pairwise(times))


@pytest.mark.parametrize(
    "reason", [Reason.TOO_MANY_REQUESTS, Reason.SERVER_ERROR, Reason.TIMED_OUT]
)
def test_one_failure_lowers_it_at_once(reason: Reason) -> None:
    run = Run(lambda now: 0.1).go(10)
    before = run.pace.delay
    run.clock.time += 2
    run.pace.failed(reason)
    assert run.pace.delay > before
    lowered = run.pace.delay
    run.pace.failed(reason)  # was under way together with the first
    assert run.pace.delay == lowered


def test_quick_errors_never_make_it_faster() -> None:
    run = Run(lambda now: Reason.SERVER_ERROR).go(60)
    rates = [rate for _, rate, _ in run.changes]
    assert rates == sorted(rates, reverse=True)
    assert run.rate(30, 60) < 2


def test_a_server_that_fails_for_long_is_still_asked_now_and_then() -> None:
    clock = _Clock()
    pace = AutoPace(20.0, clock, lambda _delay, _why: None)
    for _ in range(100):
        clock.time += 60
        pace.failed(Reason.SERVER_ERROR)
    assert pace.delay == pytest.approx(10.0)


def test_broken_answers_change_nothing() -> None:
    run = Run(lambda now: Reason.NOT_JSON).go(30)
    assert run.changes == []


def test_a_server_that_becomes_slow_by_itself_is_borne() -> None:
    """Slowing down does not help there, so it must not end at one request in ten seconds."""

    def server(now: float) -> float:
        return 0.1 if now < 60 else 0.5

    run = Run(server, ceiling=10).go(400)
    assert run.rate(50, 60) == pytest.approx(10, rel=0.05)
    assert run.rate(300, 400) > 8


def test_waiting_workers_are_no_reason_to_ask_faster() -> None:
    run = Run(lambda now: 1.0, workers=3).go(60)
    assert max((rate for _, rate, _ in run.changes), default=2.0) < 6
    assert run.rate(30, 60) == pytest.approx(3, rel=0.1)


def test_the_next_run_begins_with_what_was_learnt() -> None:
    first = Run(allows(15)).go(120)
    second = Run(allows(15), learned=first.pace.learned).go(120)
    assert second.rate(0, 10) > 1.2 * first.rate(0, 10)
    assert second.rate(0, 120) >= 0.85 * 15
    assert second.refused < 0.03 * len(second.starts)


def test_what_was_learnt_never_passes_the_ceiling() -> None:
    run = Run(allows(15), ceiling=5, learned=LearnedPace(14.0, 15.0, 0.1)).go(30)
    assert run.rate(0, 30) <= 5.1


def test_a_limit_that_was_lifted_is_found_again() -> None:
    run = Run(lambda now: 0.1, learned=LearnedPace(4.0, 4.5, 0.1)).go(3600)
    assert run.rate(3500, 3600) > 8


def test_a_run_begins_with_what_was_learnt_adapts_and_tells(
    collect: Callable[..., Collection],
) -> None:
    """Over real HTTP, into a real file."""
    dataset = DemoDataset(1, clients=3, projects=40, records=4000)
    with DemoServer(dataset) as server:
        collection = collect(server)
        collection.run()
        learned = LearnedPace(20.0, None, 1.0)
        with sqlite3.connect(collection.database) as db:
            db.execute("INSERT INTO meta VALUES ('pace', ?)", (learned.to_text(),))
        db.close()
        begun = len(server.journal)
        automatic = collect(server, EngineSettings(delay=None, max_per_second=40.0))
        automatic.run()
        gaps = server.journal.gaps(begun)
        told = automatic.of(PaceChanged)
    # Nine tenths of what was learnt. A busy machine makes gaps longer; only a first request that
    # arrives late makes the next gap shorter, so ten are taken together.
    assert sum(gaps[:10]) > 0.93 * 10 / 18
    # Whether it goes on rising depends on how busy the machine is.
    assert 1 / told[0].delay > 18
    assert told[0].reason == "rising"
    assert automatic.of(Progress)[-1].pace == pytest.approx(told[-1].delay, rel=0.06)
    kept = LearnedPace.from_text(automatic.number("SELECT value FROM meta WHERE key = 'pace'"))
    assert kept.rate == pytest.approx(1 / told[-1].delay, rel=0.06)


def test_workers_follow_what_the_pace_can_use(collect: Callable[..., Collection]) -> None:
    """Each answer takes a second: two workers would never get beyond two requests a second."""
    data = DemoDataset(1, clients=1, projects=60, records=600)
    with DemoServer(data, faults=Faults(latency=(1.0, 1.0))) as server:
        collection = collect(server, EngineSettings(workers=2, delay=None, max_per_second=20))
        most = 0

        def watch(event: object) -> None:
            nonlocal most
            if isinstance(event, Progress):
                names = [thread.name for thread in threading.enumerate()]
                most = max(most, sum(name.startswith("worker-") for name in names))

        collection.collector.watch(watch)
        assert collection.run().totals.projects == 60
    assert 2 < most <= 32

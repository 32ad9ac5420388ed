"""Requests are spaced at the server, whatever the number of workers."""

import itertools
import time
from collections.abc import Callable

import pytest

from core.asking.limiter import Closed, FixedPace, Limiter, Stopped
from core.asking.requester import backoff
from core.clock import SystemClock
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.stop import StopSignal
from tests.phones.engine.conftest import Collection


def test_requests_are_never_closer_than_the_delay(
    collect: Callable[..., Collection],
) -> None:
    """The figure of the issue, 0.1 s and 8 workers, is measured by benchmarks/pacing.py."""
    dataset = DemoDataset(1, clients=8, projects=20, records=2000)
    with DemoServer(dataset) as server:
        finished = collect(server, EngineSettings(workers=8, delay=0.04)).run()
        # Not the gaps between arrivals: between start and arrival lies a busy machine.
        assert finished.seconds >= (len(server.journal) - 2) * 0.04


def test_starts_are_spaced_on_the_clock() -> None:
    clock = _Clock()
    limiter = Limiter(FixedPace(0.5), clock, StopSignal())
    starts = []
    for _ in range(5):
        limiter.wait_turn()
        starts.append(clock.time)
        clock.time += 0.1  # the request itself takes some time
    assert [b - a for a, b in itertools.pairwise(starts)] == pytest.approx([0.5] * 4)


def test_the_clock_of_windows_shortens_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """time.monotonic moves in steps of 15.6 ms there."""
    fine, step = time.monotonic, 0.015625
    monkeypatch.setattr(time, "monotonic", lambda: fine() // step * step)

    class Marked(SystemClock):
        last = 0.0

        def monotonic(self) -> float:
            self.last = fine()
            return super().monotonic()

    clock, starts = Marked(), []
    delay = 2 * step  # as the usual half second is 32 of them
    limiter = Limiter(FixedPace(delay), clock, StopSignal())
    for _ in range(20):
        limiter.wait_turn()
        starts.append(clock.last)
        time.sleep(0.005)  # the request
    assert min(b - a for a, b in itertools.pairwise(starts)) >= delay


def test_a_wait_that_the_server_asked_for_is_kept_in_full() -> None:
    clock = _Clock()
    limiter = Limiter(FixedPace(0.5), clock, StopSignal())
    limiter.wait_turn()
    limiter.hold(30)
    limiter.hold(5)  # a shorter one does not shorten it
    limiter.wait_turn()
    assert clock.time == pytest.approx(30)


def test_closed_seconds_count_while_it_is_closed_and_once_for_two_reasons() -> None:
    clock = _Clock()
    limiter = Limiter(FixedPace(0.5), clock, StopSignal())
    clock.time = 10
    assert limiter.closed_seconds == 0
    limiter.close_gate(Closed.OUTAGE)
    clock.time = 13
    assert limiter.closed_seconds == 3
    limiter.close_gate(Closed.DISK)
    clock.time = 15
    limiter.open_gate(Closed.OUTAGE)
    clock.time = 17
    assert limiter.closed_seconds == 7
    limiter.open_gate(Closed.DISK)
    limiter.open_gate(Closed.DISK)
    clock.time = 100
    assert limiter.closed_seconds == 7


def test_stop_ends_the_wait() -> None:
    stop = StopSignal()
    limiter = Limiter(FixedPace(100), SystemClock(), stop)
    limiter.wait_turn()
    stop.request()
    with pytest.raises(Stopped):
        limiter.wait_turn()


def test_backoff_doubles_up_to_a_minute_and_jitter_only_shortens() -> None:
    assert [backoff(n, lambda: 0.0) for n in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert backoff(3, lambda: 1.0) == 3.0


class _Clock(SystemClock):
    """Waits by moving on; nothing else happens meanwhile."""

    def __init__(self) -> None:
        self.time = 0.0

    def monotonic(self) -> float:
        return self.time

    def wait(self, stop: StopSignal, seconds: float) -> bool:
        self.time += seconds
        return stop.is_set

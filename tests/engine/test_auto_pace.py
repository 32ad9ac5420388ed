"""The automatic pace against servers that are limited in different ways, on a clock of its own."""

from collections.abc import Callable

import pytest

from core.datamaster.demo.dataset import DemoDataset
from core.datamaster.demo.faults import Faults
from core.datamaster.demo.server import DemoServer
from core.engine.auto_pace import FIRST_RATE, AutoPace
from core.engine.session import EngineSettings
from core.events import RunStatus
from core.stop import StopSignal
from core.upstream import Reason
from tests.engine.conftest import Collection


class Clock:
    """Moves only when told to."""

    def __init__(self) -> None:
        self.time = 1000.0

    def monotonic(self) -> float:
        return self.time

    def now(self) -> object:
        raise NotImplementedError

    def wait(self, stop: StopSignal, seconds: float) -> bool:
        raise NotImplementedError


class Trial:
    """Sends requests at the pace to a server that bears `limit` a second, for `seconds`."""

    def __init__(self, most: float = 100.0, learnt: str | None = None) -> None:
        self.clock = Clock()
        self.told: list[tuple[float, str]] = []
        self.pace = AutoPace(
            self.clock,  # type: ignore[arg-type]
            most,
            lambda delay, why: self.told.append((delay, why)),
            learnt,
        )
        self.sent: list[float] = []
        self.refused = 0

    def run(self, seconds: float, latency: Callable[[float], float], limit: float) -> None:
        end = self.clock.time + seconds
        while self.clock.time < end:
            now = self.clock.time
            recent = sum(now - moment < 1.0 for moment in self.sent[-200:])
            self.sent.append(now)
            if recent >= limit:
                self.refused += 1
                self.pace.failed(Reason.TOO_MANY_REQUESTS)
            else:
                self.pace.answered(latency(1 / self.pace.delay))
            self.clock.time += self.pace.delay

    def rate(self, seconds: float) -> float:
        return sum(self.clock.time - moment < seconds for moment in self.sent) / seconds


def test_it_comes_near_the_limit_with_few_refusals() -> None:
    trial = Trial()
    trial.run(120, lambda rate: 0.1, limit=15)
    assert trial.refused / len(trial.sent) < 0.03
    assert (len(trial.sent) - trial.refused) / 120 > 0.8 * 15


def test_it_begins_at_the_usual_pace_and_rises_gently() -> None:
    trial = Trial()
    assert 1 / trial.pace.delay == pytest.approx(FIRST_RATE)
    trial.run(4, lambda rate: 0.1, limit=1000)
    assert 1 / trial.pace.delay <= FIRST_RATE * 1.25**4


def test_it_never_passes_the_set_limit() -> None:
    trial = Trial(most=6)
    trial.run(60, lambda rate: 0.05, limit=1000)
    assert 1 / trial.pace.delay == pytest.approx(6)
    assert "limit" in {why for _, why in trial.told}


@pytest.mark.parametrize(
    "reason", [Reason.TOO_MANY_REQUESTS, Reason.SERVER_ERROR, Reason.TIMED_OUT]
)
def test_trouble_slows_down_at_once_and_only_once_a_burst(reason: Reason) -> None:
    trial = Trial()
    trial.run(10, lambda rate: 0.1, limit=1000)
    before = trial.pace.delay
    trial.pace.failed(reason)
    slower = trial.pace.delay
    assert slower > before
    for _ in range(20):
        trial.pace.failed(reason)  # requests that were under way
    assert trial.pace.delay == slower


@pytest.mark.parametrize("reason", list(Reason))
def test_errors_never_make_it_faster(reason: Reason) -> None:
    trial = Trial()
    trial.run(10, lambda rate: 0.1, limit=1000)
    delay = trial.pace.delay
    for _ in range(200):
        trial.clock.time += 0.01
        trial.pace.failed(reason)
        assert trial.pace.delay >= delay
        delay = trial.pace.delay


def test_a_server_that_gets_slow_under_load_is_spared() -> None:
    """Latency doubles where 10 requests a second are passed by half, without any 429."""

    def latency(rate: float) -> float:
        return 0.1 if rate <= 10 else 0.1 * (1 + (rate - 10) / 5)

    trial = Trial()
    trial.run(180, latency, limit=1000)
    fastest = max(1 / delay for delay, _ in trial.told)
    assert fastest <= 15 * 1.2
    assert trial.rate(60) <= 15
    assert trial.rate(60) >= 10 * 0.8


def test_what_was_learnt_is_where_the_next_run_begins() -> None:
    first = Trial()
    first.run(60, lambda rate: 0.1, limit=15)
    second = Trial(learnt=first.pace.to_keep())
    assert 15 * 0.7 < 1 / second.pace.delay <= 15 * 1.05
    second.run(60, lambda rate: 0.1, limit=15)
    assert second.refused / len(second.sent) < 0.03


def test_a_limit_that_was_lifted_is_found_out() -> None:
    trial = Trial()
    trial.run(30, lambda rate: 0.1, limit=8)
    trial.run(1200, lambda rate: 0.1, limit=1000)
    assert 1 / trial.pace.delay > 8 * 1.5


def test_a_run_at_the_automatic_pace_over_http(collect: Callable[..., Collection]) -> None:
    dataset = DemoDataset(1, clients=10, projects=40, records=2000)
    with DemoServer(dataset, faults=Faults(rate_limit=25, rate_limit_retry_after=None)) as server:
        collection = collect(server, EngineSettings(delay=None, max_per_second=60))
        finished = collection.run()
    assert finished.status is RunStatus.COMPLETED
    assert finished.totals.errors == 0
    assert finished.totals.received == 2000

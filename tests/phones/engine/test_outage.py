"""How a failing request is told from a server that is gone."""

import threading
from collections.abc import Callable

import pytest

from core.asking.limiter import FixedPace, Limiter
from core.asking.requester import OutageTooLong, Requester
from core.asking.troubles import Reason, TemporaryTrouble
from core.clock import SystemClock
from core.phones.engine.request_events import About, RequestEvents
from core.phones.events import Event, OutageEnded, OutageStarted, Target
from core.stop import StopSignal

ITEM = About(Target.PROJECT, 1, 1)
OTHER = About(Target.PROJECT, 2, 1)


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def requester(events: list[Event]) -> Requester:
    clock, stop = SystemClock(), StopSignal()
    limiter = Limiter(FixedPace(0.0), clock, stop)
    return Requester(
        limiter, clock, stop, RequestEvents(events.append), max_retries=0, outage_limit=0.0
    )


def fails() -> None:
    raise TemporaryTrouble(Reason.DROPPED)


def works() -> None:
    pass


def fails_after(first: Callable[[], object]) -> Callable[[], None]:
    def call() -> None:
        first()
        fails()

    return call


def test_an_answer_that_came_before_the_failure_proves_nothing(
    requester: Requester, events: list[Event]
) -> None:
    """The network goes while two requests are under way, one of which was just answered."""
    failing = fails_after(lambda: requester.ask(OTHER, works, fails))
    with pytest.raises(OutageTooLong):
        requester.ask(ITEM, failing, fails)
    assert [event for event in events if isinstance(event, OutageStarted)]


def test_what_fails_alone_is_no_outage(requester: Requester, events: list[Event]) -> None:
    with pytest.raises(TemporaryTrouble):
        requester.ask(ITEM, fails, works)
    assert not [event for event in events if isinstance(event, OutageStarted)]


def test_what_was_answered_since_the_failure_needs_no_probe(events: list[Event]) -> None:
    requester = patient(_Clock(), events, max_retries=1)
    tries: list[int] = []

    def call() -> None:
        tries.append(1)
        if len(tries) == 2:
            requester.ask(OTHER, works, fails)
        fails()

    with pytest.raises(TemporaryTrouble):
        requester.ask(ITEM, call, lambda: pytest.fail("asked whether the server is there"))


def test_a_server_that_is_gone_is_asked_once_a_minute_at_least(events: list[Event]) -> None:
    clock = _Clock()
    requester = patient(clock, events, max_retries=0)
    probes: list[int] = []

    def call() -> None:
        if len(probes) < 10:
            fails()

    def probe() -> None:
        probes.append(1)
        if len(probes) < 10:
            fails()

    requester.ask(ITEM, call, probe)
    assert clock.waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_all_that_an_outage_caught_go_on_after_it(events: list[Event]) -> None:
    """One of them asks whether the server is there again; the others take its word."""
    requester = patient(_Clock(), events, max_retries=1)
    both = threading.Barrier(2, timeout=20)
    probes: list[int] = []
    done: list[About] = []

    def probe() -> None:
        probes.append(1)
        if len(probes) < 3:
            fails()

    def work(about: About) -> None:
        tries: list[int] = []

        def call() -> None:
            tries.append(1)
            if len(tries) == 2:
                both.wait()  # each has failed once before either finds out why
            if len(tries) <= 2:
                fails()

        requester.ask(about, call, probe)
        done.append(about)

    threads = [threading.Thread(target=work, args=(about,)) for about in (ITEM, OTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(about.id for about in done) == [1, 2]
    assert len(probes) == 3
    assert len([event for event in events if isinstance(event, OutageEnded)]) == 1


def test_what_fails_alone_after_an_outage_is_given_up_like_any_other(events: list[Event]) -> None:
    clock = _Clock()
    requester = patient(clock, events, max_retries=2)
    tries: list[int] = []
    probes: list[int] = []

    def call() -> None:
        tries.append(1)
        if len(tries) > 20:
            pytest.fail("asked again and again")
        fails()

    def probe() -> None:
        probes.append(1)
        if len(probes) == 1:
            fails()

    with pytest.raises(TemporaryTrouble):
        requester.ask(ITEM, call, probe)
    assert len(tries) == 3 + 3  # all tries before the outage, and all of them after it
    assert len(clock.waits) == 2 + 1 + 2


def patient(clock: SystemClock, events: list[Event], *, max_retries: int) -> Requester:
    stop = StopSignal()
    limiter = Limiter(FixedPace(0.0), clock, stop)
    return Requester(
        limiter,
        clock,
        stop,
        RequestEvents(events.append),
        max_retries=max_retries,
        outage_limit=14400.0,
    )


class _Clock(SystemClock):
    """Waits by moving on, and remembers for how long."""

    def __init__(self) -> None:
        self.time = 0.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.time

    def wait(self, stop: StopSignal, seconds: float) -> bool:
        self.time += seconds
        self.waits.append(seconds)
        return stop.is_set

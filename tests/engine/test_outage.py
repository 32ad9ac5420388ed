"""How a failing request is told from a server that is gone."""

from collections.abc import Callable

import pytest

from core.clock import SystemClock
from core.engine.limiter import FixedPace, Limiter
from core.engine.requester import About, OutageTooLong, Requester
from core.events import Event, OutageStarted, Target
from core.stop import StopSignal
from core.upstream import Reason, TemporaryTrouble

ITEM = About(Target.PROJECT, 1, 1)
OTHER = About(Target.PROJECT, 2, 1)


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def requester(events: list[Event]) -> Requester:
    clock, stop = SystemClock(), StopSignal()
    limiter = Limiter(FixedPace(0.0), clock, stop)
    return Requester(limiter, clock, stop, events.append, max_retries=0, outage_limit=0.0)


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

"""What a run says of its remaining requests and time."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from core.clock import SystemClock
from core.database.diskspace import Room
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.growth import Growth
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine import disk_guard
from core.phones.engine.forecast import ESTIMATING_REQUESTS, Forecast
from core.phones.engine.session import EngineSettings
from core.phones.events import (
    Activity,
    ActivityChanged,
    ClientListed,
    Mode,
    Progress,
    ProjectFinished,
    RunStatus,
)
from core.phones.run_request import RunRequest
from core.phones.storage.expected_cost import ExpectedWork, Experience
from core.phones.storage.reader import Reader
from core.phones.unfinished import newest_unfinished
from tests.phones.engine.conftest import FAST, Collection, wait_for

Make = Callable[..., Collection]

DATA = DemoDataset(11, clients=30, projects=120, records=20_000)

IN_FLIGHT = 8  # requests that were counted and not judged at the moment of a snapshot


class StillClock(SystemClock):
    """A clock that is told the time."""

    time = 0.0

    def monotonic(self) -> float:
        return self.time


def first_left(collection: Collection) -> float:
    """What the first snapshot of the newest session expected to be left."""
    first = collection.of(Progress)[0]
    assert first.requests_total is not None
    return float(first.requests_total - first.totals.requests)


@pytest.mark.parametrize("mode", list(Mode))
def test_the_requests_that_are_left_are_known_from_earlier_runs(collect: Make, mode: Mode) -> None:
    with DemoServer(DATA) as server:
        collection = collect(server, FAST)
        collection.run()
        server.dataset = DATA.grow(Growth(records=800))
        collection.events.clear()
        finished = collection.run(RunRequest(mode=mode))
    left = finished.totals.requests - collection.of(Progress)[0].totals.requests
    assert first_left(collection) == pytest.approx(left, rel=0.15, abs=IN_FLIGHT)


@pytest.mark.parametrize("mode", list(Mode))
def test_also_after_continue(collect: Make, mode: Mode) -> None:
    with DemoServer(DATA) as server:
        collection = collect(server, EngineSettings(workers=3, delay=0.002))
        collection.run()
        server.dataset = DATA.grow(Growth(records=800))
        done = 0

        def stop_once(event: object) -> None:
            nonlocal done
            if isinstance(event, ProjectFinished):
                done += 1
                if done == 40:
                    collection.collector.stop()

        collection.collector.watch(stop_once)
        stopped = collection.run(RunRequest(mode=mode))
        assert stopped.status is RunStatus.STOPPED
        at_the_stop = collection.of(Progress)[-1]
        with Reader(collection.database) as reader:
            shown = newest_unfinished(reader, 10, SystemClock())
        collection.events.clear()
        finished = collection.resume()
    assert finished.status is RunStatus.COMPLETED
    # Who looks at the stopped run sees what it said itself, and will say when it goes on.
    assert shown is not None
    for said in (at_the_stop, collection.of(Progress)[0]):
        assert shown.projects_total == said.projects_total
        # A session knows besides by how much it was expected wrongly so far.
        assert shown.requests_total == pytest.approx(said.requests_total, rel=0.15)
    assert shown.fraction == pytest.approx(at_the_stop.fraction, rel=0.15)
    begun = collection.of(Progress)[0].totals.requests
    left = finished.totals.requests - begun
    assert first_left(collection) == pytest.approx(left, rel=0.15, abs=IN_FLIGHT)


def test_the_first_run_ever_is_known_after_continue_though_lists_are_missing(collect: Make) -> None:
    """What is begun is read first: the first list of the session may be hours away."""
    data = DemoDataset(11, clients=8, projects=400, records=4_000)
    with DemoServer(data) as server:
        collection = collect(server, EngineSettings(workers=3, delay=0.01))

        def stop_at_a_large_client(event: object) -> None:
            if isinstance(event, ClientListed) and event.projects > 100:
                collection.collector.stop()

        collection.collector.watch(stop_at_a_large_client)
        assert collection.run().status is RunStatus.STOPPED
        assert collection.number("SELECT count(*) FROM run_clients WHERE state = 'pending'")
        collection.events.clear()
        collection.resume()
    first = collection.of(Progress)[0]
    before = collection.events[: collection.events.index(first)]
    assert not [event for event in before if isinstance(event, ClientListed)]
    assert first.requests_total is not None
    assert first.projects_total is not None
    assert first.fraction > 0


def test_what_earlier_sessions_learnt_counts_for_lists_that_are_missing() -> None:
    before = Experience(clients=10, projects=50, finished=20, requests=40)
    forecast = Forecast(StillClock(), {11: None, 12: None}, {1: ExpectedWork(30, 60.0)}, before)
    assert forecast.requests_left() == pytest.approx(60 + 2 * (1 + 5 * 2))
    assert forecast.projects_total() == (20 + 30 + 2 * 5, False)


def test_nothing_is_left_in_the_end_though_something_failed(collect: Make) -> None:
    with DemoServer(DATA) as server:
        collection = collect(server, EngineSettings(delay=0.0, max_retries=0))
        server.faults = server.faults.__class__(
            broken_projects=dict.fromkeys(list(DATA.project_ids())[:3], 500)
        )
        finished = collection.run()
        assert finished.totals.errors == 3
        last = collection.of(Progress)[-1]
    assert last.requests_total == finished.totals.requests


def test_a_budget_limits_what_is_left(collect: Make) -> None:
    with DemoServer(DATA) as server:
        collection = collect(server, FAST)
        collection.run()
        collection.events.clear()
        collection.run(RunRequest(max_requests=50))
        assert {event.requests_total for event in collection.of(Progress)} == {50}
        collection.events.clear()
        collection.collector.configure(
            collection.collector.setup.__class__(
                collection.database,
                EngineSettings(delay=0.01),
                collection.collector.setup.open_source,
            )
        )
        collection.run(RunRequest(max_minutes=1 / 60))
        said = [e.remaining for e in collection.of(Progress) if e.remaining is not None]
    assert all(remaining <= 1 for remaining in said)


def test_a_pause_does_not_lengthen_what_is_said_to_be_left(
    collect: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_guard, "LOOK_EVERY", 0.05)
    room = [Room.PLENTY]
    with DemoServer(DATA) as server:
        collection = collect(server, EngineSettings(workers=3, delay=0.01))
        collection.run()  # now all projects are known
        setup = replace(collection.collector.setup, room_for=lambda path: room[0])
        collection.collector.configure(setup)
        collection.events.clear()
        assert collection.collector.start(RunRequest())
        wait_for(lambda: any(event.remaining for event in collection.of(Progress)))
        room[0] = Room.NONE
        wait_for(lambda: ActivityChanged(Activity.DISK_LOW) in collection.events)
        begin = len(collection.of(Progress))
        wait_for(lambda: len(collection.of(Progress)) > begin + 8)
        first, *_, last = collection.of(Progress)[begin:]
        room[0] = Room.PLENTY
        collection.end()
    assert last.elapsed - first.elapsed > 1
    assert last.remaining == pytest.approx(first.remaining, rel=0.1)


def test_time_is_the_mean_of_the_session_without_outages() -> None:
    clock = StillClock()
    forecast = Forecast(clock, {}, {1: ExpectedWork(100, 110.0)})
    clock.time = 400.0
    forecast.request_started(ESTIMATING_REQUESTS - 1, paused=0.0)
    assert forecast.seconds_left(forecast.requests_left()) is None
    forecast.request_started(50, paused=300.0)
    assert forecast.seconds_left(forecast.requests_left()) == pytest.approx(110 * 100 / 50)


def test_what_was_expected_wrongly_is_corrected_by_what_clients_needed() -> None:
    lists = {client: ExpectedWork(10, 100.0) for client in range(1, 21)}
    forecast = Forecast(StillClock(), lists, {})
    assert forecast.requests_left() == pytest.approx(20 * 101)
    for client in range(1, 6):
        forecast.client_listed(client, 10)
        for _page in range(150):
            forecast.page_read(client)
        for _project in range(10):
            forecast.project_finished(client)
    assert forecast.requests_left() == pytest.approx(15 * 150, rel=0.1)

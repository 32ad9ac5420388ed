"""Projects that are refused are no outage; a server that refuses everything is one."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.phones.events import (
    ItemFailed,
    Notice,
    OutageEnded,
    OutageStarted,
    ProjectFinished,
    RunStatus,
)
from tests.phones.engine.conftest import FAST, Collection
from tests.phones.engine.list_server import HurriedClock

Make = Callable[..., Collection]

DATA = DemoDataset(3, clients=4, projects=300, records=6000)


@contextmanager
def refusing_for(
    collection: Collection, reason: str | int, after: int, seconds: float
) -> Iterator[None]:
    """From the `after`th finished project on the server refuses everything, for `seconds`."""
    server = collection.server
    timer = threading.Timer(seconds, lambda: setattr(server, "faults", Faults()))
    finished = 0

    def watch(event: object) -> None:
        nonlocal finished
        finished += isinstance(event, ProjectFinished)
        if finished == after and isinstance(event, ProjectFinished):
            server.faults = Faults(refuses_everything=reason)
            timer.start()

    collection.collector.watch(watch)
    yield
    timer.join()


@pytest.mark.parametrize(
    "reason",
    [
        403,
        404,
        "IP address blocked",
        "Database connection failed",
        "SQLSTATE[HY000] [2002] Connection refused",
        "Forbidden",
    ],
)
def test_a_server_that_refuses_everything_is_an_outage(collect: Make, reason: str | int) -> None:
    with DemoServer(DATA) as server:
        collection = collect(server, EngineSettings(workers=5, delay=0.002, max_retries=1))
        with refusing_for(collection, reason, after=40, seconds=1.5):
            finished = collection.run()
        assert finished.status is RunStatus.COMPLETED
        assert finished.totals.errors == 0
        assert finished.totals.projects == 300
        assert not collection.of(ItemFailed)
        assert len(collection.of(OutageStarted)) == len(collection.of(OutageEnded)) == 1
        refused = len(server.journal) - server.journal.answered
        assert refused <= 5 * 2 + 10  # those under way, and the looks of a second or two


def test_an_outage_at_the_last_projects_leaves_nothing_out(collect: Make) -> None:
    with DemoServer(DATA) as server:
        collection = collect(server, EngineSettings(workers=2, delay=0.0, max_retries=0))
        with refusing_for(collection, 403, after=297, seconds=1.0):
            finished = collection.run()
        if finished.totals.errors:  # too few were left to tell: they are what Continue takes up
            finished = collection.resume()
        assert (finished.totals.projects, finished.totals.errors) == (300, 0)


@pytest.mark.parametrize("dead", [1, 2, 30])
def test_projects_that_are_refused_are_no_outage(collect: Make, dead: int) -> None:
    """Also where they stand one after another."""
    broken = dict.fromkeys(DATA.project_ids(DATA.client_ids()[0])[:dead], "Project is blocked")
    with DemoServer(DATA, faults=Faults(broken_projects=broken)) as server:
        collection = collect(server, FAST)
        finished = collection.run()
        assert finished.status is RunStatus.COMPLETED
        assert finished.totals.errors == len(broken)
        assert not collection.of(OutageStarted)
        # Twice each, and a look now and then, at what worked and at ends.
        least = 1 + 4 + 300
        assert len(server.journal) <= least + len(broken) + 20


def test_a_dead_project_is_asked_once_in_the_second_pass(collect: Make) -> None:
    ids = DATA.project_ids()
    dead = ids[::5]
    with DemoServer(DATA, faults=Faults(broken_projects=dict.fromkeys(dead, 500))) as server:
        collection = collect(server, EngineSettings(workers=5, delay=0.0, max_retries=3))
        collection.collector._clock = HurriedClock()
        finished = collection.run()
        assert finished.status is RunStatus.COMPLETED
        assert finished.totals.errors == 60
        asked = Counter(e.id for e in server.journal.entries() if e.command == "gck_phones")
        assert all(asked[project] == 4 + 1 for project in dead)


def test_what_failed_together_is_tried_as_often_as_at_first(collect: Make) -> None:
    """A bad time of the server: as many tries again, and no third pass."""
    dead = DATA.project_ids()[100:130]
    data = DemoDataset(3, clients=1, projects=300, records=6000)
    with DemoServer(data, faults=Faults(broken_projects=dict.fromkeys(dead, 500))) as server:
        collection = collect(server, EngineSettings(workers=1, delay=0.0, max_retries=2))
        collection.collector._clock = HurriedClock()
        collection.run()
        asked = Counter(e.id for e in server.journal.entries() if e.command == "gck_phones")
        assert all(asked[project] == 2 * 3 for project in dead)


def test_a_project_that_works_again_is_read_with_all_retries(collect: Make) -> None:
    """It answers its first request in the second pass, then stumbles like any other."""
    data = DemoDataset(3, clients=1, projects=20, records=6000)
    large = max(data.project_ids(), key=data.size)
    with DemoServer(data, page_size=50) as server:
        server.faults = Faults(broken_projects={large: 500})
        collection = collect(server, EngineSettings(workers=1, delay=0.0, max_retries=3))
        collection.collector._clock = HurriedClock()

        def watch(event: object) -> None:
            if isinstance(event, ProjectFinished) and event.project_id == data.project_ids()[-1]:
                server.faults = Faults()

        collection.collector.watch(watch)
        finished = collection.run()
        assert finished.totals.errors == 0
        assert not collection.events.count(Notice("pages_uneven"))

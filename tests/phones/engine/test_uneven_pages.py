"""Servers whose pages are shorter in the middle than elsewhere, or whose last page comes again."""

from collections import Counter
from collections.abc import Callable

import pytest

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.growth import Growth
from core.phones.datamaster.demo.numbers import REJECTED, e164
from core.phones.datamaster.demo.paging import given_serials
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.phones.events import Mode, Notice, PageSizeLearned, ProjectFinished, RunStatus
from core.phones.run_request import RunRequest
from tests.phones.engine.conftest import Collection

Make = Callable[..., Collection]

ONE_WORKER = EngineSettings(workers=1, delay=0.0)


def given(server: DemoServer) -> tuple[int, set[tuple[int, str]]]:
    """How many records the server's pages hold, and the (project, phone) pairs among them."""
    data, records, pairs = server.dataset, 0, set()
    for project in data.project_ids():
        serials = given_serials(data, project, server.page_size, server.faults)
        records += len(serials)
        for first in range(0, len(serials), 1000):
            part = data.stretch(project, serials[first : first + 1000])
            pairs |= {(project, e164(index)) for index in part.indexes if index != REJECTED}
    return records, pairs


def stored(collection: Collection) -> set[tuple[int, str]]:
    return set(
        collection.rows(
            "SELECT l.project_id, p.phone FROM project_phones l JOIN phones p ON p.id = l.phone_id"
        )
    )


def sure_requests(server: DemoServer) -> int:
    """What it costs to ask each project until a page is empty."""
    data = server.dataset
    return sum(-(-data.size(project) // server.page_size) + 1 for project in data.project_ids())


def most_often_asked(server: DemoServer, since: int = 0) -> int:
    """How often the same page was asked for, at most."""
    pages = Counter(
        (entry.id, entry.page)
        for entry in server.journal.entries(since)
        if entry.command == "gck_phones"
    )
    return max(pages.values())


def told(collection: Collection, code: str) -> int:
    return collection.events.count(Notice(code))


@pytest.mark.parametrize("left_out", [10, 700])
def test_a_short_page_in_the_middle_ends_nothing(collect: Make, left_out: int) -> None:
    """Pages of 1000, 990, 1000, 500 records, and then an empty one."""
    data = DemoDataset(1, clients=1, projects=1, records=3500)
    faults = Faults(short_pages={(data.project_ids()[0], 2): left_out})
    with DemoServer(data, faults=faults) as server:
        collection = collect(server)
        finished = collection.run()
        assert finished.totals.received == 3500 - left_out
        assert stored(collection) == given(server)[1]
        assert collection.number("SELECT records FROM projects") == 3500 - left_out
        assert server.journal.count("gck_phones") <= sure_requests(server) + 1
    assert told(collection, "pages_uneven") == 1
    assert not collection.of(PageSizeLearned)


@pytest.mark.parametrize("workers", [1, 5])
@pytest.mark.parametrize("page", [100, 1000])
def test_pages_short_here_and_there_lose_nothing(collect: Make, page: int, workers: int) -> None:
    data = DemoDataset(2, clients=4, projects=60, records=60 * page * 2)
    settings = EngineSettings(workers=workers, delay=0.0)
    with DemoServer(data, page_size=page, faults=Faults(seed=3, short_share=0.2)) as server:
        collection = collect(server, settings)
        finished = collection.run()
        records, pairs = given(server)
        assert finished.status is RunStatus.COMPLETED
        assert stored(collection) == pairs
        assert collection.number("SELECT sum(records) FROM projects") == records
        projects = len(data.project_ids())
        assert server.journal.count("gck_phones") <= sure_requests(server) + projects
        assert most_often_asked(server) <= 2
        assert told(collection, "pages_uneven") == 1

        asked = len(server.journal)  # the next run knows it from its first page on
        collection.run()
        assert server.journal.count("gck_phones", since=asked) == sure_requests(server)
        assert told(collection, "pages_uneven") == 1


def test_a_project_closed_before_it_showed_is_taken_up_again(collect: Make) -> None:
    """The first large project ends on 60 of 100 records, as far as anybody can tell; a later one
    has a page of 95 in the middle."""
    data = DemoDataset(2, clients=4, projects=60, records=60 * 200)
    first, *_, last = [project for project in data.project_ids() if data.size(project) > 300]
    faults = Faults(short_pages={(first, 2): 40, (last, 2): 5})
    with DemoServer(data, page_size=100, faults=faults) as server:
        collection = collect(server, ONE_WORKER)
        collection.run()
        assert stored(collection) == given(server)[1]
        assert most_often_asked(server) <= 2


@pytest.mark.parametrize("mode", [Mode.QUICK, Mode.SMART])
def test_quick_runs_over_uneven_pages_lose_nothing(collect: Make, mode: Mode) -> None:
    data = DemoDataset(4, clients=3, projects=24, records=10_000, order="mixed")
    with DemoServer(data, page_size=50) as server:
        collection = collect(server)
        collection.run()
        server.faults = Faults(seed=5, short_share=0.3)
        for _ in range(2):
            server.dataset = server.dataset.grow(Growth(records=800, projects_share=1.0))
            # Smart runs choose the projects by days that do not pass here: named ones are read.
            collection.run(RunRequest(mode=mode) if mode is Mode.QUICK else RunRequest())
            assert given(server)[1] <= stored(collection)


def test_pages_that_are_even_again_cost_no_more(collect: Make) -> None:
    data = DemoDataset(2, clients=4, projects=60, records=60 * 200)
    with DemoServer(data, page_size=100, faults=Faults(seed=3, short_share=0.3)) as server:
        collection = collect(server)
        collection.run()
        server.faults = Faults()
        collection.run()  # asks each project to its empty page, and sees no short one
        asked = len(server.journal)
        collection.run()
        least = sum(data.size(project) // 100 + 1 for project in data.project_ids())
        assert server.journal.count("gck_phones", since=asked) <= least * 1.02 + 4


def test_a_run_killed_after_it_knew_goes_on_knowing(collect: Make) -> None:
    """Stopped as soon as pages proved uneven: what was closed before is looked at all the same."""
    data = DemoDataset(2, clients=4, projects=60, records=60 * 200)
    faults = Faults(seed=3, short_share=0.2, latency=(0.002, 0.01))
    with DemoServer(data, page_size=100, faults=faults) as server:
        collection = collect(server)

        def watch(event: object) -> None:
            if event == Notice("pages_uneven"):
                collection.collector.stop()

        collection.collector.watch(watch)
        result = collection.run()
        assert result.status is RunStatus.STOPPED
        result = collection.resume()
        assert result.status is RunStatus.COMPLETED
        assert stored(collection) == given(server)[1]


@pytest.mark.parametrize("exact", [False, True])
def test_a_last_page_that_comes_again_ends_its_project(collect: Make, exact: bool) -> None:
    size = 100 if exact else 130
    data = DemoDataset(1, clients=2, projects=20, records=20 * size)
    with DemoServer(data, page_size=10, faults=Faults(repeats_last_page=True)) as server:
        collection = collect(server)
        finished = collection.run()
        assert finished.status is RunStatus.COMPLETED
        assert finished.totals.received == 20 * size
        assert finished.totals.repeated < 20 * size
        assert stored(collection) == given(server)[1]
        sizes = dict(collection.rows("SELECT id, records FROM projects"))
        assert sizes == {project: data.size(project) for project in data.project_ids()}
        for project in data.project_ids():
            asked = max(e.page for e in server.journal.entries() if e.id == project)
            assert asked <= data.size(project) // 10 + 2
        assert told(collection, "last_page_repeated") == 1
        assert len(collection.of(ProjectFinished)) == 20


def test_quick_runs_where_the_last_page_comes_again(collect: Make) -> None:
    data = DemoDataset(4, clients=3, projects=24, records=10_000, order="mixed")
    with DemoServer(data, page_size=50, faults=Faults(repeats_last_page=True)) as server:
        collection = collect(server)
        collection.run()
        for growth in (Growth(), Growth(records=800, projects_share=1.0), Growth(records=90)):
            data = data.grow(growth)
            server.dataset = data
            collection.run(RunRequest(mode=Mode.QUICK))
            assert given(server)[1] <= stored(collection)
        sizes = dict(collection.rows("SELECT id, records FROM projects"))
        assert sizes == {project: data.size(project) for project in data.project_ids()}


def test_a_run_continued_at_the_last_page_sees_it_come_again(collect: Make) -> None:
    data = DemoDataset(1, clients=2, projects=20, records=2600)
    faults = Faults(repeats_last_page=True, latency=(0.001, 0.004))
    with DemoServer(data, page_size=10, faults=faults) as server:
        collection = collect(server)
        pages = 0

        def watch(event: object) -> None:
            nonlocal pages
            if isinstance(event, ProjectFinished):
                pages += 1
                if pages % 2:
                    collection.collector.stop()

        collection.collector.watch(watch)
        result = collection.run()
        while result.status is RunStatus.STOPPED:
            result = collection.resume()
        assert result.totals.received == 2600

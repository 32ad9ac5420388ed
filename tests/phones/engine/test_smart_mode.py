"""Smart runs: which projects are visited, how often, and in which order."""

import pytest

from core.clock import SystemClock
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.expected import expected
from core.phones.datamaster.demo.growth import Growth
from core.phones.datamaster.demo.server import DemoServer
from core.phones.events import LeftOut, Mode, ProjectFinished, RunStatus
from core.phones.run_request import RunRequest, Selection
from core.phones.storage.reader import Reader
from core.phones.unfinished import newest_unfinished
from tests.phones.engine.conftest import Collection
from tests.phones.engine.smart_runs import (
    A_DAY,
    DATA,
    SMART,
    Days,
    Make,
    after_three_days,
    expected_gains,
    start,
    visited,
    with_one_worker,
)
from tests.phones.literal import LiteralServer, record
from tests.phones.storage.consistency import contradictions


@pytest.fixture
def days() -> Days:
    return Days()


def test_still_projects_are_visited_less_and_less_but_within_the_bound(
    collect: Make, days: Days
) -> None:
    data = DATA
    with DemoServer(data) as server:
        collection = start(collect, server, days)
        collection.run()
        last = dict.fromkeys(data.project_ids(), 0.0)
        longest = dict.fromkeys(data.project_ids(), 0.0)
        counts = []
        for day in range(1, 22):
            days.day = day
            data = data.grow(A_DAY)
            server.dataset = data
            finished = collection.run(SMART)
            assert finished.status is RunStatus.COMPLETED
            seen = visited(collection)
            counts.append(len(seen))
            assert finished.left_out == LeftOut(not_due=60 - len(seen))
            for project in seen:
                longest[project] = max(longest[project], day - last[project])
                last[project] = day
    assert counts[0] == 60  # nothing is known of them yet
    assert sum(counts[7:]) < 0.4 * 60 * len(counts[7:])
    assert max(longest.values()) <= 7
    assert max(21 - day for day in last.values()) < 7


def test_productive_projects_are_visited_in_every_run(collect: Make, days: Days) -> None:
    data = DATA
    with DemoServer(data) as server:
        collection = start(collect, server, days)
        collection.run()
        for day in range(1, 10):
            days.day = day
            before = {project: data.size(project) for project in data.project_ids()}
            data = data.grow(A_DAY)
            server.dataset = data
            collection.run(SMART)
            grown = {p: data.size(p) - before[p] for p in data.project_ids()}
            best = sorted(grown, key=lambda p: -grown[p])[:4]
            assert set(best) <= visited(collection)
    assert expected(data).phones - collection.number("SELECT count(*) FROM phones") < 30


def test_new_projects_and_clients_are_found(collect: Make, days: Days) -> None:
    data = DATA
    with DemoServer(data) as server:
        collection = start(collect, server, days)
        collection.run()
        for day in range(1, 9):
            days.day = day
            if day == 4:
                data = data.grow(Growth(records=100, new_projects=6, new_clients=2))
                server.dataset = data
            collection.run(SMART)
    assert collection.number("SELECT count(*) FROM projects") == expected(data).projects
    assert collection.number("SELECT count(*) FROM phones") == expected(data).phones


def test_lists_of_clients_without_news_are_asked_for_less_often(collect: Make, days: Days) -> None:
    data = DemoDataset(4, clients=30, projects=30, records=600)
    with DemoServer(data) as server:
        collection = start(collect, server, days)
        collection.run()
        lists = []
        for day in range(1, 15):
            days.day = day
            begun = len(server.journal)
            finished = collection.run(SMART)
            lists.append(server.journal.count("gck_projects", since=begun))
            assert finished.totals.clients == 30
    assert lists[0] == 30
    assert sum(lists[4:]) < 0.4 * 30 * len(lists[4:])
    assert sum(lists[7:]) >= 30  # within the bound each of them


def test_a_project_that_is_gone_fails_no_run(collect: Make, days: Days) -> None:
    data = DATA
    with DemoServer(data) as server:
        collection = start(collect, server, days)
        collection.run()
        for day in (1, 2, 3):
            days.day = day
            collection.run(SMART)
        days.day = 4.9
        server.dataset = DemoDataset(3, clients=4, projects=55, records=2800, order="mixed")
        listed = {
            project
            for client in server.dataset.client_ids()
            for project in server.dataset.project_ids(client)
        }
        finished = collection.run(SMART)
        assert finished.totals.errors == 0
        days.day = 20
        finished = collection.run(SMART)
        assert finished.totals.errors == 0
        assert visited(collection) == listed


def test_the_most_productive_come_first(collect: Make, days: Days) -> None:
    with DemoServer(DATA) as server:
        collection = after_three_days(collect, server, days)
        days.day = 12
        gains = expected_gains(collection, days.now())
        with_one_worker(collection)
        collection.events.clear()
        collection.run(SMART)
        order = [event.project_id for event in collection.of(ProjectFinished)]
    assert len(order) == 60
    assert [gains[p] for p in order[:6]] == sorted(gains.values(), reverse=True)[:6]


def test_a_stopped_smart_run_takes_the_same_projects(collect: Make, days: Days) -> None:
    data = DATA
    seen = []
    for stop in (False, True):
        with DemoServer(DATA) as server:
            collection = collect(server, name=f"{stop}.db")
            collection.collector._clock = days
            data = DATA
            days.day = 0
            collection.run()
            for day in (1, 2, 3):
                days.day = day
                data = data.grow(A_DAY)
                server.dataset = data
                if day < 3 or not stop:
                    collection.run(SMART)
            if stop:
                _run_with_stops(collection)
            seen.append((visited(collection), collection.number("SELECT count(*) FROM phones")))
    assert seen[0] == seen[1]


def _run_with_stops(collection: Collection) -> None:
    finished = 0

    def watch(event: object) -> None:
        nonlocal finished
        if isinstance(event, ProjectFinished):
            finished += 1
            if finished % 5 == 0:
                collection.collector.stop()

    collection.collector.watch(watch)
    result = collection.run(SMART)
    assert result.status is RunStatus.STOPPED
    while result.status is RunStatus.STOPPED:
        with Reader(collection.database) as reader:
            found = newest_unfinished(reader, 10, SystemClock())
        # How far it got, of what it takes: not of all that the clients have.
        assert found is not None
        assert found.projects_done == len(visited(collection))
        assert found.projects_total == collection.number(
            "SELECT count(*) FROM run_projects WHERE run_id = 4"
        )
        result = collection.resume()
    assert result.status is RunStatus.COMPLETED


def test_a_trial_takes_the_first_projects_due_or_not(collect: Make, days: Days) -> None:
    with DemoServer(DATA) as server:
        collection = start(collect, server, days)
        collection.run()
        request = RunRequest(mode=Mode.SMART, selection=Selection(limit_projects=2))
        collection.run(request)
        assert len(visited(collection)) == sum(
            min(2, len(DATA.project_ids(client))) for client in DATA.client_ids()
        )
        # The cut list did not make the others look as if they were gone.
        assert collection.number("SELECT count(*) FROM projects WHERE listed = 0") == 0


@pytest.mark.parametrize("moves", [20, 22, 24, 26])
def test_a_project_that_moved_to_another_client_is_read_all_the_same(
    collect: Make, days: Days, moves: int
) -> None:
    """The list of its new client is asked for by its own rhythm, days later."""
    clients = [{"id": 100001, "username": "one"}]
    moving, other = {"id": 2000001, "name": "moving"}, {"id": 2000002, "name": "other"}
    staying = {"id": 2000003, "name": "staying"}
    records = [record("79571230000")]
    one = [[record("79571239999")]]
    pages = {2000001: [records], 2000002: one, 2000003: one}
    with LiteralServer(clients, {100001: [moving, staying], 100002: [other]}, pages) as server:
        collection = start(collect, server, days)  # type: ignore[arg-type]
        collection.run()
        for day in range(1, moves + 8):
            days.day = day
            records.append(record(f"7957123{day:04}"))
            if day == 4:  # so that the two are not listed on the same days
                server.clients = [*clients, {"id": 100002, "username": "two"}]
            if day == moves:
                server.projects = {100001: [staying], 100002: [other, moving]}
            finished = collection.run(SMART)
            assert finished.totals.errors == 0
            assert 2000001 in visited(collection), day
        assert not contradictions(collection.database)

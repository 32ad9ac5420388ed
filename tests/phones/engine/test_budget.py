"""Budgets of requests and minutes are kept, spent where they bring most, and counted."""

import sqlite3
from contextlib import closing

import pytest

from core.phones.collector import RunState
from core.phones.datamaster.demo.expected import expected
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.phones.events import LeftOut, Mode, Notice, ProjectFinished, RunStatus
from core.phones.run_failure import RunFailure
from core.phones.run_request import RunRequest, Selection
from core.stand_in.faults import Outage
from tests.phones.engine.conftest import FAST, wait_for
from tests.phones.engine.smart_runs import (
    DATA,
    Days,
    Make,
    after_three_days,
    expected_gains,
    visited,
    with_one_worker,
)


@pytest.fixture
def days() -> Days:
    return Days()


def test_a_budget_of_requests_is_kept_and_what_is_left_out_is_counted(collect: Make) -> None:
    with DemoServer(DATA) as server:
        collection = collect(server, FAST)
        finished = collection.run(RunRequest(max_requests=20))
        assert len(server.journal) == 20
        assert finished.status is RunStatus.COMPLETED
        assert finished.totals.requests == 20
        assert finished.totals.errors == 0
        assert finished.left_out.projects + finished.left_out.clients > 0
        assert [event.code for event in collection.of(Notice)] == ["budget_spent"]
        done = collection.number("SELECT count(*) FROM run_projects WHERE state = 'done'")
        listed = collection.number("SELECT count(*) FROM run_projects")
        assert finished.left_out.projects == listed - done
        assert collection.number("SELECT left_out FROM runs") == listed - done
        # The next run takes everything.
        collection.run()
        assert collection.number("SELECT count(*) FROM phones") == expected(DATA).phones


def test_a_smart_run_with_a_budget_takes_what_brings_most(collect: Make, days: Days) -> None:
    with DemoServer(DATA) as server:
        collection = after_three_days(collect, server, days)
        days.day = 12
        gains = expected_gains(collection, days.now())
        with_one_worker(collection)
        begun = len(server.journal)
        finished = collection.run(RunRequest(mode=Mode.SMART, max_requests=8))
        asked = [entry.id for entry in server.journal.entries(begun) if entry.page == 1]
        seen = visited(collection)
    assert finished.totals.requests == 8
    assert [gains[p] for p in asked] == sorted(gains.values(), reverse=True)[: len(asked)]
    assert len(asked) >= 4
    assert seen >= set(asked[:-1])  # the budget may end in the middle of the last one
    assert finished.left_out == LeftOut(projects=60 - len(seen), clients=4)


def test_a_budget_leaves_no_more_half_read_than_there_are_workers(
    collect: Make, days: Days
) -> None:
    with DemoServer(DATA) as server:
        collection = after_three_days(collect, server, days)
        days.day = 12
        begun = len(server.journal)
        collection.run(RunRequest(mode=Mode.SMART, max_requests=12))
        asked = {entry.id for entry in server.journal.entries(begun) if entry.page == 1}
    assert len(asked - visited(collection)) <= 5


def test_a_budget_of_minutes_is_kept(collect: Make) -> None:
    with DemoServer(DATA) as server:
        collection = collect(server, EngineSettings(workers=2, delay=0.05))
        finished = collection.run(RunRequest(max_minutes=1 / 60))
        assert finished.status is RunStatus.COMPLETED
        assert finished.left_out.projects > 0
        # The pace allows 21 in a second; a busy machine may manage fewer.
        assert 1 <= len(server.journal) <= 22


def test_a_stopped_run_keeps_its_budget(collect: Make) -> None:
    with DemoServer(DATA) as server:
        collection = collect(server, EngineSettings(workers=2, delay=0.01))

        def stop_once(event: object) -> None:
            # Only once: a second wish to stop cuts off requests before the server sees them.
            running = collection.collector.state is RunState.RUNNING
            if isinstance(event, ProjectFinished) and running and len(server.journal) < 15:
                collection.collector.stop()

        collection.collector.watch(stop_once)
        finished = collection.run(RunRequest(max_requests=25))
        while finished.status is RunStatus.STOPPED:
            finished = collection.resume()
        assert finished.status is RunStatus.COMPLETED
        assert finished.totals.requests == len(server.journal) == 25


def test_what_failed_is_tried_again_though_the_budget_is_spent(collect: Make) -> None:
    first = DATA.client_ids()[0]
    with DemoServer(DATA, faults=Faults(broken_clients={first: "Access denied"})) as server:
        collection = collect(server, FAST)
        finished = collection.run(RunRequest(max_requests=20))
        assert (finished.status, finished.totals.errors) == (RunStatus.COMPLETED, 1)
        server.faults = Faults()
        again = collection.resume()
    assert (again.run_id, again.status) == (finished.run_id, RunStatus.COMPLETED)
    assert again.totals.errors == 0
    assert len(collection.of(Notice)) == 1  # of the first session
    assert collection.number(f"SELECT count(*) FROM projects WHERE client_id = {first}") > 0


def test_minutes_before_a_stop_count(collect: Make) -> None:
    with DemoServer(DATA) as server:
        collection = collect(server, EngineSettings(workers=2, delay=0.01))
        collection.collector.start(RunRequest(max_minutes=60))
        wait_for(lambda: collection.of(ProjectFinished))
        collection.collector.stop()
        assert collection.end().status is RunStatus.STOPPED
        with closing(sqlite3.connect(collection.database)) as db, db:
            db.execute("UPDATE runs SET active_seconds = 3600")
        asked = len(server.journal)
        finished = collection.resume()
        assert finished.status is RunStatus.COMPLETED
        assert finished.left_out.projects + finished.left_out.clients > 0
        assert len(server.journal) == asked


def test_a_budget_that_is_spent_before_the_server_answers_ends_the_run(collect: Make) -> None:
    with DemoServer(DATA) as server:
        collection = collect(server, FAST)
        server.go_down()
        finished = collection.run(RunRequest(max_requests=1))
        assert (finished.status, finished.reason) == (RunStatus.FAILED, RunFailure.OUTAGE)
        assert [event.code for event in collection.of(Notice)] == ["budget_spent"]
        # Chosen clients are looked up before there is a run.
        finished = collection.run(RunRequest(selection=Selection(("1",)), max_requests=1))
        assert (finished.status, finished.reason) == (RunStatus.FAILED, RunFailure.OUTAGE)
        assert collection.rows("SELECT id, status FROM runs") == [(1, "failed")]
        server.come_back()
        finished = collection.resume()
        assert finished.status is RunStatus.COMPLETED
        assert finished.left_out == LeftOut(clients=4)


@pytest.mark.parametrize("budget", [{"max_requests": 6}, {"max_minutes": 1 / 30}])
def test_a_server_that_goes_away_for_all_of_the_budget_completes_nothing(
    collect: Make, budget: dict[str, float]
) -> None:
    """The list of clients is there, and then nothing is answered any more.

    The pauses between two looks at a server double: ten requests would take one minute, or two
    where only one worker had asked before the first look.
    """
    gone = Faults(outages=[Outage(at_request=3, seconds=3600)])
    with DemoServer(DATA, faults=gone) as server:
        collection = collect(server, EngineSettings(workers=2, delay=0.0, max_retries=0))
        request = RunRequest(**budget)  # type: ignore[arg-type]
        finished = collection.run(request)
        assert (finished.status, finished.reason) == (RunStatus.FAILED, RunFailure.OUTAGE)

"""Whole runs over real HTTP: totals to the last number, whatever the server does."""

from collections.abc import Callable

import pytest

from core.asking.troubles import Reason
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.expected import expected, expected_of
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.growth import Growth
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.phones.events import (
    ClientFinished,
    ItemFailed,
    ProjectFinished,
    RunFinished,
    RunStarted,
    RunStatus,
)
from core.phones.run_failure import RunFailure
from core.phones.run_request import RunRequest, Selection
from core.stand_in.faults import mixed
from core.stand_in.journal import Outcome
from tests.contents import contents
from tests.phones.engine.conftest import FAST, Collection

Make = Callable[..., Collection]

SMALL = DemoDataset(1, clients=20, projects=60, records=30_000)


def assert_complete(collection: Collection, dataset: DemoDataset) -> None:
    """The database holds exactly what the dataset holds, by raw counts."""
    truth = expected(dataset)
    assert collection.number("SELECT count(*) FROM clients") == truth.clients
    assert collection.number("SELECT count(*) FROM projects") == truth.projects
    assert collection.number("SELECT count(*) FROM phones") == truth.phones
    assert collection.number("SELECT count(*) FROM project_phones") == truth.links
    assert collection.number("SELECT count(*) FROM rejected_phones") == truth.rejected
    assert dict(collection.rows("SELECT name, value FROM totals")) == {
        "clients": truth.clients,
        "projects": truth.projects,
        "phones": truth.phones,
        "links": truth.links,
        "rejected": truth.rejected,
        "records": collection.number("SELECT sum(records) FROM projects"),
    }
    assert collection.rows("PRAGMA foreign_key_check") == []
    assert collection.number("SELECT sum(phones) FROM projects") == truth.links
    assert collection.number("SELECT sum(projects) FROM phones") == truth.links


def test_first_run_has_exact_totals(collect: Make) -> None:
    with DemoServer(SMALL) as server:
        collection = collect(server)
        finished = collection.run()
        truth = expected(SMALL)
        assert finished.status is RunStatus.COMPLETED
        assert finished.totals.received == truth.records
        assert finished.totals.valid == truth.valid_records
        assert finished.totals.new == truth.phones
        assert finished.totals.rejected == truth.rejected_records
        assert finished.totals.known == 0
        assert finished.totals.errors == 0
        assert_complete(collection, SMALL)
        # One page is looked at twice: the closing check of the page numbers.
        assert len(server.journal.pages_asked_twice()) <= 1
        assert finished.totals.requests == len(server.journal)
        assert finished.totals.requests <= truth.least_requests + 12

    started, *_, ended = collection.events
    assert isinstance(started, RunStarted | object)
    assert [type(event) for event in collection.of(RunFinished)] == [RunFinished]
    assert isinstance(ended, RunFinished)
    assert len(collection.of(ClientFinished)) == truth.clients
    projects = collection.of(ProjectFinished)
    assert len(projects) == truth.projects
    assert sum(project.received for project in projects) == truth.records
    assert sum(project.new for project in projects) == truth.phones


def test_counts_of_a_project_add_up_to_what_was_received(collect: Make) -> None:
    with DemoServer(SMALL) as server:
        collection = collect(server)
        collection.run()
    wrong = collection.rows(
        "SELECT * FROM run_projects WHERE received <> new_phones + known + repeated + rejected"
    )
    assert wrong == []
    sums = collection.rows(
        "SELECT sum(received), sum(new_phones), sum(known), sum(repeated), sum(rejected),"
        " sum(new_links) FROM run_projects"
    )
    run = collection.rows(
        "SELECT received, new_phones, known, repeated, rejected, new_links FROM runs"
    )
    assert sums == run


def test_second_run_finds_only_what_grew(collect: Make) -> None:
    later = SMALL.grow(Growth(records=2000, new_projects=3, new_clients=1))
    before, after = expected(SMALL), expected(later)
    with DemoServer(SMALL) as server:
        collection = collect(server)
        collection.run()
        server.dataset = later
        finished = collection.run()
    assert finished.totals.received == after.records
    assert finished.totals.new == after.phones - before.phones
    assert finished.totals.known == before.phones
    assert_complete(collection, later)
    new_links = collection.number("SELECT count(*) FROM project_phones WHERE run_id = 2")
    assert new_links == after.links - before.links
    assert collection.number("SELECT new_links FROM runs WHERE id = 2") == new_links
    ranges = collection.number(
        "SELECT count(*) FROM run_phone_ranges JOIN phones ON id BETWEEN first_id AND last_id"
        " WHERE run_id = 2"
    )
    assert ranges == finished.totals.new


@pytest.mark.parametrize("rows", [137, 500, 1500])
def test_any_page_size_loses_nothing(collect: Make, rows: int) -> None:
    with DemoServer(SMALL, page_size=rows) as server:
        collection = collect(server)
        finished = collection.run()
    assert finished.totals.received == expected(SMALL).records
    assert_complete(collection, SMALL)


@pytest.mark.parametrize(
    "sizes",
    [
        {30: 500},
        {30: 1500},
        {60: 250},
        {20: 400, 70: 1300},
        {40: 5000},
        {15: 999, 60: 1000, 120: 1001},
    ],
)
def test_page_size_that_changes_in_mid_run_loses_nothing(
    collect: Make, sizes: dict[int, int]
) -> None:
    dataset = DemoDataset(3, clients=10, projects=30, records=60_000)
    with DemoServer(dataset, faults=Faults(page_sizes=sizes)) as server:
        collection = collect(server)
        finished = collection.run()
    assert finished.status is RunStatus.COMPLETED
    assert_complete(collection, dataset)


def test_page_size_that_grows_while_the_only_project_is_read(collect: Make) -> None:
    """Page 3 is empty by the new numbering although 2000 records are still to come."""
    dataset = DemoDataset(5, clients=1, projects=1, records=3000)
    with DemoServer(dataset, page_size=500, faults=Faults(page_sizes={5: 1500})) as server:
        collection = collect(server)
        collection.run()
    assert_complete(collection, dataset)


def test_page_size_is_learnt_for_the_next_run(collect: Make) -> None:
    with DemoServer(SMALL, page_size=500) as server:
        collection = collect(server)
        collection.run()
        assert collection.number("SELECT value FROM meta WHERE key = 'page_size'") == "500"
        server.journal.clear()
        finished = collection.run()
        pages = sum(SMALL.size(project) // 500 + 1 for project in SMALL.project_ids())
        assert finished.totals.requests - 21 <= pages * 1.02 + 8


def test_quarter_of_the_requests_failing_changes_nothing(collect: Make) -> None:
    dataset = DemoDataset(1, clients=10, projects=25, records=12_000)
    faults = Faults(shares=mixed(0.25), retry_after=0, seed=4)
    with DemoServer(dataset) as clean, DemoServer(dataset, faults=faults) as failing:
        undisturbed = collect(clean, name="clean.db")
        undisturbed.run()
        collection = collect(failing, EngineSettings(workers=8, delay=0.0), name="failing.db")
        finished = collection.run()
        assert failing.journal.count(outcome=Outcome.FAILED) > 5
    assert finished.status is RunStatus.COMPLETED
    assert finished.totals.errors == 0
    assert contents(collection.database) == contents(undisturbed.database)


def test_projects_that_always_fail_are_counted_and_retried_alone(collect: Make) -> None:
    first, second, *_ = SMALL.project_ids()
    broken: dict[int, str | int] = {first: "Project is blocked", second: 500}
    client = SMALL.client_ids()[-1]
    faults = Faults(broken_projects=broken, broken_clients={client: "Access denied"})
    settings = EngineSettings(workers=5, delay=0.0, max_retries=1)
    with DemoServer(SMALL, faults=faults) as server:
        collection = collect(server, settings)
        finished = collection.run()
        assert finished.status is RunStatus.COMPLETED
        assert finished.totals.errors == 3
        assert collection.number("SELECT errors_count FROM runs") == 3
        failed = {event.id: event for event in collection.of(ItemFailed)}
        assert set(failed) == {first, second, client}
        assert failed[first].reason is Reason.REFUSED
        assert "blocked" in failed[first].detail
        assert failed[second].reason is Reason.SERVER_ERROR
        assert collection.rows(
            "SELECT project_id, reason FROM run_projects WHERE state = 'failed' ORDER BY 1"
        ) == sorted([(first, "refused"), (second, "server_error")])

        truth = expected_of(SMALL, SMALL.client_ids(), without_projects=broken)
        assert finished.totals.received <= truth.records

        server.faults = Faults()
        server.journal.clear()
        again = collection.resume()
        assert again.run_id == finished.run_id
        assert again.totals.errors == 0
        asked = {entry.id for entry in server.journal.entries() if entry.command == "gck_phones"}
        reread = set(SMALL.project_ids(client)) | {first, second}
        # besides, one look at a first page: the closing check of the page numbers
        assert len(asked - reread) <= 1
        assert server.journal.count("clients") == 0
        assert server.journal.count("gck_projects") == 1
    assert_complete(collection, SMALL)


def test_chosen_clients_only(collect: Make) -> None:
    ids = SMALL.client_ids()
    name = SMALL.client_rows()[3]["username"]
    request = RunRequest(selection=Selection(clients=(str(ids[1]), f" {name.upper()} ")))
    with DemoServer(SMALL) as server:
        collection = collect(server)
        finished = collection.run(request)
    truth = expected_of(SMALL, [ids[1], ids[3]])
    assert finished.totals.clients == 2
    assert finished.totals.received == truth.records
    assert collection.number("SELECT count(*) FROM phones") == truth.phones


def test_unknown_client_changes_nothing(collect: Make) -> None:
    with DemoServer(SMALL) as server:
        collection = collect(server)
        finished = collection.run(RunRequest(selection=Selection(clients=("nobody",))))
    assert finished.status is RunStatus.FAILED
    assert finished.reason is RunFailure.UNKNOWN_CLIENTS
    assert finished.detail == "nobody"
    assert finished.run_id == 0
    assert collection.number("SELECT count(*) FROM runs") == 0
    assert collection.number("SELECT count(*) FROM clients") == 0


def test_limits_of_a_trial(collect: Make) -> None:
    selection = Selection(limit_clients=3, limit_projects=1, max_pages=1)
    with DemoServer(SMALL) as server:
        collection = collect(server)
        finished = collection.run(RunRequest(selection=selection))
        assert server.journal.count("gck_projects") == 3
        assert server.journal.count("gck_phones") == finished.totals.projects <= 3
    assert finished.status is RunStatus.COMPLETED


def test_an_account_without_clients_completes(collect: Make) -> None:
    with DemoServer(DemoDataset(1, clients=0, projects=0, records=0)) as server:
        finished = collect(server).run()
    assert finished.status is RunStatus.COMPLETED
    assert finished.totals.requests == 1


def test_start_pressed_three_times_is_one_run(collect: Make) -> None:
    with DemoServer(SMALL) as server:
        collection = collect(server, FAST)
        results = [collection.collector.start(RunRequest()) for _ in range(3)]
        finished = collection.end()
    assert results == [True, False, False]
    assert len(collection.of(RunFinished)) == 1
    assert finished.run_id == 1
    assert collection.number("SELECT count(*) FROM runs") == 1

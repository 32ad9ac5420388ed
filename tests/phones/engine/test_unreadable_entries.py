"""Clients and projects that the server lists in a form that cannot be read."""

import pytest

from core.asking.troubles import Reason
from core.phones.cli import run_exit_code as exit_codes
from core.phones.events import ItemFailed, Mode, Notice, RunStatus, Target
from core.phones.run_failure import RunFailure
from core.phones.run_request import RunRequest
from core.phones.storage.queries.runs import failed_items
from core.phones.storage.reader import Reader
from tests.phones.literal import LiteralServer, record

CLIENT = {"id": 100001, "username": "d.client-one"}
PROJECT = {"id": 2000001, "name": "B1"}
PAGES = {2000001: [[record("79571234567")]], 2000002: [[record("79571234568")]]}


def failures(collection):
    with Reader(collection.database) as reader:
        return [
            (item.target, item.client_id, item.project_id, item.reason, item.detail)
            for item in failed_items(reader, 1)
        ]


def test_an_id_with_a_point_is_read(collect):
    with LiteralServer(
        [{"id": 100001.0, "username": "d.client-one"}],
        {100001: [{"id": 2000001.0, "name": "B1", "status": 0.0}]},
        PAGES,
    ) as server:
        collection = collect(server)
        assert exit_codes.of_run(collection.run()) == 0
        assert collection.rows("SELECT id, client_id, status FROM projects") == [
            (2000001, 100001, 0)
        ]
        assert collection.number("SELECT count(*) FROM phones") == 1


@pytest.mark.parametrize("entry", [{"username": "no id"}, {"id": 100002.5}, None, 5])
def test_a_client_that_cannot_be_read_is_a_failure_of_the_run(collect, entry):
    with LiteralServer([CLIENT, entry], {100001: [PROJECT]}, PAGES) as server:
        collection = collect(server)
        finished = collection.run()
        assert finished.status is RunStatus.COMPLETED
        assert finished.totals.errors == 1
        assert exit_codes.of_run(finished) == 3
        assert collection.number("SELECT count(*) FROM phones") == 1
        ((target, client, project, reason, detail),) = failures(collection)
        assert (target, client, project) == (Target.CLIENT, None, None)
        assert reason == Reason.UNKNOWN_SHAPE
        assert detail.startswith("row 2: ")
        assert [event.detail for event in collection.of(ItemFailed)] == [detail]
        assert collection.resume().totals.errors == 1  # it is still not read


def test_a_project_that_cannot_be_read_does_not_fail_its_client(collect):
    projects = [PROJECT, {"name": "no id"}, {"id": 2000002, "name": "B2"}]
    with LiteralServer([CLIENT], {100001: projects}, PAGES) as server:
        collection = collect(server)
        finished = collection.run()
        assert (finished.totals.clients, finished.totals.projects) == (1, 2)
        assert exit_codes.of_run(finished) == 3
        assert failures(collection) == [
            (Target.PROJECT, 100001, None, Reason.UNKNOWN_SHAPE, "row 2: id is nothing")
        ]
        (event,) = collection.of(ItemFailed)
        assert event.target is Target.PROJECT
        server.projects = {100001: [PROJECT, {"id": 2000002.0, "name": "B2"}]}
        assert exit_codes.of_run(collection.run()) == 0
        # What could not be read may have been any of them: none counts as gone.
        server.projects = {100001: [PROJECT, None]}
        collection.run()
        assert collection.number("SELECT count(*) FROM projects WHERE listed") == 2


def test_clients_that_are_all_gone_are_told(collect):
    with LiteralServer([], {100001: [PROJECT]}, PAGES) as server:
        collection = collect(server)
        assert exit_codes.of_run(collection.run()) == 0  # a new account
        server.clients = [CLIENT]
        assert exit_codes.of_run(collection.run()) == 0
        server.clients = []
        finished = collection.run()
        assert exit_codes.of_run(finished) == 3
        assert [event.reason for event in collection.of(ItemFailed)] == [RunFailure.NO_CLIENTS]
        server.clients = [CLIENT]
        finished = collection.resume()
        assert exit_codes.of_run(finished) == 0
        assert finished.totals.clients == 1


def test_clients_whose_projects_are_all_gone_are_told_once(collect):
    """Each stands among the errors of the run; what is told meanwhile is said once for all."""
    other = {"id": 100002, "username": "d.client-two"}
    new = {"id": 100003, "username": "d.client-three"}
    lists = {100001: [PROJECT], 100002: [{"id": 2000002, "name": "B2"}], 100003: []}
    with LiteralServer([CLIENT, other, new], lists, PAGES) as server:
        collection = collect(server)
        assert exit_codes.of_run(collection.run()) == 0  # a client without projects is no news
        server.projects = {100001: [], 100002: [], 100003: []}
        finished = collection.run()
        assert finished.status is RunStatus.COMPLETED
        assert finished.totals.errors == 2
        assert exit_codes.of_run(finished) == 3
        assert collection.of(Notice) == [Notice("projects_gone")]
        with Reader(collection.database) as reader:
            assert [
                (item.target, item.client_id, item.project_id, item.reason)
                for item in failed_items(reader, 2)
            ] == [
                (Target.CLIENT, client, None, RunFailure.NO_PROJECTS) for client in (100001, 100002)
            ]
        assert collection.number("SELECT count(*) FROM phones") == 2
        assert exit_codes.of_run(collection.run()) == 0  # it is as it was
        server.projects = lists
        assert exit_codes.of_run(collection.run()) == 0
        assert collection.number("SELECT count(*) FROM projects WHERE listed = 1") == 2


@pytest.mark.parametrize("mode", list(Mode))
def test_continue_asks_again_for_lists_that_were_empty_or_could_not_be_read(collect, mode):
    """Of a run that is over; and only for these. While they stay as they are, so does the run."""
    other = {"id": 100002, "username": "d.client-two"}
    sound = {"id": 100003, "username": "d.client-three"}
    second = {"id": 2000002, "name": "B2"}
    lists = {100001: [PROJECT], 100002: [second], 100003: [{"id": 2000003, "name": "B3"}]}
    pages = PAGES | {2000003: [[record("79571234569")]]}
    with LiteralServer([CLIENT, other, sound], lists, pages) as server:
        collection = collect(server)
        assert exit_codes.of_run(collection.run()) == 0
        fourth = {"id": 2000004, "name": "B4"}
        server.pages[2000004] = [[record("79571234560")]]
        server.projects = {**lists, 100001: [], 100002: [second, {**fourth, "id": None}]}
        finished = collection.run(RunRequest(mode))
        assert (finished.totals.errors, finished.totals.clients) == (2, 3)
        asked = finished.totals.requests
        finished = collection.resume()
        assert (finished.totals.errors, finished.totals.clients) == (2, 3)
        assert finished.totals.requests == asked + 2
        server.projects = {**lists, 100002: [second, fourth]}
        finished = collection.resume()
        assert exit_codes.of_run(finished) == 0
        assert (finished.totals.errors, finished.totals.clients) == (0, 3)
        assert collection.number("SELECT count(*) FROM phones") == 4
        assert collection.number("SELECT count(*) FROM projects WHERE listed = 1") == 4
        assert collection.rows("SELECT total_clients FROM runs WHERE id = 2") == [(3,)]

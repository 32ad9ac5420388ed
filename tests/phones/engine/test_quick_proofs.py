"""A quick run that says nothing new has looked where it could be: at both ends, or where it grows.

Projects are newest first or oldest first; the changes are those that leave one end as it was.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.phones.events import Mode, ProjectFinished, RunStatus
from tests.phones.engine.list_server import Account, ListServer, Record

PAGE = 20
_serial = 0


def record(age: int = 0) -> Record:
    """A record of its own; the higher `age`, the older it is."""
    global _serial
    _serial += 1
    moment = datetime(2026, 1, 1, tzinfo=UTC) - timedelta(hours=age) + timedelta(seconds=_serial)
    return f"7907{_serial:07d}", moment.strftime("%Y-%m-%d %H:%M:%S")


def newest_first(count: int) -> list[Record]:
    return [record(age) for age in range(count)]


def oldest_first(count: int) -> list[Record]:
    return newest_first(count)[::-1]


def untimed(count: int) -> list[Record]:
    return [(record()[0], "2026-01-01 10:00:00") for _ in range(count)]


def account(tmp_path: Path, records: list[Record]) -> Account:
    made = Account(ListServer({1: records}, PAGE), tmp_path / "phones.db")
    made.run()
    return made


def missing(made: Account) -> set[str]:
    """Numbers that the server has and the database has not."""
    with closing(sqlite3.connect(made.database)) as db:
        stored = {phone[1:] for (phone,) in db.execute("SELECT phone FROM phones")}
    return {phone for records in made.server.projects.values() for phone, _ in records} - stored


def cost(made: Account) -> int:
    return len(made.server.asked)


Change = Callable[[list[Record]], None]


def one_goes_one_comes(records: list[Record]) -> None:
    del records[70]
    records.insert(0, record())


def one_in_the_middle(records: list[Record]) -> None:
    records.insert(70, record(70))


def one_at_the_end(records: list[Record]) -> None:
    records.append(record(999))


def moved_by_a_page(records: list[Record]) -> None:
    records[0:0] = [record() for _ in range(PAGE)]


@pytest.mark.parametrize(
    "change", [one_goes_one_comes, one_in_the_middle, one_at_the_end, moved_by_a_page]
)
@pytest.mark.parametrize("runs_before", [0, 1, 5])
@pytest.mark.parametrize("make", [newest_first, untimed])
def test_a_change_shows_in_the_next_quick_run(
    tmp_path: Path, make: Callable[[int], list[Record]], change: Change, runs_before: int
) -> None:
    made = account(tmp_path, make(130))
    for _ in range(runs_before):
        made.run(Mode.QUICK)
    change(made.server.projects[1])
    made.run(Mode.QUICK)
    assert missing(made) == set()


@pytest.mark.parametrize("change", [one_in_the_middle, one_at_the_end, moved_by_a_page])
def test_a_change_of_a_project_that_grows_at_its_end_shows(tmp_path: Path, change: Change) -> None:
    made = account(tmp_path, oldest_first(130))
    change(made.server.projects[1])
    made.run(Mode.QUICK)
    assert missing(made) == set()


def test_two_at_the_front_and_one_at_the_end_show_before_nothing_new_is_said(
    tmp_path: Path,
) -> None:
    made = account(tmp_path, newest_first(130))
    records = made.server.projects[1]
    records[0:0] = [record(), record()]
    records.append(record(999))
    assert made.run(Mode.QUICK).totals.new == 2
    assert made.run(Mode.QUICK).totals.new == 1
    assert missing(made) == set()


def test_growth_at_the_front_hides_another_end_for_a_few_runs_at_most(tmp_path: Path) -> None:
    made = account(tmp_path, newest_first(130))
    records = made.server.projects[1]
    records.append(record(999))
    for _ in range(5):
        records.insert(0, record())
        made.run(Mode.QUICK)
    assert missing(made) == set()


@pytest.mark.parametrize(
    ("make", "quiet", "grown"),
    [(newest_first, 2, 1), (oldest_first, 1, 1), (untimed, 2, 1)],
)
def test_what_a_quick_run_costs(
    tmp_path: Path, make: Callable[[int], list[Record]], quiet: int, grown: int
) -> None:
    made = account(tmp_path, make(130))
    made.run(Mode.QUICK)
    assert cost(made) == quiet
    records = made.server.projects[1]
    records.insert(0 if make is newest_first else len(records), record(-1))
    made.run(Mode.QUICK)
    assert cost(made) == grown


def test_what_came_while_a_project_was_read_is_found_by_the_next_quick_run(tmp_path: Path) -> None:
    records = newest_first(130)
    server = ListServer({1: records}, PAGE)

    def grow(project: int, number: int) -> None:
        if number in (3, 5):
            records[0:0] = [record(), record()]

    server.before_page = grow
    made = Account(server, tmp_path / "phones.db")
    made.run()
    server.before_page = lambda project, number: None
    assert len(missing(made)) == 4
    made.run(Mode.QUICK)
    assert missing(made) == set()
    assert cost(made) == 1
    made.run(Mode.QUICK)
    assert cost(made) == 2  # both ends stand where they should: the count was right


def test_a_giant_that_grows_while_it_is_read_is_read_in_full_once(tmp_path: Path) -> None:
    """Newest first, and new records come in each run while it reads."""
    records = newest_first(400)
    server = ListServer({1: records}, PAGE)
    made = Account(server, tmp_path / "phones.db")
    server.before_page = lambda project, number: records.insert(0, record())
    made.run()
    for _ in range(8):
        made.run(Mode.QUICK)
        assert cost(made) <= 4
    server.before_page = lambda project, number: None
    made.run(Mode.QUICK)
    made.run(Mode.FULL)
    assert made.end().totals.new == 0


@pytest.mark.parametrize("make", [newest_first, oldest_first, untimed])
def test_a_giant_that_was_read_across_a_stop_is_remembered(
    tmp_path: Path, make: Callable[[int], list[Record]]
) -> None:
    """Wherever it was stopped, the next quick run needs no full read."""
    records = make(15 * PAGE + 11)
    server = ListServer({1: records}, PAGE)
    made = Account(server, tmp_path / "phones.db")
    stops = {4, 5, 9, 15}

    def stop(project: int, number: int) -> None:
        if number in stops:
            stops.discard(number)
            made.collector.stop()

    server.before_page = stop
    assert made.run().status is RunStatus.STOPPED
    while made.end().status is RunStatus.STOPPED:
        assert made.collector.resume()
    assert made.end().status is RunStatus.COMPLETED
    assert len([event for event in made.events if isinstance(event, ProjectFinished)]) == 1
    made.run(Mode.QUICK)
    assert cost(made) <= 2
    records.insert(0 if make is newest_first else len(records), record(-1))
    made.run(Mode.QUICK)
    assert cost(made) <= 2
    assert missing(made) == set()


@pytest.mark.parametrize("page", [3, 5, 8, PAGE])
def test_nothing_new_at_the_front_is_no_proof_where_a_page_is_shorter_than_the_old_head(
    tmp_path: Path, page: int
) -> None:
    """Then the first page alone cannot show that the project begins as before."""
    made = Account(ListServer({1: newest_first(5 * page)}, page), tmp_path / "phones.db")
    made.run()
    one_at_the_end(made.server.projects[1])
    made.run(Mode.QUICK)
    assert not missing(made)

"""Runs and what they found, against an independent count from the raw tables."""

from collections import Counter
from pathlib import Path

from benchmarks.make_database import make_database
from benchmarks.synthetic_data import Size
from core.clock import SystemClock
from core.phones.events import RunStatus, Target
from core.phones.storage.queries import growth, overview, runs
from core.phones.storage.reader import Reader
from core.phones.unfinished import newest_unfinished
from tests.phones.queries.raw import SIZE, Raw


def test_overview(reader: Reader, raw: Raw, path: Path) -> None:
    found = overview.overview(reader)
    assert (found.clients, found.projects) == (len(raw.clients), len(raw.projects))
    assert (found.phones, found.links) == (len(raw.phones), len(raw.project_phones))
    assert found.rejected == len(raw.rejected)
    assert found.new_phones == sum(row["first_run_id"] == SIZE.runs for row in raw.phones)
    assert found.file_bytes >= path.stat().st_size


def test_run_list_and_newest(reader: Reader, raw: Raw) -> None:
    listed = runs.run_list(reader)
    assert [run.id for run in listed] == [5, 4, 3, 2, 1]
    for run in listed:
        stored = raw.runs[run.id - 1]
        assert run.new_phones == stored["new_phones"]
        assert run.started_at.isoformat() == stored["started_at"].replace("Z", "+00:00")
        assert run.status is RunStatus.COMPLETED
        assert run.received == run.new_phones + run.known + run.repeated + run.rejected
    assert [run.id for run in runs.run_list(reader, limit=2, before=4)] == [3, 2]
    assert runs.find_run(reader, 3) == listed[2]
    assert runs.find_run(reader, 99) is None
    assert runs.newest_run(reader) == listed[0]
    assert runs.run_before(reader, 1) is None
    assert newest_unfinished(reader, 10, SystemClock()) is None


def test_newest_unfinished(tmp_path: Path) -> None:
    path = tmp_path / "unfinished.db"
    make_database(path, Size(300, 500, clients=20, projects=30, runs=2, unfinished=True))
    with Reader(path) as reader:
        found = newest_unfinished(reader, 10, SystemClock())
    assert found is not None
    assert found.run.id == 2
    assert (found.clients_done, found.clients_total) == (17, 20)
    raw = Raw(path)
    taken = [row["state"] for row in raw.run_projects if row["run_id"] == 2]
    assert found.projects_done == taken.count("done") == 12
    # Three clients are not listed yet: what earlier runs know of them is still to come.
    assert found.projects_total is not None
    assert found.projects_total >= len(taken)
    assert found.requests_total is not None
    assert found.fraction == found.run.requests / found.requests_total


def test_failed_items(reader: Reader) -> None:
    found = runs.failed_items(reader, SIZE.runs)
    assert [item.target for item in found] == [Target.CLIENT] * 3 + [Target.PROJECT] * 3
    assert [item.client_id for item in found[:3]] == [100_001, 100_002, 100_003]
    assert found[3].project_id == 1
    assert found[3].reason == "server_error"
    assert runs.failed_items(reader, SIZE.runs, limit=2, offset=2) == found[2:4]
    assert runs.failed_items(reader, 1) == []


def test_growth_by_run(reader: Reader, raw: Raw) -> None:
    by_run = Counter(row["first_run_id"] for row in raw.phones)
    so_far = 0
    for row in runs.growth(reader):
        before = so_far
        so_far += by_run[row.run.id]
        assert row.run.new_phones == by_run[row.run.id]
        assert row.unique_so_far == so_far
        expected = 100 * by_run[row.run.id] / before if before else None
        assert row.growth_percent == expected
    assert so_far == len(raw.phones)


def test_growth_by_day(reader: Reader, raw: Raw) -> None:
    days = Counter(link["created_at_api"][:10] for link in raw.project_phones)
    found = growth.growth_by_day(reader)
    assert {row.day.isoformat(): row.links for row in found} == days
    assert found == sorted(found, key=lambda row: row.day)


def test_top_projects_and_clients(reader: Reader, raw: Raw) -> None:
    projects = Counter(
        row["first_project_id"] for row in raw.phones if row["first_run_id"] == SIZE.runs
    )
    found = growth.top_projects(reader, SIZE.runs, limit=7)
    best = sorted(projects.items(), key=lambda item: (-item[1], item[0]))[:7]
    assert [(row.project_id, row.new_phones) for row in found] == best
    clients: Counter[int] = Counter()
    for project, number in projects.items():
        clients[raw.project[project]["client_id"]] += number
    best = sorted(clients.items(), key=lambda item: (-item[1], item[0]))[:7]
    top = growth.top_clients(reader, SIZE.runs, limit=7)
    assert [(row.client_id, row.new_phones) for row in top] == best

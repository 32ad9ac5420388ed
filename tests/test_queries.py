"""Every query against an independent count in Python from the raw tables."""

import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.make_database import Size, make_database
from core.events import RunStatus, Target
from core.storage.failures import StorageFailure, StorageProblem
from core.storage.queries import compare, growth, overview, phone, phones, runs, tables
from core.storage.queries.phone_filter import PhoneFilter
from core.storage.queries.phones import PhoneSort
from core.storage.reader import Reader

SIZE = Size(phones=3000, links=7000, clients=40, projects=90, runs=5)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("queries") / "made.db"
    make_database(path, SIZE)
    return path


@pytest.fixture
def reader(path: Path) -> Iterator[Reader]:
    with Reader(path) as reader:
        yield reader


class Raw:
    """The tables as dictionaries, read without any of our queries."""

    def __init__(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as db:
            db.row_factory = sqlite3.Row
            for table in ("clients", "projects", "phones", "project_phones", "runs"):
                rows = [dict(row) for row in db.execute(f"SELECT * FROM {table}")]
                setattr(self, table, rows)
            self.rejected = [dict(row) for row in db.execute("SELECT * FROM rejected_phones")]
            self.run_projects = [dict(row) for row in db.execute("SELECT * FROM run_projects")]
        self.project = {row["id"]: row for row in self.projects}
        self.client = {row["id"]: row for row in self.clients}
        self.seen_in: dict[int, set[int]] = defaultdict(set)
        for link in self.project_phones:
            self.seen_in[link["phone_id"]].add(link["project_id"])

    clients: list[dict[str, Any]]
    projects: list[dict[str, Any]]
    phones: list[dict[str, Any]]
    project_phones: list[dict[str, Any]]
    runs: list[dict[str, Any]]


@pytest.fixture(scope="module")
def raw(path: Path) -> Raw:
    return Raw(path)


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
    assert runs.newest_unfinished(reader) is None


def test_newest_unfinished(tmp_path: Path) -> None:
    path = tmp_path / "unfinished.db"
    make_database(path, Size(300, 500, clients=20, projects=30, runs=2, unfinished=True))
    with Reader(path) as reader:
        found = runs.newest_unfinished(reader)
    assert found is not None
    assert found.run.id == 2
    assert (found.clients_done, found.clients_total) == (17, 20)
    assert found.projects_done == 27


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


def all_pages(ask: Any, limit: int) -> list[Any]:
    rows, after = [], None
    while True:
        page = ask(after, limit)
        assert len(page.rows) <= limit
        rows += page.rows
        after = page.next
        if after is None:
            return rows


@pytest.mark.parametrize("sort", list(tables.Sort))
@pytest.mark.parametrize("descending", [False, True])
def test_client_pages(reader: Reader, raw: Raw, sort: tables.Sort, descending: bool) -> None:
    found = all_pages(
        lambda after, limit: tables.clients(reader, "", sort, descending, after, limit), 7
    )
    assert len(found) == len(raw.clients)
    per_client = Counter(row["client_id"] for row in raw.projects)
    assert all(row.projects == per_client[row.id] for row in found)
    links = Counter(raw.project[link["project_id"]]["client_id"] for link in raw.project_phones)
    assert all(row.links == links[row.id] for row in found)
    keys = [
        {"id": row.id, "name": row.username.casefold(), "projects": row.projects}.get(
            sort.value, row.links
        )
        for row in found
    ]
    assert keys == sorted(keys, reverse=descending)


def test_client_search_ignores_case_in_russian(reader: Reader, raw: Raw) -> None:
    found = tables.clients(reader, "АВТО").rows
    assert {row.id for row in found} == {
        row["id"] for row in raw.clients if "авто" in row["username"]
    }
    assert [row.id for row in tables.clients(reader, "100001").rows] == [100_001]


@pytest.mark.parametrize("sort", [tables.Sort.ID, tables.Sort.NAME, tables.Sort.LINKS])
@pytest.mark.parametrize("text", ["", "имплант", "дента"])
def test_project_pages(reader: Reader, raw: Raw, sort: tables.Sort, text: str) -> None:
    found = all_pages(
        lambda after, limit: tables.projects(reader, text, None, sort, True, after, limit), 11
    )
    expected = {
        row["id"]
        for row in raw.projects
        if text in row["name"].casefold() or text in raw.client[row["client_id"]]["username"]
    }
    assert len(found) == len(expected)
    assert {row.id for row in found} == expected
    counts = Counter(link["project_id"] for link in raw.project_phones)
    assert all(row.phones == counts[row.id] for row in found)
    assert tables.count_projects(reader, text) == tables.Count(len(expected), True)


def test_projects_of_a_client(reader: Reader, raw: Raw) -> None:
    found = tables.projects(reader, client_id=100_003).rows
    assert {row.id for row in found} == {
        row["id"] for row in raw.projects if row["client_id"] == 100_003
    }


def test_rejected_pages(reader: Reader, raw: Raw) -> None:
    everything = tables.RejectedFilter()
    found = all_pages(lambda after, limit: tables.rejected(reader, everything, after, limit), 5)
    assert [(row.project_id, row.raw) for row in found] == sorted(
        (row["project_id"], row["raw"]) for row in raw.rejected
    )
    one = tables.RejectedFilter(text="НОМЕР", project_id=8)
    assert [row.raw for row in tables.rejected(reader, one).rows] == ["=1+1 не номер"]
    assert tables.count_rejected(reader, one) == tables.Count(1, True)
    assert tables.count_rejected(reader, everything).value == len(raw.rejected)
    assert tables.rejected(reader, tables.RejectedFilter(run_id=4)).rows == []


def all_phones(
    reader: Reader, where: PhoneFilter, sort: PhoneSort, descending: bool, limit: int = 97
) -> list[phones.PhoneRow]:
    found: list[phones.PhoneRow] = []
    cursor = None
    for _ in range(10_000):
        page = phones.phones(reader, where, sort, descending, cursor, limit, budget=0)
        assert len(page.rows) <= limit
        found += page.rows
        cursor = page.cursor
        if cursor is None:
            return found
    raise AssertionError("paging does not end")


@pytest.mark.parametrize("sort", list(PhoneSort))
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "where",
    [
        PhoneFilter(),
        PhoneFilter(project_id=4),
        PhoneFilter(client_id=100_002),
        PhoneFilter(run_id=3),
        PhoneFilter(run_id=3, client_id=100_002),
        PhoneFilter(since=date(2026, 1, 2), until=date(2026, 1, 3)),
        PhoneFilter(text="дента"),
        PhoneFilter(client_id=100_002, text="имплант"),
        PhoneFilter(text="нет такого"),
        PhoneFilter(project_id=10_000),
    ],
    ids=str,
)
def test_phone_pages(
    reader: Reader, raw: Raw, where: PhoneFilter, sort: PhoneSort, descending: bool
) -> None:
    found = all_phones(reader, where, sort, descending)
    expected = {row["id"] for row in raw.phones if matches(raw, row, where)}
    assert len(found) == len(expected)
    assert {row.id for row in found} == expected
    values = [
        {"first_seen": row.id, "phone": row.phone, "projects": row.projects}[sort.value]
        for row in found
    ]
    assert values == sorted(values, reverse=descending)
    count = phones.count_phones(reader, where, budget=60)
    assert count == tables.Count(len(expected), True)


def matches(raw: Raw, row: dict[str, Any], where: PhoneFilter) -> bool:
    digits = "".join(filter(str.isdigit, where.text))
    projects = [raw.project[number] for number in raw.seen_in[row["id"]]]

    def named(project: dict[str, Any]) -> bool:
        text = where.text.casefold()
        client = raw.client[project["client_id"]]["username"].casefold()
        return bool(digits) or text in project["name"].casefold() or text in client

    if not any(
        (where.project_id in (None, project["id"]))
        and (where.client_id in (None, project["client_id"]))
        and named(project)
        for project in projects
    ):
        return False
    if where.run_id not in (None, row["first_run_id"]):
        return False
    day = row["first_seen_at"][:10]
    if where.since and day < where.since.isoformat():
        return False
    if where.until and day > where.until.isoformat():
        return False
    if not digits:
        return True
    stored = row["phone"]
    if where.text.startswith("+"):
        return bool(stored.startswith("+" + digits))
    eight = digits.startswith("8") and stored.startswith("+7" + digits[1:])
    return digits in stored or bool(eight)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "text",
    ["907", "+7907", "8907", "79", "+7 (935) 0", "12", "1234567", "8-935-00", "+1", "0",
     "790700", "500001", "0000055", "4550", "79074", "200002", "3120000", "155526", "6789012"],
)  # fmt: skip
@pytest.mark.parametrize("project_id", [None, 4])
def test_number_search(
    reader: Reader, raw: Raw, text: str, project_id: int | None, descending: bool
) -> None:
    where = PhoneFilter(text=text, project_id=project_id)
    plain = PhoneFilter(text=text.translate({ord(c): None for c in " ()-"}), project_id=project_id)
    found = all_phones(reader, where, PhoneSort.FIRST_SEEN, descending)
    expected = {row["id"] for row in raw.phones if matches(raw, row, plain)}
    assert len(found) == len(expected)
    assert {row.id for row in found} == expected


UNUSUAL = ("+79071234567890", "+14155552671", "+442071234567", "+4712345678", "+7812345")


@pytest.fixture(scope="module")
def mixed(path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same database with numbers of other lengths and countries among the others."""
    copy = tmp_path_factory.mktemp("mixed") / "mixed.db"
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy)) as db:
        db.executemany(
            "INSERT INTO phones (phone, first_seen, last_seen, first_run_id, last_run_id,"
            " first_project_id) VALUES (?, 0, 0, 1, 1, 1)",
            [(phone,) for phone in UNUSUAL],
        )
        db.commit()
    return copy


@pytest.mark.parametrize("length", [5, 6, 7, 8, 9, 11])
def test_a_part_of_a_number_is_found_wherever_it_stands(mixed: Path, length: int) -> None:
    raw = Raw(mixed)
    stored = [row["phone"] for row in raw.phones]
    parts = {
        phone[at : at + length]
        for phone in (*stored[::1499], *UNUSUAL)
        for at in range(1, len(phone) - length + 1)
    }
    with Reader(mixed) as reader:
        for part in sorted(parts):
            where = PhoneFilter(text=part)
            found = all_phones(reader, where, PhoneSort.FIRST_SEEN, True, limit=2)
            expected = [
                p for p in stored if part in p or (part[0] == "8" and p.startswith("+7" + part[1:]))
            ]
            assert sorted(row.phone for row in found) == sorted(expected)


@pytest.mark.parametrize("descending", [False, True])
def test_phones_of_one_project_and_of_several_are_sorted_together(
    mixed: Path, descending: bool
) -> None:
    projects = {row["id"]: row["projects"] for row in Raw(mixed).phones}
    assert 1 in projects.values()
    with Reader(mixed) as reader:
        found = all_phones(reader, PhoneFilter(), PhoneSort.PROJECTS, descending)
    assert len(found) == len(projects)
    assert {row.id: row.projects for row in found} == projects
    shown = [row.projects for row in found]
    assert shown == sorted(shown, reverse=descending)


def test_full_number_in_any_writing(reader: Reader, raw: Raw) -> None:
    number = raw.phones[7]["phone"]
    spaced = f"8 ({number[2:5]}) {number[5:8]}-{number[8:10]}-{number[10:]}"
    for text in (number, number[1:], spaced, number[2:]):
        page = phones.phones(reader, PhoneFilter(text=text), budget=60)
        assert [row.phone for row in page.rows] == [number]


def test_project_shown_is_one_that_the_filter_allows(reader: Reader) -> None:
    page = phones.phones(reader, PhoneFilter(client_id=100_002))
    assert page.rows
    assert {row.client_id for row in page.rows} == {100_002}


def test_phone_details(reader: Reader, raw: Raw) -> None:
    for row in raw.phones[::500]:
        found = phone.phone_details(reader, row["id"])
        assert found is not None
        assert found.phone == row["phone"]
        assert found.original_format == row["original_format"]
        assert found.first_seen_at == datetime.fromtimestamp(row["first_seen"], UTC)
        links = {
            (link["project_id"], link["created_at_api"], link["run_id"], link["last_run_id"])
            for link in raw.project_phones
            if link["phone_id"] == row["id"]
        }
        assert {
            (s.project_id, s.created_at, s.run_id, s.last_run_id) for s in found.sightings
        } == links
        assert all(s.client == raw.client[s.client_id]["username"] for s in found.sightings)
    assert phone.phone_details(reader, 10**9) is None


@pytest.mark.parametrize(("older", "newer"), [(4, 5), (1, 5), (2, 3)])
def test_comparison(reader: Reader, raw: Raw, older: int, newer: int) -> None:
    done = {
        row["project_id"]
        for row in raw.run_projects
        if row["run_id"] == newer and row["state"] == "done"
    }
    new = Counter(
        link["project_id"] for link in raw.project_phones if older < link["run_id"] <= newer
    )
    gone = Counter(
        link["project_id"]
        for link in raw.project_phones
        if older <= link["last_run_id"] < newer and link["project_id"] in done
    )
    found = compare.compare_runs(reader, older, newer)
    by_project = {change.project_id: change for row in found.clients for change in row.projects}
    assert set(by_project) == set(new) | set(gone)
    for project, change in by_project.items():
        assert change.new == new[project]
        assert change.disappeared == (gone[project] if project in done else None)
        assert change.client_id == raw.project[project]["client_id"]
    assert found.new == sum(new.values())
    assert found.disappeared == sum(gone.values())
    assert found.new_phones == sum(older < row["first_run_id"] <= newer for row in raw.phones)
    assert sum(row.new for row in found.clients) == found.new


def test_a_stale_query_is_dropped(path: Path) -> None:
    stale = False
    with Reader(path, stop=lambda: stale) as reader:
        assert tables.clients(reader).rows
        stale = True
        with pytest.raises(StorageFailure) as caught:
            reader.rows("SELECT * FROM phones")
    assert caught.value.problem is StorageProblem.INTERRUPTED


def test_a_running_query_is_dropped(path: Path) -> None:
    asked = 0

    def later() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    with Reader(path, stop=later) as reader, pytest.raises(StorageFailure) as caught:
        reader.rows("SELECT count(*) FROM project_phones a, project_phones b")
    assert caught.value.problem is StorageProblem.INTERRUPTED


def test_nothing_stays_locked_between_queries(tmp_path: Path) -> None:
    path = tmp_path / "wal.db"
    make_database(path, Size(200, 300, clients=5, projects=9, runs=2))
    with Reader(path) as reader, closing(sqlite3.connect(path)) as writer:
        phones.phones(reader, PhoneFilter())
        writer.execute("INSERT INTO meta VALUES ('a', 'b')")
        writer.commit()
        busy, _, _ = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert busy == 0


def test_comparison_with_a_quick_run(tmp_path: Path) -> None:
    """Run 3 read quickly: what it did not read anew was there all the same."""
    path = tmp_path / "quick.db"
    make_database(path, Size(600, 900, clients=5, projects=9, runs=4, failed=0))
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE run_projects SET reading = 'tail' WHERE run_id = 3")
        db.execute(
            "UPDATE project_phones SET last_run_id = 2 WHERE last_run_id = 3 AND run_id <= 2"
        )
        db.commit()
        gone = db.execute(
            "SELECT count(*) FROM project_phones WHERE last_run_id < 4 AND run_id <= 3"
        ).fetchone()[0]
        never = db.execute("SELECT count(*) FROM project_phones WHERE last_run_id < 2").fetchone()
    assert never == (0,)
    assert gone
    with Reader(path) as reader:
        assert compare.compare_runs(reader, 3, 4).disappeared == gone
        # A quick run proves nothing about what disappeared.
        assert compare.compare_runs(reader, 2, 3).disappeared == 0

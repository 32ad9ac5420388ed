"""Batches of pages, stored in SQLite and in plain Python dictionaries: the same comes of both."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.phones.storage import bulk
from core.phones.storage.connect import open_writer
from core.phones.storage.pages import PageCounts, PageToStore, RejectedRecord, store_pages
from core.phones.storage.project_lists import ProjectList, store_project_lists
from core.phones.storage.writer import TEMPORARY_TABLES
from core.phones.upstream import Project

PHONES = [f"+7957000000{digit}" for digit in range(10)]
PROJECTS = (7, 8, 9)
CREATED = (None, "tomorrow", 0, 86_399, 86_400, -1, 1_700_000_000)

Record = tuple[str, str | None, int | str | None]

records = st.tuples(
    st.sampled_from(PHONES), st.sampled_from([None, "8 957"]), st.sampled_from(CREATED)
)
pages = st.tuples(st.sampled_from(PROJECTS), st.lists(records, max_size=12))
batches = st.lists(pages, min_size=1, max_size=5)
runs = st.lists(st.lists(batches, min_size=1, max_size=3), min_size=1, max_size=3)


@dataclass
class Model:
    """What the tables should hold, row by row."""

    phones: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)
    days: Counter[str] = field(default_factory=Counter)

    def store(self, run: int, now: int, project: int, page: list[Record]) -> PageCounts:
        counts: Counter[str] = Counter()
        for phone, raw, created in page:
            known = self.phones.get(phone)
            if known is None:
                counts["new"] += 1
                self.phones[phone] = known = {
                    "first": (now, run, project, raw),
                    "last": (now, run),
                    "projects": 0,
                }
            else:
                last_run = known["last"][1]
                counts["known" if last_run < run else "repeated"] += 1
                if last_run != run:
                    known["last"] = (now, max(run, last_run))
            link = self.links.get((project, phone))
            if link is None:
                counts["new_links"] += 1
                known["projects"] += 1
                self.links[project, phone] = {"created": created, "run": run, "last": run}
                if isinstance(created, int):
                    self.days[datetime.fromtimestamp(created, UTC).strftime("%Y-%m-%d")] += 1
            else:
                link["last"] = max(run, link["last"])
        return PageCounts(**counts)


@contextmanager
def database() -> Iterator[sqlite3.Connection]:
    with TemporaryDirectory() as folder, closing(open_writer(Path(folder) / "phones.db")) as db:
        db.executescript(TEMPORARY_TABLES)
        db.execute("INSERT INTO clients (id, username, created_at) VALUES (1, '', '')")
        yield db


def begin(db: sqlite3.Connection, run: int) -> None:
    db.execute("INSERT INTO runs (id, started_at, status) VALUES (?, '', 'running')", (run,))
    db.execute("INSERT INTO run_clients (run_id, client_id, position) VALUES (?, 1, 1)", (run,))
    listed = [Project(project, "", 1) for project in PROJECTS]
    store_project_lists(db, run, [ProjectList(1, listed, datetime.now(UTC))])


def to_store(project: int, page: list[Record], number: int) -> PageToStore:
    phones, raws, created = zip(*page, strict=True) if page else ((), (), ())
    return PageToStore(
        project, len(page), phones, raws, created, number + 1, done=False, request=1, records=1
    )


def is_as(db: sqlite3.Connection, model: Model) -> None:
    phones = db.execute(
        "SELECT phone, first_seen, first_run_id, first_project_id, raw, last_seen, last_run_id,"
        " projects FROM phones"
    ).fetchall()
    assert {row[0]: row[1:] for row in phones} == {
        phone: (*one["first"], *one["last"], one["projects"]) for phone, one in model.phones.items()
    }
    links = db.execute(
        "SELECT project_id, phone, created, run_id, l.last_run_id"
        " FROM project_phones l JOIN phones ON id = phone_id"
    ).fetchall()
    assert {row[:2]: row[2:] for row in links} == {
        link: (one["created"], one["run"], one["last"]) for link, one in model.links.items()
    }
    assert dict(db.execute("SELECT day, links FROM link_days")) == model.days
    new_of = dict(
        db.execute(
            "SELECT run_id, count(*) FROM run_phone_ranges JOIN phones"
            " ON id BETWEEN first_id AND last_id GROUP BY run_id"
        )
    )
    assert new_of == Counter(one["first"][1] for one in model.phones.values())


@settings(deadline=None)
@given(runs)
def test_whatever_comes_in_whatever_batches(
    runs: list[list[list[tuple[int, list[Record]]]]],
) -> None:
    model = Model()
    with database() as db:
        for run, run_batches in enumerate(runs, 1):
            begin(db, run)
            for place, batch in enumerate(run_batches):
                now = 1_000 * run + place
                stored = store_pages(
                    db, run, [to_store(*page, number) for number, page in enumerate(batch)], now
                )
                assert stored == [model.store(run, now, *page) for page in batch]
                is_as(db, model)
        ranges = db.execute("SELECT count(*), count(DISTINCT run_id) FROM run_phone_ranges")
        assert len(set(ranges.fetchone())) == 1


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from((1, 2, 3)), batches), min_size=2, max_size=6))
def test_runs_that_are_continued_after_newer_ones(
    turns: list[tuple[int, list[tuple[int, list[Record]]]]],
) -> None:
    model = Model()
    with database() as db:
        for run in (1, 2, 3):
            begin(db, run)
        for now, (run, batch) in enumerate(turns):
            stored = store_pages(
                db, run, [to_store(*page, number) for number, page in enumerate(batch)], now
            )
            assert stored == [model.store(run, now, *page) for page in batch]
            is_as(db, model)


def test_more_rows_than_a_statement_takes() -> None:
    """Parts of every size, and the rows that fill up the last of them."""
    count = 2 * bulk.MOST_VALUES + 77
    page = [(f"+7957{number:07}", None, number) for number in range(count)]
    model = Model()
    with database() as db:
        for run, part in enumerate((page[: count // 2], page, page[::-1]), 1):
            begin(db, run)
            assert store_pages(db, run, [to_store(7, part, 1)], run) == [
                model.store(run, run, 7, part)
            ]
        is_as(db, model)
        assert db.execute("SELECT count(*) FROM phones").fetchone() == (count,)


def test_rejected_records_are_kept_once_and_counted_each_time() -> None:
    with database() as db:
        rejected = [RejectedRecord("x", "not_a_number", None)] * 2
        for run in (1, 2):
            begin(db, run)
            page = PageToStore(7, 2, (), (), (), 2, False, 1, 2, rejected=rejected)
            assert store_pages(db, run, [page], 1) == [PageCounts(rejected=2)]
        kept = db.execute("SELECT raw, first_run_id, last_run_id FROM rejected_phones").fetchall()
        assert kept == [("x", 1, 2)]


@pytest.mark.parametrize("pages_before", [0, 1], ids=["in a worker's hand", "begun"])
def test_a_project_that_a_smart_run_reads_while_its_list_no_longer_names_it(
    pages_before: int,
) -> None:
    """Every record of it is accounted for in the project, too."""
    pages = [to_store(7, [(phone, None, None)], number) for number, phone in enumerate(PHONES[:2])]
    with database() as db:
        begin(db, 1)
        for page in pages[:pages_before]:
            store_pages(db, 1, [page], 1)
        others = [Project(project, "", 1) for project in PROJECTS[1:]]
        store_project_lists(db, 1, [ProjectList(1, others, datetime.now(UTC), unread_only=True)])
        for page in pages[pages_before:]:
            store_pages(db, 1, [page], 1)
        found = db.execute(
            "SELECT received, new_phones, new_links, next_page FROM run_projects"
            " WHERE run_id = 1 AND project_id = 7"
        )
        assert found.fetchall() == [(2, 2, 2, 2)]

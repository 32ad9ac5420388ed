"""The made databases are as the collector would have left them: every kept counter is right."""

import sqlite3
from contextlib import closing
from pathlib import Path

import phonenumbers
import pytest

from benchmarks.make_database import make_database
from benchmarks.synthetic_data import CODES, Size, phone_text

SIZE = Size(phones=2000, links=5000, clients=20, projects=50, runs=4)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "made.db"
    make_database(path, SIZE)
    return path


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def test_it_is_sound(path: Path) -> None:
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA foreign_key_check") == []


@pytest.mark.parametrize(
    ("kept", "counted"),
    [
        (
            "SELECT name, value FROM totals WHERE name <> 'records' ORDER BY name",
            (
                "SELECT 'clients', count(*) FROM clients UNION ALL"
                " SELECT 'links', count(*) FROM project_phones UNION ALL"
                " SELECT 'phones', count(*) FROM phones UNION ALL"
                " SELECT 'projects', count(*) FROM projects UNION ALL"
                " SELECT 'rejected', count(*) FROM rejected_phones"
            ),
        ),
        (
            "SELECT id, phones FROM projects ORDER BY id",
            (
                "SELECT id, (SELECT count(*) FROM project_phones WHERE project_id = p.id)"
                " FROM projects p ORDER BY id"
            ),
        ),
        (
            "SELECT id, projects FROM phones ORDER BY id",
            "SELECT phone_id, count(*) FROM project_phones GROUP BY 1 ORDER BY 1",
        ),
        (
            "SELECT id, last_run_id FROM phones ORDER BY id",
            "SELECT phone_id, max(last_run_id) FROM project_phones GROUP BY 1 ORDER BY 1",
        ),
        (
            "SELECT id, first_run_id FROM phones ORDER BY id",
            (
                "SELECT id, (SELECT run_id FROM run_phone_ranges WHERE phones.id BETWEEN first_id"
                " AND last_id) FROM phones ORDER BY id"
            ),
        ),
        (
            "SELECT id, new_phones, new_links, phones_after FROM runs ORDER BY id",
            (
                "SELECT id, (SELECT count(*) FROM phones WHERE first_run_id = r.id),"
                " (SELECT count(*) FROM project_phones WHERE run_id = r.id),"
                " (SELECT count(*) FROM phones WHERE first_run_id <= r.id) FROM runs r ORDER BY id"
            ),
        ),
        (
            "SELECT id, received, new_phones, known, repeated, rejected FROM runs ORDER BY id",
            (
                "SELECT run_id, sum(received), sum(new_phones), sum(known), sum(repeated),"
                " sum(rejected) FROM run_projects GROUP BY 1 ORDER BY 1"
            ),
        ),
        (
            "SELECT day, links FROM link_days ORDER BY day",
            (
                "SELECT substr(created_at_api, 1, 10), count(*) FROM project_phones GROUP BY 1"
                " ORDER BY 1"
            ),
        ),
        (
            "SELECT count(*) FROM run_projects",
            (
                "SELECT count(*) FROM run_projects"
                " WHERE received = new_phones + known + repeated + rejected"
            ),
        ),
    ],
)
def test_kept_counts_are_right(path: Path, kept: str, counted: str) -> None:
    assert rows(path, kept) == rows(path, counted)


def test_the_same_size_gives_the_same_content(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.db"
    make_database(again, SIZE)
    for table in ("phones", "project_phones", "run_projects", "runs", "rejected_phones"):
        assert rows(path, f"SELECT * FROM {table}") == rows(again, f"SELECT * FROM {table}")


def test_numbers_are_made_up_and_distinct() -> None:
    numbers = [phone_text(n) for n in range(1, 50_000)]
    assert len(set(numbers)) == len(numbers)
    for number in numbers[::997]:
        assert int(number[2:5]) in CODES
        assert phonenumbers.is_possible_number(phonenumbers.parse(number))

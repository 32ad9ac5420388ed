"""The queries of docs/server.md run on a collected database and say what they claim."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.docs.pages import ROOT, code, rows

QUERIES = code("docs/server.md", "sql")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """Two runs of the demo, one project of which fails."""
    home = tmp_path_factory.mktemp("home")
    environment = {
        **os.environ,
        "DATAMASTER_HOME": str(home),
        "DATAMASTER_DEMO": "--clients 4 --projects 12 --records 3000 --grow-records 200"
        " --break-projects 1",
        "RATE_LIMIT_DELAY": "0",
        "MAX_RETRIES": "0",
    }
    for _run in range(2):
        done = subprocess.run(
            [sys.executable, ROOT / "app.py", "collect", "--demo"],
            env=environment, capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        assert done.returncode == 3, done.stderr
    path = home / "demo" / "data" / "phones.db"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


@pytest.mark.parametrize("query", QUERIES)
def test_query_finds_something(database: sqlite3.Connection, query: str) -> None:
    number = database.execute("SELECT phone FROM phones").fetchone()[0]
    query = query.replace("+79070000000", number)  # as the page says: put in yours
    assert database.execute(query).fetchall()


def test_one_number_is_found_without_reading_all_links(database: sqlite3.Connection) -> None:
    query = next(query for query in QUERIES if "+79070000000" in query)
    plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert not [step for step in plan if step.startswith("SCAN project_phones")], plan


def test_every_record_is_accounted_for(database: sqlite3.Connection) -> None:
    query = next(query for query in QUERIES if "AS unaccounted" in query)
    assert [row[-1] for row in database.execute(query)] == [0, 0]


def test_new_numbers_are_those_of_the_run(database: sqlite3.Connection) -> None:
    query = next(query for query in QUERIES if "run_phone_ranges" in query)
    wanted = database.execute("SELECT new_phones FROM runs ORDER BY id DESC LIMIT 1").fetchone()
    assert (len(database.execute(query).fetchall()),) == wanted


def test_numbers_of_a_client_are_distinct_and_all(database: sqlite3.Connection) -> None:
    query = next(query for query in QUERIES if "SELECT DISTINCT phones.phone" in query)
    found = [phone for (phone,) in database.execute(query)]
    wanted = database.execute(
        "SELECT count(DISTINCT phone_id) FROM project_phones WHERE project_id IN"
        " (SELECT id FROM projects WHERE client_id = 100001)"
    ).fetchone()[0]
    assert len(found) == len(set(found)) == wanted


def test_tables_of_the_page_exist(database: sqlite3.Connection) -> None:
    present = {name for (name,) in database.execute("SELECT name FROM sqlite_schema")}
    for names, _text in rows("docs/server.md", "| Table | Holds |"):
        for name in names.split(", "):
            assert name.strip("`") in present

"""Two runs compared, against an independent count from the raw tables."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.make_database import make_database
from benchmarks.synthetic_data import Size
from core.phones.storage.queries import compare
from core.phones.storage.reader import Reader
from tests.phones.queries.raw import Raw


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
        if link["run_id"] <= older <= link["last_run_id"] < newer and link["project_id"] in done
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


def test_what_came_and_went_between_the_two_runs_has_not_disappeared(tmp_path: Path) -> None:
    """A number first seen after the older run was not there, so it is new and nothing else."""
    path = tmp_path / "between.db"
    make_database(path, Size(600, 900, clients=5, projects=9, runs=4, failed=0))
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE project_phones SET last_run_id = 4")
        db.execute("UPDATE project_phones SET last_run_id = 3 WHERE run_id IN (2, 3)")
        db.commit()
        (between,) = db.execute("SELECT count(*) FROM project_phones WHERE last_run_id = 3")
        new = db.execute("SELECT count(*) FROM project_phones WHERE run_id > 1").fetchone()[0]
    assert between[0]
    with Reader(path) as reader:
        found = compare.compare_runs(reader, 1, 4)
    assert (found.new, found.disappeared) == (new, 0)

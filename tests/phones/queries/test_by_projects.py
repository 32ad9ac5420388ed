"""Phones sorted by the number of their projects."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.phones.storage.queries import phones, phones_by_projects
from core.phones.storage.queries.phone_filter import PhoneFilter
from core.phones.storage.queries.phone_search import PhoneSort
from core.phones.storage.reader import Reader
from tests.phones.queries.phone_pages import all_phones
from tests.phones.queries.raw import Raw

# For each number of projects of the made phones, what it is turned into: some, none and all of
# those that no index has.
TURNED = {
    "as made": {},
    "all of one": {2: 1, 3: 1, 4: 1, 5: 1},
    "none of one": {1: 2},
    "none of two": {2: 1},
    "all of many": {1: 3, 2: 7},
}


@pytest.fixture(params=TURNED)
def turned(request: pytest.FixtureRequest, path: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "turned.db"
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy)) as db:
        db.execute("UPDATE phones SET projects = 1 WHERE id % 5 = 0")
        for made, wanted in TURNED[request.param].items():
            db.execute("UPDATE phones SET projects = ? WHERE projects = ?", (wanted, made))
        db.commit()
    return copy


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [97, 100_000])
def test_every_phone_once_and_in_order(
    turned: Path, descending: bool, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phones_by_projects, "LARGEST_WINDOW", 500)
    projects = {row["id"]: row["projects"] for row in Raw(turned).phones}
    with Reader(turned) as reader:
        found = all_phones(reader, PhoneFilter(), PhoneSort.PROJECTS, descending, limit)
    assert len(found) == len(projects)
    assert {row.id: row.projects for row in found} == projects
    shown = [row.projects for row in found]
    assert shown == sorted(shown, reverse=descending)


def test_those_of_many_come_from_their_index(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        ((*_, step),) = db.execute(
            "EXPLAIN QUERY PLAN SELECT id FROM phones"
            f" WHERE projects > {phones_by_projects.FEW} ORDER BY projects DESC, id"
        ).fetchall()
    assert "COVERING INDEX phones_in_many" in step


def test_looking_for_what_hardly_exists_ends_with_the_time(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "none.db"
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy)) as db:
        db.execute("UPDATE phones SET projects = 3")
        db.commit()
    monkeypatch.setattr(phones_by_projects, "LARGEST_WINDOW", 500)
    with Reader(copy) as reader:
        page = phones.phones(reader, PhoneFilter(), PhoneSort.PROJECTS, descending=False, budget=0)
    assert page.rows == []
    assert page.cursor is not None

"""A home that version 1.0.0 left in the middle of a run: what stands in it is gone on with.

Its files were made by 1.0.0's own code (make_home.py), on an account that this version's built-in
API makes up in the same way.
"""

import json
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.phones.storage.backup import list_backups
from core.phones.storage.connect import open_reader
from tests.phones.cli.conftest import Api, Installation, install, start_api
from tests.phones.made_by_1_0_0.make_home import WORLD
from tests.phones.storage.consistency import contradictions

__all__ = ["install", "start_api"]

MADE = Path(__file__).parent / "home.zip"


def unpack(home: Path) -> None:
    with zipfile.ZipFile(MADE) as archive:
        archive.extractall(home)


def rows(database: Path, query: str) -> list[Any]:
    with closing(open_reader(database)) as db:
        return db.execute(query).fetchall()


@pytest.fixture
def updated(install: Callable[..., Installation]) -> Installation:
    home = install()
    unpack(home.home)
    return home


NUMBERS = "SELECT phone, projects FROM phones ORDER BY phone"
SEEN = "SELECT phone, first_seen_at, first_run_id FROM phones WHERE first_run_id < 3 ORDER BY phone"


@pytest.mark.slow
def test_an_unfinished_run_of_1_0_0_is_continued(
    updated: Installation,
    install: Callable[..., Installation],
    start_api: Callable[..., Api],
) -> None:
    told = updated.run("runs", "--json")  # looking changes nothing, not even the file's version
    assert [run["status"] for run in json.loads(told.stdout)][1:] == ["completed"] * 2
    assert "3" in updated.run("status").stdout
    before = rows(updated.database, SEEN)

    api = start_api(*WORLD, "--generation", "2")
    updated.environment |= {"DATAMASTER_API_URL": api.url, "DATAMASTER_API_TOKEN": api.token}
    went_on = updated.run("continue")
    assert went_on.returncode == 0, went_on.stderr

    fresh = install(api, "fresh")
    assert fresh.run("collect").returncode == 0
    assert rows(updated.database, NUMBERS) == rows(fresh.database, NUMBERS)
    assert rows(updated.database, SEEN) == before
    assert not contradictions(updated.database)
    assert len(list_backups(updated.database)) == 2  # 1.0.0's own, and one before the update
    again = updated.run("collect")
    assert again.returncode == 0
    assert rows(updated.database, "SELECT new_phones FROM runs ORDER BY id DESC LIMIT 1") == [(0,)]

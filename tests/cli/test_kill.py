"""kill -9 at random moments of one run, each followed by Continue."""

import json
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from tests.cli.conftest import Api, Installation
from tests.engine.conftest import CONTENTS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL"),
    pytest.mark.timeout(400),
]

KILLS = 30
DATA = ("--clients", "40", "--projects", "200", "--records", "60000", "--latency-ms", "25")


def test_killed_thirty_times(
    start_api: Callable[..., Api], install: Callable[..., Installation]
) -> None:
    quiet = install(start_api(*DATA[:-2]), name="undisturbed")
    assert quiet.run("collect").returncode == 0

    api = start_api(*DATA)
    home = install(api)
    chance = random.Random(11)
    kills: list[tuple[int, dict[int, int]]] = []
    process = home.start("collect")
    while len(kills) < KILLS:
        time.sleep(chance.uniform(0.3, 0.9))
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills.append((len(_journal(api)), _stored_pages(home)))
        process = home.start("continue" if _has_run(home) else "collect")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    assert len(kills) >= 15, "the run was over too soon to say anything"

    assert _contents(home) == _contents(quiet)
    journal = _journal(api)
    again = {
        (place, entry["id"], entry["page"])
        for asked, stored in kills
        for place, entry in enumerate(journal[asked:], asked)
        if entry["command"] == "gck_phones" and entry["page"] <= stored.get(entry["id"], 0)
    }
    # Only the closing look at one first page may ask for what is stored.
    assert len(again) <= 1, again


def _has_run(home: Installation) -> bool:
    """False where the kill came before the run was there: then nothing was asked either."""
    if not home.database.exists():
        return False
    connection = sqlite3.connect(home.database)
    try:
        return bool(connection.execute("SELECT count(*) FROM runs").fetchone()[0])
    except sqlite3.OperationalError:
        return False  # before the tables were made
    finally:
        connection.close()


def _journal(api: Api) -> list[dict[str, Any]]:
    address = urlsplit(api.url)
    with urlopen(f"{address.scheme}://{address.netloc}/journal", timeout=10) as answer:
        return [json.loads(line) for line in answer.read().splitlines()]


def _stored_pages(home: Installation) -> dict[int, int]:
    """The newest stored page of each project, by the checkpoints alone."""
    if not home.database.exists():
        return {}
    connection = sqlite3.connect(home.database)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return dict(
            connection.execute("SELECT project_id, next_page - 1 FROM run_projects").fetchall()
        )
    except sqlite3.OperationalError:
        return {}  # killed before the tables were made
    finally:
        connection.close()


def _contents(home: Installation) -> dict[str, list[tuple[Any, ...]]]:
    connection = sqlite3.connect(home.database)
    try:
        return {name: connection.execute(sql).fetchall() for name, sql in CONTENTS.items()}
    finally:
        connection.close()

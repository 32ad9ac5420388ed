"""kill -9 at random moments of one run, each followed by Continue."""

import random
import signal
import sqlite3
import sys
import time
from collections.abc import Callable

import pytest

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.server import DemoServer
from tests.contents import contents
from tests.phones.cli.conftest import Installation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL"),
    pytest.mark.timeout(400),
]

KILLS = 30
DATA = DemoDataset(1, clients=40, projects=200, records=60_000)


def test_killed_thirty_times(install: Callable[..., Installation]) -> None:
    with DemoServer(DATA) as server:
        quiet = install(server, name="undisturbed")
        assert quiet.run("collect").returncode == 0
        needed = len(server.journal)

    chance = random.Random(11)
    kills: list[tuple[int, dict[int, int]]] = []
    with DemoServer(DATA, faults=Faults(latency=(0.02, 0.03))) as server:
        home = install(server)
        process = home.start("collect")
        for left in range(KILLS, 0, -1):
            # By what was asked, not by the clock: on any machine the work lasts for all of them.
            share = (needed - len(server.journal)) // (left + 1)
            enough = len(server.journal) + chance.randint(1, max(1, 2 * share))
            while len(server.journal) < enough:
                assert process.poll() is None, "the run was over too soon to say anything"
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kills.append((len(server.journal), _stored_pages(home)))
            process = home.start("continue" if _has_run(home) else "collect")
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, out + err

    assert contents(home.database) == contents(quiet.database)
    again = {
        (asked + place, entry.id, entry.page)
        for asked, stored in kills
        for place, entry in enumerate(server.journal.entries(since=asked))
        if entry.command == "gck_phones" and entry.page <= stored.get(entry.id, 0)
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

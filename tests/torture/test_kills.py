"""kill -9 and power cuts at random moments, beside a server that fails many of the requests."""

import random
import signal
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.growth import Growth
from core.phones.datamaster.demo.server import DemoServer
from core.phones.storage.copying import copy_database
from core.stand_in.faults import mixed
from tests.contents import contents
from tests.phones.cli.conftest import Installation
from tests.phones.storage.consistency import contradictions
from tests.torture.conftest import DATA, FULL, at_home, rounds

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3600 if FULL else 600),
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL"),
]

MODES = ("full", "quick", "full", "smart", "quick")
TROUBLE = Faults(shares=mixed(rounds(1, 5) / 20), retry_after=1, latency=(0.02, 0.08))
KILLS_A_RUN = rounds(4, 12)  # then it is left alone, so that a power cut cannot undo it for ever
REQUESTS_BETWEEN = 30
GROWTH = Growth(records=1500, new_projects=2, edits=2)


@pytest.mark.parametrize("power_cut", [False, True], ids=["kill", "power cut"])
def test_killed_and_continued(
    power_cut: bool, install: Callable[..., Installation], chance: random.Random
) -> None:
    """Runs in all modes over growing data, each killed again and again until it is through.

    After each of them the database is what the same run makes of the same database undisturbed.
    """
    wanted = rounds(6, 100)
    kills = runs = 0
    with DemoServer(DATA) as quiet, DemoServer(DATA, faults=TROUBLE) as server:
        undisturbed = at_home(install, quiet, "undisturbed")
        home = at_home(install, server, "home", WORKERS="16")
        while kills < wanted:
            mode = MODES[runs % len(MODES)]
            runs += 1
            _copy(home.database, undisturbed.database)
            began = time.time()
            kills += _through(home, server, mode, runs, chance, power_cut=power_cut)
            _as_recent_as_then(undisturbed.database, round(time.time() - began))
            done = undisturbed.run("collect", "--mode", mode)
            assert done.returncode == 0, done.stderr
            assert contents(home.database) == contents(undisturbed.database), f"run {runs}, {mode}"
            assert not contradictions(home.database)
            server.dataset = quiet.dataset = quiet.dataset.grow(GROWTH)
    print(f"{kills} kills in {runs} runs")


def _copy(database: Path, target: Path) -> None:
    if database.exists():
        target.parent.mkdir(exist_ok=True)
        target.unlink(missing_ok=True)
        copy_database(database, target)


def _as_recent_as_then(database: Path, seconds: int) -> None:
    """A smart run goes by the age of what it knows: let it be that of when the other one began."""
    if database.exists():
        with closing(sqlite3.connect(database)) as db, db:
            db.execute("UPDATE projects SET read_at = read_at + ?", (seconds,))
            db.execute("UPDATE clients SET listed_at = listed_at + ?", (seconds,))


def _through(
    home: Installation,
    server: DemoServer,
    mode: str,
    run: int,
    chance: random.Random,
    *,
    power_cut: bool,
) -> int:
    """Bring run `run` to its end; returns how often it was killed on the way."""
    kills = 0
    process = home.start("collect", "--mode", mode)
    while kills < KILLS_A_RUN:
        # The moment follows the work, so that no machine is too slow or too fast for it.
        enough = len(server.journal) + chance.randrange(REQUESTS_BETWEEN)
        while process.poll() is None and len(server.journal) < enough:
            time.sleep(0.002)
        _sleep_while_it_runs(process, chance.uniform(0.0, 0.5))
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += 1
        if power_cut:
            _lose_unsynced(home.database, chance)
        states = _states(home.database)
        if states.get(run) == "completed":
            return kills  # it was killed between its last transaction and its end
        begun = run in states
        process = home.start(*(("continue",) if begun else ("collect", "--mode", mode)))
    out, err = process.communicate(timeout=200)
    assert process.returncode == 0, out + err
    return kills


def _sleep_while_it_runs(process: "subprocess.Popen[str]", seconds: float) -> None:
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.002)


def _states(database: Path) -> dict[int, str]:
    """The status of each run."""
    if not database.exists():
        return {}
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        try:
            return dict(db.execute("SELECT id, status FROM runs").fetchall())
        except sqlite3.OperationalError:
            return {}  # killed before the tables were made


def _lose_unsynced(database: Path, chance: random.Random) -> None:
    """Leave the files as a power cut would: what was not synced may be missing or torn.

    With synchronous=NORMAL only a checkpoint syncs the WAL, before it copies pages into the
    database. How far that went stands in the -shm file: behind it, anything may be lost.
    """
    wal = database.with_name(database.name + "-wal")
    shm = database.with_name(database.name + "-shm")
    if not wal.exists() or not shm.exists() or wal.stat().st_size <= 32:
        return
    index = shm.read_bytes()[:136]
    page = 4096
    backfilled, attempted = (
        struct.unpack_from("<I", index, 96)[0],
        struct.unpack_from("<I", index, 128)[0],
    )
    safe = 32 + max(backfilled, attempted) * (24 + page)
    size = wal.stat().st_size
    if size > safe:
        at = chance.randrange(safe, size)
        with wal.open("rb+") as file:
            if chance.random() < 0.5:
                file.truncate(at)
            else:  # a page that never reached the disk, between others that did
                file.seek(at)
                file.write(bytes(min(page, size - at)))
    shm.unlink()


def test_two_at_once(install: Callable[..., Installation], chance: random.Random) -> None:
    """Others that try to collect into the same database are refused and change nothing."""
    faults = Faults(latency=(0.05, 0.1))
    with DemoServer(DATA) as quiet, DemoServer(DATA, faults=faults) as server:
        undisturbed = at_home(install, quiet, "undisturbed")
        assert undisturbed.run("collect").returncode == 0
        home = at_home(install, server, "home", WORKERS="2")
        first = home.start("collect")
        refused = 0
        while not _states(home.database):
            time.sleep(0.05)
        for _ in range(rounds(2, 20)):
            if first.poll() is not None:
                break
            other = home.start(chance.choice(["collect", "continue", "revalidate"]))
            _out, err = other.communicate(timeout=30)
            if first.poll() is None:
                assert other.returncode == 1, err
                refused += 1
        out, err = first.communicate(timeout=200)
        assert first.returncode == 0, out + err
        assert refused >= 1
        assert contents(home.database) == contents(undisturbed.database)

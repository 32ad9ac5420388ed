"""Full disks, locked and read-only files, clocks that jump, and a day of run time."""

import random
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.database.diskspace import Room
from core.phones.collector import Collector, CollectorSetup
from core.phones.datamaster.api import DataMasterSource
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.expected import expected
from core.phones.datamaster.demo.faults import Faults
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.phones.events import Event, RunFinished, RunStatus
from core.phones.run_failure import RunFailure
from core.phones.run_request import RunRequest
from core.stand_in.faults import mixed
from core.stop import StopSignal
from tests.contents import contents
from tests.phones.engine.conftest import Collection
from tests.phones.storage.consistency import contradictions
from tests.torture.conftest import DATA, FULL, rounds

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800 if FULL else 300)]

Make = Callable[..., Collection]

STEADY = EngineSettings(workers=4, delay=0.005, max_retries=3)


def collector_for(
    path: Path, server: DemoServer, clock: Any = None
) -> tuple[Collector, list[Event]]:
    """A collector that does not look at the free space, so that the disk really fills up."""
    events: list[Event] = []
    collector = Collector(
        CollectorSetup(
            path,
            STEADY,
            lambda: DataMasterSource(server.url, server.token, timeout=10.0),
            room_for=lambda _path: Room.PLENTY,
        ),
        clock,
    )
    collector.watch(events.append)
    opened.append(collector)
    return collector, events


opened: list[Collector] = []


@pytest.fixture(autouse=True)
def all_ended(request: pytest.FixtureRequest) -> Iterator[None]:
    """No run outlives its test, nor holds files on a disk that goes away."""
    if "small_disk" in request.fixturenames:
        request.getfixturevalue("small_disk")
    yield
    while opened:
        collector = opened.pop()
        collector.stop()
        collector.stop()
        assert collector.wait(20)


def ended(events: list[Event]) -> RunFinished:
    last = events[-1]
    assert isinstance(last, RunFinished)
    return last


def test_disk_full_at_random_moments(
    small_disk: Path, collect: Make, chance: random.Random
) -> None:
    """The disk fills up while a run writes; each time room is made and the run continued."""
    ballast = small_disk / "ballast"
    path = small_disk / "phones.db"
    with DemoServer(DATA) as server:
        undisturbed = collect(server, name="undisturbed.db")
        undisturbed.run()
        full = 0
        for _ in range(rounds(1, 10)):
            collector, events = collector_for(path, server)
            assert collector.start(RunRequest())
            for fill_again in (True,) * 4 + (False,):
                time.sleep(chance.uniform(0.0, 0.5))
                if fill_again:
                    fill(small_disk, ballast)
                assert collector.wait(60)
                finished = ended(events)
                ballast.unlink(missing_ok=True)
                if finished.status is RunStatus.COMPLETED:
                    break
                assert finished.reason is RunFailure.DISK_FULL, finished
                assert fill_again, [(f.name, f.stat().st_size) for f in small_disk.iterdir()]
                full += 1
                assert collector.resume() if finished.run_id else collector.start(RunRequest())
            assert contents(path) == contents(undisturbed.database)
            assert not contradictions(path)
            for file in small_disk.iterdir():
                file.unlink()
    print(f"{full} full disks")


def fill(folder: Path, ballast: Path) -> None:
    with ballast.open("ab", buffering=0) as file:
        for block in (1024 * 1024, 64 * 1024, 4096):
            try:
                while file.write(bytes(block)):
                    pass
            except OSError:
                continue


def test_locked_by_another_program(collect: Make) -> None:
    with DemoServer(DATA) as server:
        undisturbed = collect(server, name="undisturbed.db")
        undisturbed.run()
        collection = collect(server, STEADY)
        collection.collector.start(RunRequest())
        while not collection.database.exists() or not collection.collector.progress:
            time.sleep(0.01)
        with closing(sqlite3.connect(collection.database, isolation_level=None)) as other:
            other.execute("PRAGMA busy_timeout = 10000")
            other.execute("BEGIN IMMEDIATE")
            time.sleep(rounds(3, 60))
            other.execute("ROLLBACK")
        assert collection.end().status is RunStatus.COMPLETED
        assert contents(collection.database) == contents(undisturbed.database)


def test_the_disk_becomes_read_only(small_disk: Path, collect: Make, chance: random.Random) -> None:
    path = small_disk / "phones.db"

    def mount(how: str) -> bool:
        command = ["mount", "-o", f"remount,{how}", str(small_disk)]
        return subprocess.run(command, capture_output=True).returncode == 0

    with DemoServer(DATA) as server:
        undisturbed = collect(server, name="undisturbed.db")
        undisturbed.run()
        collector, events = collector_for(path, server)
        collector.start(RunRequest())
        time.sleep(chance.uniform(0.2, 0.6))
        collector.stop()
        assert collector.wait(30)
        stored = contents(path)
        for _ in range(rounds(2, 10)):
            assert mount("ro")
            collector.resume()
            assert collector.wait(30)
            assert ended(events).status is RunStatus.FAILED
            assert mount("rw")
            assert contents(path) == stored
        collector.resume()
        assert collector.wait(60)
        assert ended(events).status is RunStatus.COMPLETED
        assert contents(path) == contents(undisturbed.database)


class JumpingClock:
    """The wall clock is set anew at random all the time; the monotonic one is the machine's."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._chance.uniform(-1e8, 1e8))

    def wait(self, stop: StopSignal, seconds: float) -> bool:
        return stop.wait(seconds)


def test_the_clock_is_set(tmp_path: Path, collect: Make, chance: random.Random) -> None:
    with DemoServer(DATA) as server:
        undisturbed = collect(server, name="undisturbed.db")
        undisturbed.run()
        for number in range(rounds(1, 10)):
            path = tmp_path / f"jumping-{number}.db"
            collector, events = collector_for(path, server, JumpingClock(chance))
            collector.start(RunRequest())
            time.sleep(chance.uniform(0.0, 0.5))
            collector.stop()
            assert collector.wait(30)
            if ended(events).status is not RunStatus.COMPLETED:
                assert collector.resume()
                assert collector.wait(60)
            assert ended(events).status is RunStatus.COMPLETED
            assert ended(events).seconds >= 0
            assert contents(path) == contents(undisturbed.database)
            assert not contradictions(path)


def test_buttons_pressed_at_random(collect: Make, chance: random.Random) -> None:
    """Start, Stop and Continue from several threads: one ending a run, and nothing is lost."""
    presses = rounds(40, 500)
    with DemoServer(DATA) as server:
        undisturbed = collect(server, name="undisturbed.db")
        undisturbed.run()
        collection = collect(server, STEADY)
        collector = collection.collector
        begun = 0
        counting = threading.Lock()

        def press() -> None:
            nonlocal begun
            for _ in range(presses // 4):
                time.sleep(chance.uniform(0.0, 0.1))
                if chance.random() < 0.5:
                    collector.stop()
                elif collector.resume() if collector.progress else collector.start(RunRequest()):
                    with counting:
                        begun += 1

        fingers = [threading.Thread(target=press) for _ in range(4)]
        for finger in fingers:
            finger.start()
        for finger in fingers:
            finger.join()
        collector.stop()
        assert collector.wait(30)
        assert len(collection.of(RunFinished)) == begun
        begun_runs = collection.number("SELECT count(*) FROM runs")
        if collection.number("SELECT count(*) FROM runs WHERE status <> 'completed'"):
            assert collection.resume().status is RunStatus.COMPLETED
        if begun_runs == 1:
            assert contents(collection.database) == contents(undisturbed.database)
        assert not contradictions(collection.database)


class FastClock:
    """Waiting takes no time: the clock itself goes forward by what was waited for."""

    def __init__(self) -> None:
        self._began = datetime(2026, 11, 21, tzinfo=UTC)
        self._passed = 0.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self._passed

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self._passed)

    def wait(self, stop: StopSignal, seconds: float) -> bool:
        with self._lock:
            self._passed += max(0.0, seconds)
        return stop.is_set


def test_a_day_of_run_time(tmp_path: Path) -> None:
    """A run as long as a day, a request every other second: memory does not grow with it."""
    requests, delay = rounds(2_000, 43_200), 2.0
    data = DemoDataset(
        5, clients=max(10, requests // 100), projects=requests, records=requests * 20
    )
    truth = expected(data)
    process = psutil.Process()
    faults = Faults(shares=mixed(0.01), retry_after=30)
    with DemoServer(data, faults=faults) as server:
        events: list[Event] = []
        collector = Collector(
            CollectorSetup(
                tmp_path / "phones.db",
                EngineSettings(workers=5, delay=delay),
                lambda: DataMasterSource(server.url, server.token, timeout=30.0),
                room_for=lambda _path: Room.PLENTY,
            ),
            FastClock(),
        )
        collector.watch(
            lambda event: events.append(event) if isinstance(event, RunFinished) else None
        )
        collector.start(RunRequest())
        seen: list[tuple[float, float, int]] = []
        while not collector.wait(0.5):
            progress = collector.progress
            if progress is not None:
                memory = process.memory_info().rss / 2**20
                seen.append((progress.fraction, memory, threading.active_count()))
    finished = ended(events)
    assert finished.status is RunStatus.COMPLETED
    assert finished.totals.errors == 0
    assert finished.totals.new == truth.phones
    assert finished.seconds > requests * delay
    early = [memory for fraction, memory, _ in seen if fraction < 0.2]
    late = [memory for fraction, memory, _ in seen if fraction > 0.8]
    print(f"{finished.seconds / 3600:.1f} h simulated, {finished.totals.requests} requests")
    if FULL:
        assert max(late) - max(early) < 60, "memory grows with the length of the run"
        print(f"memory {max(early):.0f} MB at first, {max(late):.0f} MB at the end")
    assert not contradictions(tmp_path / "phones.db")

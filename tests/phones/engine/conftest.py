"""A collection over real HTTP into a real file, in a few lines."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.phones.collector import Collector, CollectorSetup
from core.phones.datamaster.api import DataMasterSource
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.phones.events import Event, RunFinished
from core.phones.run_request import RunRequest

FAST = EngineSettings(workers=5, delay=0.0, max_retries=3)

Watch = Callable[[Event], None]


class Collection:
    """One database, one server, one collector; remembers every event."""

    def __init__(self, database: Path, server: DemoServer, settings: EngineSettings) -> None:
        self.database = database
        self.server = server
        self.events: list[Event] = []
        self.collector = Collector(
            CollectorSetup(
                database,
                settings,
                lambda: DataMasterSource(server.url, server.token, timeout=10.0),
            )
        )
        self.collector.watch(self.events.append)

    def run(self, request: RunRequest | None = None) -> RunFinished:
        """A whole new run."""
        assert self.collector.start(request or RunRequest())
        return self.end()

    def resume(self) -> RunFinished:
        """Continue to the end."""
        assert self.collector.resume()
        return self.end()

    def end(self, seconds: float = 100.0) -> RunFinished:
        """Wait for the one ending."""
        assert self.collector.wait(seconds)
        last = self.events[-1]
        assert isinstance(last, RunFinished)
        return last

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What any SQLite tool would read."""
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def number(self, sql: str) -> Any:
        return self.rows(sql)[0][0]


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.005)


@pytest.fixture
def collect(tmp_path: Path) -> Iterator[Callable[..., Collection]]:
    """Makes collections; whatever still runs at the end of the test is stopped."""
    made: list[Collection] = []

    def make(
        server: DemoServer, settings: EngineSettings = FAST, name: str = "phones.db"
    ) -> Collection:
        made.append(Collection(tmp_path / name, server, settings))
        return made[-1]

    yield make
    for collection in made:
        collection.collector.stop()
        collection.collector.stop()
        assert collection.collector.wait(20)

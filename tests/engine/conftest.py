"""A collection over real HTTP into a real file, in a few lines."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.collector import Collector, CollectorSetup
from core.datamaster.api import DataMasterSource
from core.datamaster.demo.server import DemoServer
from core.engine.session import EngineSettings
from core.events import Event, RunFinished
from core.run_request import RunRequest

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


CONTENTS = {
    "clients": "SELECT id, username FROM clients ORDER BY id",
    "projects": "SELECT id, name, client_id, status, phones, records FROM projects ORDER BY id",
    "phones": "SELECT phone, first_run_id, last_run_id, projects FROM phones ORDER BY phone",
    "links": "SELECT l.project_id, p.phone, l.run_id, l.last_run_id FROM project_phones l"
    " JOIN phones p ON p.id = l.phone_id ORDER BY 1, 2",
    "rejected": "SELECT project_id, raw, reason, first_run_id, last_run_id FROM rejected_phones"
    " ORDER BY 1, 2",
    "totals": "SELECT name, value FROM totals ORDER BY name",
    "days": "SELECT day, links FROM link_days ORDER BY day",
    "runs": "SELECT id, status, total_clients, total_projects, total_phones, new_phones,"
    " errors_count, received, known, repeated, rejected, new_links, phones_after FROM runs",
}


def contents(collection: Collection) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that must not depend on how often a run was interrupted.

    The written form of a phone and the time of a link that several records bring depend on
    which of them came first, and so on the order of the workers: they are left out.
    """
    return {name: collection.rows(sql) for name, sql in CONTENTS.items()}

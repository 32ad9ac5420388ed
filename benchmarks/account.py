"""An account on the built-in API and a database that collects it, for benchmarks of whole runs."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.clock import Clock, SystemClock
from core.phones.collector import Collector, CollectorSetup
from core.phones.datamaster.api import DataMasterSource
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.phones.events import Event, Mode, RunFinished, RunStatus
from core.phones.run_request import RunRequest

Row = dict[str, Any]


class Days(SystemClock):
    """The clock of an account: days pass when they are told to."""

    day = 0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, 9, tzinfo=UTC) + timedelta(days=self.day)


@dataclass
class Account:
    """One server and one database file."""

    server: DemoServer
    database: Path
    settings: EngineSettings = field(default_factory=lambda: EngineSettings(delay=0.0))
    clock: Clock | None = None

    def run(
        self, request: RunRequest | Mode = Mode.FULL, watch: Callable[[Event], None] | None = None
    ) -> RunFinished:
        """A whole run; raises RuntimeError where it does not complete."""
        collector = Collector(
            CollectorSetup(
                self.database,
                self.settings,
                lambda: DataMasterSource(self.server.url, self.server.token, timeout=30.0),
            ),
            self.clock,
        )
        endings: list[RunFinished] = []
        collector.watch(
            lambda event: endings.append(event) if isinstance(event, RunFinished) else None
        )
        if watch is not None:
            collector.watch(watch)
        if not isinstance(request, RunRequest):
            request = RunRequest(mode=request)
        collector.start(request)
        collector.wait()
        if endings[0].status is not RunStatus.COMPLETED:
            raise RuntimeError(f"the run ended as {endings[0]}")
        return endings[0]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def contents(self) -> list[list[tuple[Any, ...]]]:
        """What two databases with the same numbers have in common."""
        return [self.rows(sql) for sql in _CONTENTS]

    def read_afresh(self) -> "Account":
        """The same server, read in full into another file."""
        fresh = replace(self, database=self.database.with_name("fresh.db"), clock=None)
        fresh.database.unlink(missing_ok=True)
        fresh.run()
        return fresh


_CONTENTS = (
    "SELECT phone FROM phones ORDER BY 1",
    "SELECT project_id, phone FROM project_phones JOIN phones ON id = phone_id ORDER BY 1, 2",
    "SELECT project_id, raw, reason FROM rejected_phones ORDER BY 1, 2",
    "SELECT id, name, client_id, status, phones, records FROM projects ORDER BY 1",
)


@contextmanager
def account(dataset: DemoDataset, settings: EngineSettings | None = None) -> Iterator[Account]:
    """An account whose database is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, DemoServer(dataset) as server:
        database = Path(folder) / "phones.db"
        yield Account(server, database, settings or EngineSettings(delay=0.0))


def show(rows: Sequence[Row]) -> None:
    """Print rows as a table in Markdown."""
    columns = list(rows[0])
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(str(row[column]) for column in columns) + " |")

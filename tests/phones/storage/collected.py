"""A real run into a file, and what any SQLite tool would read there."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from core.phones.collector import Collector, CollectorSetup
from core.phones.datamaster.api import DataMasterSource
from core.phones.datamaster.demo.server import DemoServer
from core.phones.engine.session import EngineSettings
from core.phones.numbers.outcome import Accept
from core.phones.run_request import RunRequest


def collect(database: Path, server: DemoServer, accept: Accept = Accept.VALID) -> None:
    """A whole run; one worker, so that every file has its rows in the same places."""
    collector = Collector(
        CollectorSetup(
            database,
            EngineSettings(workers=1, delay=0.0, accept=accept),
            lambda: DataMasterSource(server.url, server.token, timeout=10.0),
        )
    )
    assert collector.start(RunRequest())
    assert collector.wait(60)


class Rows:
    """What any SQLite tool would read and write."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as db, db:
            return db.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Any:
        return self(sql, *values)[0][0]

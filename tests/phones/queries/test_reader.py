"""A query that nobody waits for any more is dropped, and none keeps the file locked."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.make_database import make_database
from benchmarks.synthetic_data import Size
from core.database.failures import StorageFailure, StorageProblem
from core.phones.storage.queries import phones, tables
from core.phones.storage.queries.phone_filter import PhoneFilter
from core.phones.storage.reader import Reader


def test_a_stale_query_is_dropped(path: Path) -> None:
    stale = False
    with Reader(path, stop=lambda: stale) as reader:
        assert tables.clients(reader).rows
        stale = True
        with pytest.raises(StorageFailure) as caught:
            reader.rows("SELECT * FROM phones")
    assert caught.value.problem is StorageProblem.INTERRUPTED


def test_a_running_query_is_dropped(path: Path) -> None:
    asked = 0

    def later() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    with Reader(path, stop=later) as reader, pytest.raises(StorageFailure) as caught:
        reader.rows("SELECT count(*) FROM project_phones a, project_phones b")
    assert caught.value.problem is StorageProblem.INTERRUPTED


def test_nothing_stays_locked_between_queries(tmp_path: Path) -> None:
    path = tmp_path / "wal.db"
    make_database(path, Size(200, 300, clients=5, projects=9, runs=2))
    with Reader(path) as reader, closing(sqlite3.connect(path)) as writer:
        phones.phones(reader, PhoneFilter())
        writer.execute("INSERT INTO meta VALUES ('a', 'b')")
        writer.commit()
        busy, _, _ = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert busy == 0

"""The WAL file stays bounded beside readers that never leave a gap."""

import itertools
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.phones.storage import writer
from core.phones.storage.writer import Writer
from core.stop import StopSignal

LIMIT = 2_000_000
PIECE = 300_000  # bytes written in each transaction
PIECES = 40
READ_SECONDS = 0.02


@contextmanager
def readers(database: Path) -> Iterator[None]:
    """At any moment one of two readers holds a snapshot; each holds one for a moment only."""
    over = threading.Event()
    handed = [threading.Event(), threading.Event()]
    handed[0].set()

    def read(mine: threading.Event, other: threading.Event) -> None:
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            while not over.is_set():
                if not mine.wait(0.1):
                    continue
                mine.clear()
                connection.execute("BEGIN")
                connection.execute("SELECT count(*) FROM meta").fetchone()
                other.set()
                time.sleep(READ_SECONDS)
                connection.execute("COMMIT")

    threads = [threading.Thread(target=read, args=pair) for pair in itertools.permutations(handed)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_readers_without_a_gap_do_not_let_the_wal_grow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "WAL_LIMIT_BYTES", LIMIT)
    monkeypatch.setattr(writer, "BEGIN_WAL_EVERY", 0.0)
    database = tmp_path / "phones.db"
    wal = tmp_path / "phones.db-wal"
    failures: list[object] = []
    store = Writer(database, SystemClock(), StopSignal(), failures.append)
    store.open()
    largest = 0
    with readers(database):
        for number in range(PIECES):
            store.call(
                lambda db, n=number: db.execute(
                    "INSERT INTO meta VALUES (?, ?)", (f"piece {n}", "x" * PIECE)
                )
            )
            largest = max(largest, wal.stat().st_size)
    store.close()
    assert not failures
    assert largest < PIECE * PIECES / 2
    with closing(sqlite3.connect(database)) as connection:
        pieces = connection.execute("SELECT count(*) FROM meta WHERE key LIKE 'piece%'").fetchone()
    assert pieces == (PIECES,)

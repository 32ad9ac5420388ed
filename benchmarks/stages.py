"""Where the processor time of a record goes, step by step, in the program and in plain Python.

The same pages go through each step alone, in one thread, so that nothing waits for anything:
processor time of this process, median of the runs. 'Plain' is what one writes first: requests and
its `json()`, phonenumbers for every number, `executemany` for every table. The program checks every
answer, keeps what cannot be read, reads the times, counts, and stores a checkpoint with each page;
plain does not (what it stores has the times read already).

`executemany` gives the interpreter's lock away at every row. Beside a thread that computes, the
same rows then take many times as long: the last lines.
"""

import json
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TypeVar

import requests

from benchmarks.processes import Size, api
from benchmarks.references.asyncio_batch import PRAGMAS
from benchmarks.references.row_by_row import SCHEMA, normalized
from benchmarks.report import Finding, Row, ratio
from core.asking.secret import SecretBytes
from core.asking.transport import Transport
from core.phones.datamaster.answers import document, read_page, result_list
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.engine.normalizing import SortedPage, sort_page
from core.phones.numbers.outcome import Accept
from core.phones.storage.bulk import insert_columns
from core.phones.storage.connect import open_writer
from core.phones.storage.forgotten import Forgotten
from core.phones.storage.pages import PageToStore, store_pages
from core.phones.storage.project_lists import ProjectList, store_project_lists
from core.phones.storage.writer import RECORDS_A_BATCH, TEMPORARY_TABLES
from core.phones.upstream import Page, Project

T = TypeVar("T")

TITLE = "Where the time goes"
SIZE = Size(60, 400, 200_000)
QUICK = Size(10, 40, 20_000)
ROWS_ONE_BY_ONE = 500
BATCH = RECORDS_A_BATCH


def measure(quick: bool = False) -> Finding:
    """Two minutes; `quick` a few seconds."""
    size, rounds = (QUICK, 1) if quick else (SIZE, 5)
    steps: dict[str, list[tuple[float, float]]] = {}
    for _ in range(rounds):
        for name, both in _round(size).items():
            steps.setdefault(name, []).append(both)
    rows: list[Row] = []
    for name, times in steps.items():
        plain, ours = (median(column) for column in zip(*times, strict=True))
        rows.append(_row(name, 1e6 * plain / size.records, 1e6 * ours / size.records))
    total = [sum(float(row[way]) for row in rows) for way in ("plain, µs", "the program, µs")]
    rows.append(_row("together", *total))
    rows.append(_beside_a_busy_thread(size.records))
    return Finding(rows)


def _row(name: str, plain: float, ours: float) -> Row:
    return {
        "step": name,
        "plain, µs": plain,
        "the program, µs": ours,
        "plain beside it": ratio(plain, ours),
    }


def _round(size: Size) -> dict[str, tuple[float, float]]:
    """Processor seconds of each step: plain, the program's."""
    asked = [
        b'"gck_phones","id":%d,"page":%d' % (project, number)
        for project, length in _projects(size)
        for number in range(1, length // 1000 + 2)
    ]
    with api(size) as server:
        bodies, http = _timed(lambda: _fetch(server.url, server.token, asked))
        _, plain_http = _timed(lambda: _fetch_plainly(server.url, server.token, asked))
    plain_pages, plain_parse = _timed(lambda: [_parse_plainly(body) for body in bodies])
    documents, parse = _timed(lambda: [read_page(result_list(document(body))) for body in bodies])
    nothing = Forgotten()
    pages, normalise = _timed(
        lambda: [sort_page(page, Accept.VALID, nothing) for page in documents]
    )
    _, plain_normalise = _timed(
        lambda: [[normalized(row["phone"]) for row in page] for page in plain_pages]
    )
    ready = _to_store(size, documents, pages)
    with tempfile.TemporaryDirectory() as folder:
        _, store = _timed(lambda: _store(Path(folder) / "ours.db", size, ready))
        _, plain_store = _timed(lambda: _store_plainly(Path(folder) / "plain.db", ready))
    return {
        "HTTP, a page a request": (plain_http, http),
        "JSON and its checks": (plain_parse, parse),
        "normalising": (plain_normalise, normalise),
        "storing": (plain_store, store),
    }


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.process_time()
    found = work()
    return found, time.process_time() - started


def _projects(size: Size) -> list[tuple[int, int]]:
    data = DemoDataset(1, *size)
    return [(project, data.size(project)) for project in data.project_ids()]


def _fetch(url: str, token: str, asked: Sequence[bytes]) -> list[bytes]:
    transport = Transport(url, timeout=30, connections=1, setting="")
    start = b'{"token":"%s","command":' % token.encode()
    with closing(transport):
        return [transport.post(SecretBytes(start + fields + b"}")).body for fields in asked]


def _fetch_plainly(url: str, token: str, asked: Sequence[bytes]) -> None:
    start = b'{"token":"%s","command":' % token.encode()
    with requests.Session() as session:
        for fields in asked:
            session.post(url, data=start + fields + b"}", timeout=30).raise_for_status()


def _parse_plainly(body: bytes) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(body)["result"]
    return rows


def _to_store(
    size: Size, documents: Sequence[Page], pages: Sequence[SortedPage]
) -> list[PageToStore]:
    ready: list[PageToStore] = []
    both = iter(zip(documents, pages, strict=True))
    for project, length in _projects(size):
        records = 0
        for number in range(1, length // 1000 + 2):
            page, found = next(both)
            records += len(page)
            ready.append(
                PageToStore(
                    project,
                    len(page),
                    found.phones,
                    found.raws,
                    found.created,
                    next_page=number + 1,
                    done=records == length and number == length // 1000 + 1,
                    request=len(ready) + 1,
                    records=records,
                    first=number == 1,
                    rejected=found.rejected,
                )
            )
    return ready


def _store(path: Path, size: Size, ready: Sequence[PageToStore]) -> None:
    with closing(open_writer(path)) as db:
        db.executescript("PRAGMA temp_store = MEMORY;" + TEMPORARY_TABLES)
        now = datetime.now(UTC)
        with _transaction(db):
            db.execute("INSERT INTO runs (id, started_at, status) VALUES (1, '', 'running')")
            db.execute("INSERT INTO clients (id, username, created_at) VALUES (1, '', '')")
            db.execute("INSERT INTO run_clients (run_id, client_id, position) VALUES (1, 1, 1)")
            projects = [Project(project, "", 1) for project, _ in _projects(size)]
            store_project_lists(db, 1, [ProjectList(1, projects, now)])
        for batch in _batches(ready):
            with _transaction(db):
                store_pages(db, 1, batch, int(now.timestamp()))


def _batches(ready: Sequence[PageToStore]) -> Iterator[list[PageToStore]]:
    batch: list[PageToStore] = []
    for page in ready:
        batch.append(page)
        if sum(one.length for one in batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    yield
    db.execute("COMMIT")


def _store_plainly(path: Path, ready: Sequence[PageToStore]) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(PRAGMAS + SCHEMA)
        for batch in _batches(ready):
            rows = [
                (page.project_id, phone, raw or phone[1:], created)
                for page in batch
                for phone, raw, created in zip(page.phones, page.raws, page.created, strict=True)
            ]
            db.executemany(
                "INSERT OR IGNORE INTO phones (phone, original_format) VALUES (?, ?)",
                [(phone, raw) for _, phone, raw, _ in rows],
            )
            db.executemany(
                "INSERT OR IGNORE INTO project_phones SELECT ?, id, ? FROM phones WHERE phone = ?",
                [(project, created, phone) for project, phone, _, created in rows],
            )
            db.executemany(
                "INSERT OR IGNORE INTO rejected_phones VALUES (?, ?)",
                [(page.project_id, record.raw) for page in batch for record in page.rejected],
            )
            db.commit()


def _beside_a_busy_thread(rows: int) -> Row:
    """A row by the clock: `executemany`, and many rows in one statement, while a thread works."""
    numbers, done = list(range(rows)), threading.Event()

    def compute() -> None:
        while not done.is_set():
            sum(range(1000))

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.execute("CREATE TABLE t (a)")
        thread = threading.Thread(target=compute)
        thread.start()
        try:
            started = time.perf_counter()
            db.executemany(
                "INSERT INTO t (a) VALUES (?)", [(n,) for n in numbers[:ROWS_ONE_BY_ONE]]
            )
            one_by_one = (time.perf_counter() - started) / ROWS_ONE_BY_ONE
            started = time.perf_counter()
            insert_columns(db, "INSERT INTO t (a)", [numbers])
            at_once = (time.perf_counter() - started) / rows
        finally:
            done.set()
            thread.join()
    return _row("a row stored beside a busy thread, by the clock", 1e6 * one_by_one, 1e6 * at_once)

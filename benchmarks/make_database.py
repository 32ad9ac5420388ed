"""Makes a database of any size with made-up numbers, for benchmarks and tests.

    python -m benchmarks.make_database big.db --phones 1000000 --links 2000000

The same sizes always give the same content. Rows go in through plain SQL on the real schema,
in key order, with every kept counter as the collector would have left it; that is checked by
tests/test_make_database.py.
"""

import argparse
import itertools
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.synthetic_data import Column, Links, Size, made_up_links, phone_text, runs_of_phones
from core.phones.storage.connect import open_writer

FIRST_START = 1_767_236_400  # 2026-01-01 03:00:00 UTC
RUN_STEP = 86_400
RUN_SECONDS = 7_200
PART = 100_000
NAMES = ("авто-центр", "дента-плюс", "окна", "remont", "ремонт-юг", "clinic", "мебель")
SUBJECTS = ("B1_нс сайт", "B2_сайт", "Имплантация", "Ванные", "Окна; балконы", 'Сайт "Юг"')


def make_database(path: Path, size: Size) -> None:
    """Make a new file at `path`, which must not exist."""
    if size.links < size.phones or size.links > size.phones * size.projects * 0.9:
        raise ValueError("every phone has one link at least, and at most one a project")
    phone_run = runs_of_phones(size)
    links = made_up_links(size, phone_run)
    with closing(open_writer(path)) as connection:
        # A half-made file is thrown away, so nothing here needs to survive a power cut.
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"PRAGMA cache_size = -{max(24_000, size.links // 16)}")  # all of it
        connection.execute("BEGIN")
        _insert_clients_and_projects(connection, size, links)
        _insert_phones(connection, size, links, phone_run)
        _insert_links(connection, links)
        _insert_rejected(connection, size)
        _insert_runs(connection, size, links, phone_run)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _client_of(project: int, size: Size) -> int:
    return 100_000 + (project - 1) % size.clients + 1


def _start(run: int) -> int:
    return FIRST_START + (run - 1) * RUN_STEP


def _iso(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _many(connection: sqlite3.Connection, sql: str, rows: Iterable[Sequence[Any]]) -> None:
    connection.executemany(sql, rows)


def _rows(columns: Sequence[Column]) -> Iterator[tuple[int, ...]]:
    """Row after row; a part at a time, because as Python's numbers they take ten times the room."""
    for start in range(0, len(columns[0]), PART):
        parts = (column[start : start + PART].tolist() for column in columns)
        yield from zip(*parts, strict=True)


def _insert_clients_and_projects(connection: sqlite3.Connection, size: Size, links: Links) -> None:
    born = _iso(FIRST_START)
    clients = (
        (100_000 + n, f"{NAMES[n % len(NAMES)]}-{n}", born) for n in range(1, size.clients + 1)
    )
    _many(connection, "INSERT INTO clients (id, username, created_at) VALUES (?, ?, ?)", clients)
    counts = np.bincount(links.project, minlength=size.projects + 1)
    projects = (
        (n, f"{SUBJECTS[n % len(SUBJECTS)]}-{n}", _client_of(n, size), born, int(counts[n]))
        for n in range(1, size.projects + 1)
    )
    _many(
        connection,
        "INSERT INTO projects (id, name, client_id, created_at, phones) VALUES (?, ?, ?, ?, ?)",
        projects,
    )
    _many(
        connection,
        "UPDATE totals SET value = ? WHERE name = ?",
        [(size.clients, "clients"), (size.projects, "projects")],
    )


def _insert_phones(
    connection: sqlite3.Connection, size: Size, links: Links, phone_run: Column
) -> None:
    counts = np.bincount(links.phone, minlength=size.phones + 1)[1:]
    last = np.zeros(size.phones + 1, np.int64)
    np.maximum.at(last, links.phone, links.last_run)
    home = np.zeros(size.phones + 1, np.int64)
    home[links.phone[links.first]] = links.project[links.first]

    def rows() -> Iterator[Sequence[Any]]:
        columns = (phone_run, last[1:], counts, home[1:])
        for id, (run, last_run, projects, project) in enumerate(_rows(columns), start=1):  # noqa: A001
            text = phone_text(id)
            raw = f"8{text[2:]}" if id % 5 == 0 else None
            seen = _start(run) + id % RUN_SECONDS
            yield id, text, seen, _start(last_run), run, last_run, projects, project, raw

    _many(
        connection,
        "INSERT INTO phones (id, phone, first_seen, last_seen, first_run_id, last_run_id,"
        " projects, first_project_id, raw) VALUES (?, ?, ?, max(?, ?3), ?, ?, ?, ?, ?)",
        rows(),
    )
    bounds = np.flatnonzero(np.diff(phone_run, prepend=0, append=size.runs + 1))
    ranges = [(int(phone_run[a]), int(a) + 1, int(b)) for a, b in itertools.pairwise(bounds)]
    _many(connection, "INSERT INTO run_phone_ranges VALUES (?, ?, ?)", ranges)
    connection.execute("UPDATE totals SET value = ? WHERE name = 'phones'", (size.phones,))


def _insert_links(connection: sqlite3.Connection, links: Links) -> None:
    # The server's own time: some days before we first saw the link.
    created = FIRST_START + (links.run - 1) * RUN_STEP - (links.phone * 7919 % (86_400 * 40))
    columns = (links.project, links.phone, links.run, links.last_run, created)
    _many(
        connection,
        "INSERT INTO project_phones (project_id, phone_id, run_id, last_run_id, created)"
        " VALUES (?, ?, ?, ?, ?)",
        _rows(columns),
    )
    days, counts = np.unique(created // 86_400, return_counts=True)
    _many(
        connection,
        "INSERT INTO link_days VALUES (?, ?)",
        [
            (_iso(day * 86_400)[:10], count)
            for day, count in zip(days.tolist(), counts.tolist(), strict=True)
        ],
    )
    connection.execute("UPDATE totals SET value = ? WHERE name = 'links'", (len(links.project),))


def _rejected_projects(size: Size) -> range:
    return range(1, size.projects + 1, 7)


def _insert_rejected(connection: sqlite3.Connection, size: Size) -> None:
    rows = [
        (project, raw, reason, 1, size.runs, "2026-01-01 10:00:00")
        for project in _rejected_projects(size)
        for raw, reason in ((f"{project:05d}", "too_short"), ("=1+1 не номер", "not_a_number"))
    ]
    _many(connection, "INSERT INTO rejected_phones VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.execute("UPDATE totals SET value = ? WHERE name = 'rejected'", (len(rows),))


def _insert_runs(
    connection: sqlite3.Connection, size: Size, links: Links, phone_run: Column
) -> None:
    after = 0
    records = 0
    for run in range(1, size.runs + 1):
        newest = run == size.runs
        status = "stopped" if newest and size.unfinished else "completed"
        failed = size.failed if newest else 0
        sums = _insert_run_projects(connection, size, links, run, failed, phone_run)
        clients = (
            (run, 100_000 + n, n, "failed" if n <= failed else "listed", "no_connection")
            for n in range(1, size.clients + 1)
        )
        _many(
            connection,
            "INSERT INTO run_clients (run_id, client_id, position, state, reason)"
            " VALUES (?, ?, ?, ?4, CASE ?4 WHEN 'failed' THEN ?5 END)",
            clients,
        )
        after += sums["new"]
        records += sums["received"] - sums["rejected"]
        connection.execute(
            "INSERT INTO runs (id, started_at, completed_at, status, total_clients,"
            " total_projects, total_phones, new_phones, errors_count, received, known, repeated,"
            " rejected, new_links, requests, active_seconds, phones_after)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run,
                _iso(_start(run)),
                _iso(_start(run) + RUN_SECONDS),
                status,
                size.clients - failed,
                sums["done"],
                sums["received"] - sums["rejected"],
                sums["new"],
                2 * failed,
                sums["received"],
                sums["known"],
                sums["repeated"],
                sums["rejected"],
                sums["new_links"],
                size.clients + size.projects + sums["received"] // 1000,
                RUN_SECONDS,
                None if status == "stopped" else after,
            ),
        )
    connection.execute("UPDATE totals SET value = ? WHERE name = 'records'", (records,))


def _insert_run_projects(
    connection: sqlite3.Connection,
    size: Size,
    links: Links,
    run: int,
    failed: int,
    phone_run: Column,
) -> dict[str, int]:
    """The checkpoints of one run; returns their sums."""
    alive = (links.run <= run) & (run <= links.last_run)
    received = np.bincount(links.project[alive], minlength=size.projects + 1)
    new = np.bincount(links.project[links.first & (links.run == run)], minlength=size.projects + 1)
    new_links = np.bincount(links.project[links.run == run], minlength=size.projects + 1)
    # A phone already known before this run counts as known where it comes first, and as
    # repeated wherever it comes again.
    order = np.lexsort((links.project[alive], ~links.first[alive], links.phone[alive]))
    phone = links.phone[alive][order]
    head = np.ones(len(phone), bool)
    head[1:] = phone[1:] != phone[:-1]
    known = np.bincount(
        links.project[alive][order][head & (phone_run[phone - 1] < run)],
        minlength=size.projects + 1,
    )
    rejected = np.zeros(size.projects + 1, np.int64)
    rejected[list(_rejected_projects(size))] = 2
    repeated = received - new - known
    received = received + rejected
    pending = size.projects // 2 if run == size.runs and size.unfinished else size.projects

    def state(n: int) -> str:
        if n <= failed:
            return "failed"
        return "done" if n <= pending else "pending"

    rows = (
        (
            run,
            n,
            _client_of(n, size),
            state(n),
            int(received[n] // 1000 + 1),
            int(received[n]),
            int(new[n]),
            int(known[n]),
            int(repeated[n]),
            int(rejected[n]),
            int(new_links[n]),
            "server_error" if n <= failed else None,
            "502" if n <= failed else "",
        )
        for n in range(1, size.projects + 1)
    )
    _many(
        connection,
        "INSERT INTO run_projects (run_id, project_id, client_id, state, reading, next_page,"
        " received, new_phones, known, repeated, rejected, new_links, reason, detail)"
        " VALUES (?, ?, ?, ?, 'full', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    return {
        "done": pending - failed,
        "received": int(received.sum()),
        "new": int(new.sum()),
        "known": int(known.sum()),
        "repeated": int(repeated.sum()),
        "rejected": int(rejected.sum()),
        "new_links": int(new_links.sum()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Make a database with made-up numbers.")
    parser.add_argument("path", type=Path)
    parser.add_argument("--phones", type=int, default=1_000_000)
    parser.add_argument("--links", type=int, default=2_000_000)
    parser.add_argument("--clients", type=int, default=2411)
    parser.add_argument("--projects", type=int, default=4012)
    parser.add_argument("--runs", type=int, default=12)
    options = parser.parse_args()
    begun = time.monotonic()
    size = Size(options.phones, options.links, options.clients, options.projects, options.runs)
    make_database(options.path, size)
    megabytes = options.path.stat().st_size / 1e6
    print(f"{options.path}: {megabytes:.0f} MB in {time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    main()

"""Cars: loading at no delay and normalising, on both databases, beside what is usually written.

The references (`benchmarks/references/cars_plain.py`, `cars_orm.py`) are plain requests with one
INSERT and one commit a row, and SQLAlchemy's ORM row by row with the program's own rules; they are
stopped after a part of the rows. The vendor is the built-in one in another process, without any
latency of its own, so an answer takes only the time in which it is made; `waiting` is the share of
the whole that went by until answers were there, `ours` the rest. PostgreSQL is a server of its own
in a temporary folder that keeps nothing safe from a power cut. Medians of turns.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import ROOT
from benchmarks.report import Aim, Finding, Row, ratio
from tests.postgres import started_postgres

TITLE = "Cars: loading and normalising"
LISTINGS, PART, TURNS = 20_000, 1_000, 3
BIG, CHANGES = 250_000, 15_000


@dataclass(frozen=True)
class Vendor:
    """The built-in vendor in a process of its own."""

    process: "subprocess.Popen[str]"
    environment: dict[str, str]

    def happen(self, changes: int) -> None:
        """Let so much change."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{changes}\n")
        self.process.stdin.flush()
        self.process.stdout.readline()


def measure(quick: bool = False) -> Finding:
    """Takes some minutes."""
    listings, part, turns = (1_000, 100, 1) if quick else (LISTINGS, PART, TURNS)
    rows: list[Row] = []
    aims: list[Aim] = []
    with tempfile.TemporaryDirectory() as folder, started_postgres() as postgres:
        for kind in ("SQLite", "PostgreSQL"):
            runs: dict[str, list[dict[str, Any]]] = {}
            for turn in range(turns):
                with vendor(listings, Path(folder) / f"{kind}{turn}") as shop:
                    for name, words in (
                        ("plain requests, INSERT a row", ["cars_plain", str(part)]),
                        ("load", ["cars_program", "load"]),
                        ("ORM, row by row", ["cars_orm", str(part)]),
                        ("normalize", ["cars_program", "normalize"]),
                    ):
                        if name in ("plain requests, INSERT a row", "load"):
                            database = (
                                f"sqlite:///{folder}/{kind}{turn}{name[:4]}.db"
                                if kind == "SQLite"
                                else postgres.url(postgres.new_database())
                            )
                        runs.setdefault(name, []).append(_run(words, shop, database))
            speeds = {name: _speed(found) for name, found in runs.items()}
            for name, reference in (
                ("load", "plain requests, INSERT a row"),
                ("normalize", "ORM, row by row"),
            ):
                rows += [
                    _row(kind, one, runs[one], speeds[name] / speeds[one])
                    for one in (name, reference)
                ]
            ours = statistics.median(1 - run["waited"] / run["seconds"] for run in runs["load"])
            times = speeds["normalize"] / speeds["ORM, row by row"]
            aims += [
                Aim(f"{kind}: load, time in our code", f"{ours:.0%}", "under 33 %", ours < 1 / 3),
                Aim(
                    f"{kind}: normalised a second",
                    f"{speeds['normalize']:,.0f}, {times:.0f} × the ORM",
                    "5,000, or 10 × the ORM",
                    speeds["normalize"] >= 5_000 or times >= 10,
                ),
            ]
    return Finding(rows, aims)


def big() -> None:
    """250,000 listings loaded, changed 15,000 times and normalised, on both databases: prints."""
    with tempfile.TemporaryDirectory() as folder, started_postgres() as postgres:
        for kind in sys.argv[1:] or ["SQLite", "PostgreSQL"]:
            name = postgres.new_database()
            database = f"sqlite:///{folder}/big.db" if kind == "SQLite" else postgres.url(name)
            with vendor(BIG, Path(folder) / kind) as shop:
                for step in ("load", "normalize", "update", "normalize"):
                    if step == "update":
                        shop.happen(CHANGES)
                    found = _run(["cars_program", step], shop, database)
                    memory = found.pop("memory")
                    print(kind, step, json.dumps(found), f"memory on the way {memory}", flush=True)
            size = (
                Path(f"{folder}/big.db").stat().st_size if kind == "SQLite" else postgres.size(name)
            )
            print(kind, f"{size / 1e6:,.0f} MB", flush=True)


@contextmanager
def vendor(listings: int, home: Path) -> Iterator[Vendor]:
    """Serves `listings`; `home` is where the program keeps its log."""
    process = subprocess.Popen(
        [sys.executable, "-m", "core.cars.stand_in", "--listings", str(listings)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        yield Vendor(
            process,
            {
                **os.environ,
                "DATAMASTER_HOME": str(home),
                "CHE168_API_URL": said["url"],
                "CHE168_API_KEY": said["key"],
                "CARS_DELAY": "0",
            },
        )
    finally:
        process.terminate()
        process.communicate()


def _run(words: list[str], shop: Vendor, database: str) -> dict[str, Any]:
    module, *more = words
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.references.{module}", *more],
        cwd=ROOT,
        env={**shop.environment, "CARS_DATABASE_URL": database},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _speed(runs: list[dict[str, Any]]) -> float:
    return statistics.median(float(run["rows"] / run["seconds"]) for run in runs)


def _row(kind: str, name: str, runs: list[dict[str, Any]], times: float) -> Row:
    return {
        "database": kind,
        "way": name,
        "rows/s": _speed(runs),
        "CPU µs a row": statistics.median(1e6 * run["cpu"] / run["rows"] for run in runs),
        "waiting": f"{statistics.median(run['waited'] / run['seconds'] for run in runs):.0%}",
        "the program is": "–" if times == 1 else ratio(times, 1),
        "peak MB": max(run["peak"] for run in runs),
    }


if __name__ == "__main__":
    big()

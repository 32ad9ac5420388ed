"""The same collection into an empty database and into grown ones, taking turns.

What is measured is the whole program, by the clock and in processor time, less what it takes where
there is nothing to collect; the median of the rounds. Most numbers are new in the first round, and
to the grown databases fewer with each. 'A record beside the empty one' is the median of the ratios
of neighbours in time, in processor time. The dashboard and the starts are the best of eight, in
turns; that of a quick run is the time from the start of the process to its first request. The
databases come from `benchmarks.make_database`, two links a phone.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from math import inf
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks import synthetic_data
from benchmarks.make_database import make_database
from benchmarks.processes import Size, api, collect, database, measured, settings
from benchmarks.queries import dashboard
from benchmarks.report import Aim, Finding, Row
from core.phones.storage.reader import Reader

TITLE = "Growth"
COLLECTED = Size(100, 400, 200_000)
SMALL_COLLECTED = Size(10, 40, 20_000)
PHONES = (1_000_000, 10_000_000)
SMALL_PHONES = (50_000, 100_000)
NOTHING = Size(1, 0, 0)
# Each round has another account: that a client has no projects any more is told by exit code 3.
ENDINGS = (0, 3)
BEST_OF = 8
FAR = 100_000_000  # links


class _Grown(NamedTuple):
    phones: int
    home: Path


class _Held(NamedTuple):
    """What a database held before it was collected into."""

    file_bytes: int
    links: int

    @property
    def a_link(self) -> float:
        return self.file_bytes / self.links if self.links else 0.0


class _Cost(NamedTuple):
    seconds: float
    cpu_seconds: float
    peak_mb: float


def measure(quick: bool = False) -> Finding:
    """About twenty minutes, of which ten make the databases; `quick` one."""
    collected, sizes, rounds = (
        (SMALL_COLLECTED, SMALL_PHONES, 1) if quick else (COLLECTED, PHONES, 3)
    )
    with tempfile.TemporaryDirectory() as folder:
        grown = [_make(Path(folder) / str(phones), phones) for phones in sizes]
        return among(grown, collected, rounds, Path(folder))


def among(grown: Sequence[_Grown], collected: Size, rounds: int, folder: Path) -> Finding:
    """Measure with databases that exist; they grow by it."""
    held = {one.phones: _held(one.home) for one in grown}
    costs: dict[int, list[_Cost]] = {phones: [] for phones in (0, *held)}
    for seed in range(2, 2 + rounds):
        empty = _Grown(0, folder / f"empty-{seed}")
        for one in (empty, *grown):
            costs[one.phones].append(_cost(one.home, collected, seed))
    reads = _milliseconds([empty, *grown])
    rows = [
        _row(phones, costs, reads[phones], held.get(phones, _Held(0, 0)), collected)
        for phones in costs
    ]
    return Finding(rows, _aims(grown[-1].phones, costs, reads, held))


def _held(home: Path) -> _Held:
    with Reader(database(home)) as reader:
        links = reader.number("SELECT value FROM totals WHERE name = 'links'")
    return _Held(database(home).stat().st_size, links)


def _make(home: Path, phones: int) -> _Grown:
    path = database(home)
    path.parent.mkdir(parents=True)
    make_database(path, synthetic_data.Size(phones, 2 * phones, runs=2))
    return _Grown(phones, home)


def _cost(home: Path, size: Size, seed: int) -> _Cost:
    """What collecting `size` takes more than collecting nothing."""
    with api(NOTHING, "--seed", str(seed)) as server:
        idle = collect(server, home, ENDINGS)
    with api(size, "--seed", str(seed)) as server:
        run = collect(server, home, ENDINGS)
    return _Cost(run.seconds - idle.seconds, run.cpu_seconds - idle.cpu_seconds, run.peak_mb)


def _milliseconds(grown: Sequence[_Grown]) -> dict[int, dict[str, float]]:
    best: dict[int, dict[str, float]] = {one.phones: {} for one in grown}
    for _ in range(BEST_OF):
        for phones, home in grown:
            for name, seconds in _read_once(home).items():
                best[phones][name] = min(1000 * seconds, best[phones].get(name, inf))
    return best


def _read_once(home: Path) -> dict[str, float]:
    with Reader(database(home)) as reader:
        board = _seconds(lambda: dashboard(reader))
    with api(NOTHING) as server:
        environment = settings(server, home)
        status = _seconds(lambda: measured(["app.py", "status"], **environment))
    return {"dashboard": board, "status": status, "quick": _first_request(home)}


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _first_request(home: Path) -> float:
    """Seconds from the start of a quick run's process until it asks the server for anything."""
    with api(NOTHING) as server:
        began = time.monotonic()
        measured(["app.py", "collect", "--mode", "quick"], ENDINGS, **settings(server, home))
        return server.arrivals()[0] - began


def _beside_empty(phones: int, costs: dict[int, list[_Cost]]) -> float:
    pairs = zip(costs[phones], costs[0], strict=True)
    return median(cost.cpu_seconds / empty.cpu_seconds for cost, empty in pairs)


def _row(
    phones: int,
    costs: dict[int, list[_Cost]],
    reads: dict[str, float],
    held: _Held,
    size: Size,
) -> Row:
    mine = costs[phones]
    hundred_thousand = 100_000 / size.records
    return {
        "links before": held.links,
        "s a 100,000 records": hundred_thousand * median(cost.seconds for cost in mine),
        "CPU s a 100,000": hundred_thousand * median(cost.cpu_seconds for cost in mine),
        "a record beside the empty one": f"{_beside_empty(phones, costs):.2f} ×",
        "peak MB": max(cost.peak_mb for cost in mine),
        "bytes a link": held.a_link,
        "dashboard, ms": reads["dashboard"],
        "`app.py status`, ms": reads["status"],
        "quick run's first request, ms": reads["quick"],
        "runs": len(mine),
    }


def _aims(
    largest: int,
    costs: dict[int, list[_Cost]],
    reads: dict[int, dict[str, float]],
    held: dict[int, _Held],
) -> list[Aim]:
    beside = _beside_empty(largest, costs)
    a_link = held[largest].a_link
    small = min(held)
    slope = (held[largest].file_bytes - held[small].file_bytes) / (
        held[largest].links - held[small].links
    )
    boards = [reads[phones]["dashboard"] for phones in (small, largest)]
    starts = [reads[phones]["status"] for phones in (0, largest)]
    quick = [reads[phones]["quick"] for phones in (0, largest)]
    links = f"{held[largest].links:,} links"
    return [
        Aim(f"a record at {links} beside none", f"{beside:.2f} ×", "1.5 ×", beside <= 1.5),
        Aim("bytes a link", f"{a_link:.0f}", "60", a_link <= 60),
        Aim(
            f"dashboard at {links}",
            f"{boards[1]:.1f} ms, {boards[0]:.1f} ms at {held[small].links:,}",
            "not slower",
            boards[1] < 1.5 * boards[0] + 5,
        ),
        Aim(
            f"`app.py status` at {links}",
            f"{starts[1]:.0f} ms, {starts[0]:.0f} ms empty",
            "not slower",
            starts[1] < 1.2 * starts[0],
        ),
        Aim(
            f"first request of a quick run at {links}",
            f"{quick[1]:.0f} ms, {quick[0]:.0f} ms empty",
            "not slower",
            quick[1] < 1.2 * quick[0],
        ),
        Aim(
            f"file at {FAR:,} links, by the slope of {slope:.0f} bytes a link",
            f"{slope * FAR / 1e9:.1f} GB",
            "said",
            met=True,
        ),
    ]

"""Whole collections at no delay: the program beside two references, on the same server.

The references (`benchmarks/references`) are the yardstick. One asks one thing after the other and
commits every row; the other is asyncio with aiohttp and aiosqlite, five tasks and batches of 5,000.
Both normalise with phonenumbers and ask for the empty page after each project; they keep neither
checkpoints nor counters. The last line of a size lends asyncio the program's own normalising. The
row-by-row one is stopped after 5,000 records.

Every figure is of a whole process, its start included, with the API in another process; the median
of the runs, in which the ways take turns. What the program is beside another is the median of the
ratios of neighbours in time, in records a second and in processor time a record.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.processes import Api, Measured, Size, api, collect, measured
from benchmarks.report import Aim, Finding, Row

TITLE = "Whole collections"

SMALL = Size(600, 1000, 100_000)
FULL = Size(2411, 4000, 1_000_000)  # the account as it is
QUICK = Size(60, 200, 50_000)
ROW_BY_ROW_RECORDS = 5_000

PROGRAM = "the program"
ASYNCIO = "asyncio, batches"
ROW_BY_ROW = "row by row"


class _Way(NamedTuple):
    records: int
    run: Callable[[Api, Path], Measured]


class _Run(NamedTuple):
    measured: Measured
    megabytes: float
    requests: int


def measure(quick: bool = False) -> Finding:
    """About fifteen minutes; `quick` one."""
    if quick:
        return _account(QUICK, rounds=1)
    found = [_account(SMALL, rounds=3), _account(FULL, rounds=3)]
    return Finding([row for one in found for row in one.rows], found[-1].aims)


def _account(size: Size, rounds: int) -> Finding:
    some = min(ROW_BY_ROW_RECORDS, size.records // 20)
    ways = {
        PROGRAM: _Way(size.records, collect),
        ASYNCIO: _Way(size.records, _asyncio("phonenumbers")),
        ROW_BY_ROW: _Way(some, _row_by_row(some)),
        "asyncio, our normalising": _Way(size.records, _asyncio("fast")),
    }
    with api(size) as server:
        runs: dict[str, list[_Run]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                runs[name].append(_run(server, way))
    return Finding([_row(size, ways, runs, name) for name in ways], _aims(size, ways, runs))


def _run(server: Api, way: _Way) -> _Run:
    before = len(server.arrivals())
    with tempfile.TemporaryDirectory() as home:
        run = way.run(server, Path(home))
        size = next(Path(home).rglob("*.db")).stat().st_size / 1e6
    return _Run(run, size, len(server.arrivals()) - before)


def _row(size: Size, ways: dict[str, _Way], runs: dict[str, list[_Run]], name: str) -> Row:
    mine = runs[name]
    times = _times(ways, runs, name)
    return {
        "account": f"{size.records:,} in {size.projects:,} projects",
        "collector": name,
        "records": ways[name].records,
        "records/s": median(_speeds(ways[name], mine)),
        "CPU µs a record": 1e6 * median(_cpu(ways[name], mine)),
        "the program is": "–" if name == PROGRAM else f"{times[0]:.1f} × (CPU {times[1]:.1f} ×)",
        "peak MB": median(run.measured.peak_mb for run in mine),
        "file MB": mine[-1].megabytes,
        "requests": _beside_least(mine, size) if name == PROGRAM else "",
        "runs": len(mine),
    }


def _speeds(way: _Way, runs: Sequence[_Run]) -> list[float]:
    return [way.records / run.measured.seconds for run in runs]


def _cpu(way: _Way, runs: Sequence[_Run]) -> list[float]:
    return [run.measured.cpu_seconds / way.records for run in runs]


def _times(ways: dict[str, _Way], runs: dict[str, list[_Run]], name: str) -> tuple[float, float]:
    """How many times as fast the program is as `name`, and as sparing of the processor."""
    program, other = ways[PROGRAM], ways[name]
    speeds = zip(_speeds(program, runs[PROGRAM]), _speeds(other, runs[name]), strict=True)
    cpus = zip(_cpu(program, runs[PROGRAM]), _cpu(other, runs[name]), strict=True)
    return median(a / b for a, b in speeds), median(b / a for a, b in cpus)


def _beside_least(runs: Sequence[_Run], size: Size) -> str:
    most, least = max(run.requests for run in runs), size.least_requests
    return f"{most:,} (least {least:,}, {100 * (most / least - 1):+.2f} %)"


def _aims(size: Size, ways: dict[str, _Way], runs: dict[str, list[_Run]]) -> list[Aim]:
    account = f"{size.records:,} records"
    speed = median(_speeds(ways[PROGRAM], runs[PROGRAM]))
    beside, by_row = (_times(ways, runs, name)[0] for name in (ASYNCIO, ROW_BY_ROW))
    most = max(run.requests for run in runs[PROGRAM]) / size.least_requests
    peak = max(run.measured.peak_mb for run in runs[PROGRAM])
    fast = speed >= 60_000
    instead = beside >= 2.5 and by_row >= 80
    return [
        Aim(f"{account} a second", f"{speed:,.0f}", "60,000, or as below", fast or instead),
        Aim("… beside asyncio", f"{beside:.2f} ×", "2.5 ×, where slower", fast or beside >= 2.5),
        Aim("… beside row by row", f"{by_row:.0f} ×", "80 ×, where slower", fast or by_row >= 80),
        Aim("requests beside the least", f"{100 * (most - 1):+.2f} %", "+2 %", most <= 1.02),
        Aim("memory without a window", f"{peak:.0f} MB", "120 MB", peak < 120),
        Aim(
            "… at the end beside its middle",
            f"{median(_growth(run.measured) for run in runs[PROGRAM]):.2f} ×",
            "flat",
            median(_growth(run.measured) for run in runs[PROGRAM]) < 1.15,
        ),
    ]


def _growth(run: Measured) -> float:
    """Memory in the last tenth of the run beside that in the tenth before its half."""
    samples = run.memory
    tenth = max(1, len(samples) // 10)
    middle = samples[4 * tenth : 5 * tenth] or samples
    return sum(samples[-tenth:]) / tenth / (sum(middle) / len(middle))


def _asyncio(normalizing: str) -> Callable[[Api, Path], Measured]:
    def run(server: Api, home: Path) -> Measured:
        return measured(
            [
                *("-m", "benchmarks.references.asyncio_batch", server.url, server.token),
                *(str(home / "phones.db"), "--normalizing", normalizing),
            ]
        )

    return run


def _row_by_row(records: int) -> Callable[[Api, Path], Measured]:
    def run(server: Api, home: Path) -> Measured:
        return measured(
            [
                *("-m", "benchmarks.references.row_by_row", server.url, server.token),
                *(str(home / "phones.db"), "--records", str(records)),
            ]
        )

    return run

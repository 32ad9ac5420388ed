"""A hundred requests in flight at a server that takes 200 ms for each: 500 a second are possible.

Twenty records a project, so that it is the requests that cost. The rate is that of the median
second at the server, start and end left out. Memory is the whole process's peak; what a worker
costs is the difference between 100 workers and 5, divided by 95. A thread's stack is 8 MB of
addresses, of which the system gives memory only to what is used.
"""

import tempfile
from pathlib import Path
from statistics import median

from benchmarks.processes import Measured, Size, api, collect
from benchmarks.report import Aim, Finding, Row

TITLE = "A hundred requests in flight"
LATENCY = 0.2


def measure(quick: bool = False) -> Finding:
    """A minute; `quick` half of it."""
    size = Size(100, 1000, 20_000) if quick else Size(500, 5000, 100_000)
    rows: list[Row] = []
    base: Measured | None = None
    for workers in (5, 100):
        scale = 20 if workers == 5 else 1
        run, arrivals = _collect(Size(*(part // scale for part in size)), workers)
        base = base or run
        rate = _steady(arrivals)
        possible = workers / LATENCY
        rows.append(
            {
                "workers": workers,
                "requests": len(arrivals),
                "requests/s": rate,
                "possible": possible,
                "share": f"{100 * rate / possible:.1f} %",
                "CPU ms a request": 1000 * run.cpu_seconds / len(arrivals),
                "peak MB": run.peak_mb,
                "MB a worker": "–"
                if run is base
                else f"{(run.peak_mb - base.peak_mb) / (workers - 5):.2f}",
            }
        )
        share = rate / possible
    wanted = Aim("requests in flight: of the 500/s", f"{100 * share:.1f} %", "95 %", share >= 0.95)
    return Finding(rows, [wanted])


def _collect(size: Size, workers: int) -> tuple[Measured, list[float]]:
    latency = ("--latency-ms", str(int(1000 * LATENCY)))
    with api(size, *latency) as server, tempfile.TemporaryDirectory() as home:
        run = collect(server, Path(home), WORKERS=str(workers))
        return run, server.arrivals()


def _steady(arrivals: list[float]) -> float:
    """Requests a second while all workers are busy: the median second, ends left out."""
    first, last = int(arrivals[0]) + 2, int(arrivals[-1]) - 1
    seconds = [0] * max(1, last - first)
    for at in arrivals:
        if first <= at < first + len(seconds):
            seconds[int(at) - first] += 1
    return median(seconds)

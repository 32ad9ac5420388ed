"""The pace: a request every 0.1 s from eight workers, seen from the server.

The whole run may take 5 % longer than requests × 0.1 s, and no gap between two arrivals may be
under 0.08 s. The program leaves 0.1 s between two starts; on a busy machine an arrival can be
seen late, and then the next gap is shorter by as much.
"""

import tempfile
from pathlib import Path

from benchmarks.processes import Size, api, collect
from benchmarks.report import Aim, Finding, Row

TITLE = "Pace"
DELAY = 0.1
WORKERS = 8


def measure(quick: bool = False) -> Finding:
    """A minute; `quick` ten seconds."""
    size = Size(10, 40, 8_000) if quick else Size(60, 300, 60_000)
    with api(size) as server, tempfile.TemporaryDirectory() as home:
        run = collect(server, Path(home), RATE_LIMIT_DELAY=str(DELAY), WORKERS=str(WORKERS))
        gaps = sorted(server.gaps())
        arrivals = server.arrivals()
    least = len(arrivals) * DELAY
    spread = arrivals[-1] - arrivals[0]
    row: Row = {
        "requests": len(arrivals),
        "requests × 0.1 s": least,
        "first to last arrival, s": f"{spread:.1f} ({100 * (spread / least - 1):+.1f} %)",
        "whole program, s": run.seconds,
        "smallest gap, s": f"{gaps[0]:.4f}",
        "gaps under 0.08 s": sum(gap < 0.08 for gap in gaps),
        "median gap, s": f"{gaps[len(gaps) // 2]:.4f}",
        "CPU s": run.cpu_seconds,
    }
    return Finding(
        [row],
        [
            Aim("smallest gap at 0.1 s", f"{gaps[0]:.3f} s", "0.08 s", gaps[0] >= 0.08),
            Aim(
                "time at 0.1 s",
                f"{100 * (spread / least - 1):+.1f} %",
                "+5 %",
                spread < 1.05 * least,
            ),
        ],
    )

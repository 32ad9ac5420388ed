"""How soon the program is there: `app.py status` and `--help`, as processes, beside bare Python.

The database is that of a small completed run; the files are in the system's cache and the
modules compiled, as for somebody who has used the program before.
"""

import tempfile
from pathlib import Path
from statistics import median

from benchmarks.processes import Measured, Size, api, collect, measured, settings
from benchmarks.report import Aim, Finding, Row

TITLE = "Start"


def measure(quick: bool = False) -> Finding:
    """Twenty seconds."""
    times = 3 if quick else 15
    commands = {
        "bare python": ["-c", "pass"],
        "app.py status": ["app.py", "status"],
        "app.py status --json": ["app.py", "status", "--json"],
        "app.py --help": ["app.py", "--help"],
    }
    runs: dict[str, list[Measured]] = {name: [] for name in commands}
    with api(Size(5, 20, 2_000)) as server, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        collect(server, home)
        environment = settings(server, home)
        for _ in range(times):
            for name, command in commands.items():
                runs[name].append(measured(command, **environment))
    rows: list[Row] = [
        {
            "command": name,
            "median, s": median(run.seconds for run in found),
            "fastest, s": min(run.seconds for run in found),
            "CPU s": median(run.cpu_seconds for run in found),
            "peak MB": max(run.peak_mb for run in found),
        }
        for name, found in runs.items()
    ]
    status = median(run.seconds for run in runs["app.py status"])
    return Finding(
        rows, [Aim("start of `app.py status`", f"{status:.2f} s", "0.4 s", status < 0.4)]
    )

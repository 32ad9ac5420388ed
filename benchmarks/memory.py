"""The most memory that a process has had."""

import os
from pathlib import Path


def peak_mb(process: int | None = None) -> float:
    """Of this process, or of another; 0 where the system does not say.

    Not getrusage: on Linux it counts what the process that started this one had used, too.
    """
    try:
        lines = Path(f"/proc/{process or os.getpid()}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    found = (line.split()[1] for line in lines.splitlines() if line.startswith("VmHWM:"))
    return int(next(found, 0)) * 1024 / 1e6

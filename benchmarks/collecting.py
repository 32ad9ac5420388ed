"""A whole collection, measured from outside: the program and the built-in API as two processes.

python -m benchmarks.collecting
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import psutil

from core.datamaster.demo.dataset import DemoDataset
from core.datamaster.demo.expected import expected

ROOT = Path(__file__).parents[1]


class Size(NamedTuple):
    clients: int
    projects: int
    records: int


FULL = Size(2411, 4000, 1_000_000)


class Run(NamedTuple):
    """One collection; `least` is 1 + clients + the sum of records // 1000 + 1 over projects."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    requests: int
    least: int
    database_mb: float
    gaps: list[float]


@contextmanager
def api(size: Size) -> Iterator[tuple[str, str]]:
    """URL and token of a built-in API in a process of its own."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "core.datamaster.demo"),
            *("--clients", str(size.clients), "--projects", str(size.projects)),
            *("--records", str(size.records)),
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    hello = json.loads(process.stdout.readline())
    try:
        yield hello["url"], hello["token"]
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def collect(size: Size, **settings: str) -> Run:
    """Collect everything once into a new database."""
    with tempfile.TemporaryDirectory() as home, api(size) as (url, token):
        environment = {
            **os.environ,
            "DATAMASTER_HOME": home,
            "DATAMASTER_KEYRING": "off",
            "DATAMASTER_API_URL": url,
            "DATAMASTER_API_TOKEN": token,
            "LANGUAGE": "en",
            **settings,
        }
        began = time.monotonic()
        process = psutil.Popen(
            [sys.executable, str(ROOT / "app.py"), "collect"],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        peak, cpu = 0, 0.0
        while process.poll() is None:
            try:
                peak = max(peak, process.memory_info().rss)
                times = process.cpu_times()
                cpu = times.user + times.system
            except psutil.Error:
                break
            time.sleep(0.05)
        seconds = time.monotonic() - began
        words, _ = process.communicate()
        found = re.search(r"([\d,]+) requests in", words)
        if process.returncode or found is None:
            raise RuntimeError(words)
        database = Path(home) / "data" / "phones.db"
        megabytes = database.stat().st_size / 1e6
        least = expected(DemoDataset(1, *size)).least_requests
        asked = urlopen_journal(url)
        gaps = [later - earlier for earlier, later in pairwise(asked)]
        requests = int(found[1].replace(",", ""))
        return Run(seconds, cpu, peak / 1e6, requests, least, megabytes, gaps)


def urlopen_journal(url: str) -> list[float]:
    """When each request arrived, by the server's clock."""
    from urllib.request import urlopen

    with urlopen(url.rsplit("/api/", 1)[0] + "/journal") as answer:  # noqa: S310 - our server
        return [json.loads(line)["at"] for line in answer.read().splitlines()]


def main() -> None:
    size = FULL
    print(f"{size.records:,} records, {size.projects:,} projects, {size.clients:,} clients")
    for _ in range(3):
        run = collect(size, RATE_LIMIT_DELAY="0")
        print(
            f"{run.seconds:6.1f} s  {size.records / run.seconds:8,.0f} records/s"
            f"  {run.cpu_seconds:5.1f} s CPU  {run.peak_mb:5.0f} MB"
            f"  {run.requests} requests, at least {run.least}"
            f" (+{100 * (run.requests / run.least - 1):.2f} %)  database {run.database_mb:.1f} MB"
        )
    small = Size(60, 300, 60_000)
    run = collect(small, RATE_LIMIT_DELAY="0.1", WORKERS="8")
    print(
        f"0.1 s and 8 workers: {run.requests} requests in {run.seconds:.1f} s,"
        f" smallest gap at the server {min(run.gaps):.4f} s"
    )


if __name__ == "__main__":
    main()

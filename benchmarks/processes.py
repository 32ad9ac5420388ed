"""Whole processes, measured from outside: the built-in API, and whatever collects from it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import psutil

from benchmarks.memory import peak_mb
from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.expected import expected

ROOT = Path(__file__).parents[1]
LOOK_EVERY = 0.05  # seconds between looks at a process


class Size(NamedTuple):
    """What the API serves."""

    clients: int
    projects: int
    records: int

    @property
    def least_requests(self) -> int:
        """1 + clients + the sum of records // 1000 + 1 over the projects."""
        return expected(DemoDataset(1, *self)).least_requests


@dataclass(frozen=True)
class Api:
    """A built-in API in a process of its own."""

    url: str
    token: str

    def arrivals(self) -> list[float]:
        """When each request came, in seconds of the server's clock."""
        journal = self.url.rsplit("/api/", 1)[0] + "/journal"
        with urlopen(journal) as answer:  # noqa: S310 - our own server on this machine
            return sorted(json.loads(line)["at"] for line in answer.read().splitlines())

    def gaps(self) -> list[float]:
        return [later - earlier for earlier, later in pairwise(self.arrivals())]


@dataclass(frozen=True)
class Measured:
    """A process from its start to its end. Memory is in MB (10^6 bytes)."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    words: str
    memory: Sequence[float] = field(repr=False)
    """Resident memory, a sample every `LOOK_EVERY` seconds."""


@contextmanager
def api(size: Size, *options: str) -> Iterator[Api]:
    """Serve `size` with `options` of core.phones.datamaster.demo until the end of the block."""
    sizes = dict(zip(("--clients", "--projects", "--records"), map(str, size), strict=True))
    words = [word for pair in sizes.items() for word in pair]
    with subprocess.Popen(
        [sys.executable, "-m", "core.phones.datamaster.demo", *words, *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        hello = json.loads(process.stdout.readline())
        try:
            yield Api(hello["url"], hello["token"])
        finally:
            process.stdin.close()


def measured(
    command: Sequence[str], endings: Sequence[int] = (0,), /, **environment: str
) -> Measured:
    """Run `python COMMAND` to its end. Raises RuntimeError where its exit code is none of
    `endings`."""
    cpu_before = _cpu_of_ended_children()
    began = time.perf_counter()
    process = psutil.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    memory, peak = [0.0], 0.0
    while _lives(process):
        with suppress(psutil.Error):
            memory.append(process.memory_info().rss / 1e6)
            peak = max(peak, peak_mb(process.pid))
    seconds = time.perf_counter() - began
    words, _ = process.communicate()
    if process.returncode not in endings:
        raise RuntimeError(f"{command} ended with {process.returncode}: {words}")
    cpu = _cpu_of_ended_children() - cpu_before
    return Measured(seconds, cpu, max(peak, *memory), words, memory)


def _cpu_of_ended_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _lives(process: psutil.Popen) -> bool:
    """Whether the process still lives after a while; says no at once where it ends."""
    with suppress(psutil.TimeoutExpired):
        process.wait(LOOK_EVERY)
        return False
    return True


def settings(server: Api, home: Path, **others: str) -> Mapping[str, str]:
    """The environment of a program that keeps everything below `home`, at no delay."""
    return {
        "DATAMASTER_HOME": str(home),
        "DATAMASTER_KEYRING": "off",
        "DATAMASTER_API_URL": server.url,
        "DATAMASTER_API_TOKEN": server.token,
        "LANGUAGE": "en",
        "RATE_LIMIT_DELAY": "0",
        **others,
    }


def collect(server: Api, home: Path, endings: Sequence[int] = (0,), /, **others: str) -> Measured:
    """`app.py collect` into a database below `home`, in a process of its own."""
    return measured(["app.py", "collect"], endings, **settings(server, home, **others))


def database(home: Path) -> Path:
    """Where a program with `settings` keeps its database."""
    return home / "data" / "phones.db"

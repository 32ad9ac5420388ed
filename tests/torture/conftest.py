"""Long tests: in full with `python dev.py torture`, a short part of each in the usual suite.

Chance decides a lot here. Every test prints its seed; TORTURE_SEED repeats it.
"""

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.server import DemoServer
from tests.phones.cli.conftest import Installation, install
from tests.phones.engine.conftest import collect
from tests.small_disk import mounted

__all__ = ["chance", "collect", "install", "rounds", "small_disk"]

FULL = os.environ.get("TORTURE") == "full"

DATA = DemoDataset(3, clients=25, projects=90, records=30_000, rejected_share=0.02)


def rounds(short: int, full: int) -> int:
    """How often to do it."""
    return full if FULL else short


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get("TORTURE_SEED") or random.SystemRandom().randrange(10**6))
    print(f"TORTURE_SEED={seed}")
    return random.Random(seed)


def at_home(
    install: Callable[..., Installation], server: DemoServer, name: str, **settings: str
) -> Installation:
    """An installation of the program that collects from `server`."""
    home = install(None, name, **settings)
    home.environment["DATAMASTER_API_URL"] = server.url
    home.environment["DATAMASTER_API_TOKEN"] = server.token
    return home


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 80 MB: twice what the WAL may take before it is emptied."""
    with mounted(tmp_path / "small", "80m") as folder:
        yield folder

"""Databases as real runs leave them, made once and copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.growth import Growth
from core.phones.datamaster.demo.server import DemoServer
from core.phones.numbers.outcome import Accept
from tests.phones.storage.collected import Rows, collect


@pytest.fixture(scope="session")
def server() -> Iterator[DemoServer]:
    data = DemoDataset(1, 12, 40, 6000, rejected_share=0.05, repeat_share=0.2)
    with DemoServer(data.grow(Growth(records=600))) as running:
        yield running


def two_runs(path: Path, accept: Accept) -> Path:
    data = DemoDataset(1, 12, 40, 6000, rejected_share=0.05, repeat_share=0.2)
    with DemoServer(data) as running:
        collect(path, running, accept)
        running.dataset = data.grow(Growth(records=600))
        collect(path, running, accept)
    return path


@pytest.fixture(scope="session")
def collected_twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_runs(tmp_path_factory.mktemp("collected") / "phones.db", Accept.VALID)


@pytest.fixture(scope="session")
def collected_possible(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same runs as if the metadata had known all the ranges."""
    return two_runs(tmp_path_factory.mktemp("possible") / "phones.db", Accept.POSSIBLE)


@pytest.fixture
def database(collected_twice: Path, tmp_path: Path) -> Path:
    """Two runs' worth of data: about 6600 records, with repeated and rejected ones."""
    path = tmp_path / "phones.db"
    shutil.copyfile(collected_twice, path)
    return path


@pytest.fixture
def rows(database: Path) -> Rows:
    return Rows(database)

"""The built-in API for a test, and a plain HTTP client for it."""

from collections.abc import Iterator

import pytest

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.server import DemoServer
from tests.phones.datamaster.raw_http import RawClient

DATA = DemoDataset(1, 30, 60, 15_000)
BIG = max(DATA.project_ids(), key=DATA.size)


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer(DATA) as running:
        yield running


@pytest.fixture
def client(server: DemoServer) -> Iterator[RawClient]:
    with RawClient(server) as raw:
        yield raw

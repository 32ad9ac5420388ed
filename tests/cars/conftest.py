"""A built-in vendor and an installation that reads from it, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.cars.stand_in.market import Market
from core.cars.stand_in.server import VendorServer
from tests.cars.working import Works


@pytest.fixture
def market() -> Market:
    return Market(160)


@pytest.fixture
def server(market: Market) -> Iterator[VendorServer]:
    with VendorServer(market) as server:
        yield server


@pytest.fixture
def works(tmp_path: Path, database_url: str, server: VendorServer) -> Iterator[Works]:
    works = Works(tmp_path / "home", database_url, server)
    yield works
    works.close()

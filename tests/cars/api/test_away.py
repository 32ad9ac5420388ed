"""A PostgreSQL that is away for a while."""

from collections.abc import Iterator

import pytest
import requests

from tests.cars.api.conftest import Cars, Serve, open_cars
from tests.postgres import Postgres


@pytest.fixture
def on_server(postgres_url: str) -> Iterator[Cars]:
    yield from open_cars(postgres_url)


@pytest.mark.slow
def test_it_is_told_and_answered_again_afterwards(
    on_server: Cars, serve: Serve, postgres: Postgres
) -> None:
    on_server.fill(5)
    api = serve(on_server)
    assert api.get("/offers").status_code == 200
    postgres.stop()
    try:
        health = requests.get(f"{api.url}/health", timeout=60)
        assert health.status_code == 503
        assert "cannot be reached" in health.json()["detail"]
        assert api.get("/offers").status_code == 503
    finally:
        postgres.start()
    while requests.get(f"{api.url}/health", timeout=60).status_code != 200:
        pass
    assert api.json("/offers")["meta"]["total"] == len(on_server.on_sale)

"""A stand-in for the Bot API, and campaigns on both kinds of database."""

from collections.abc import Iterator

import pytest

from core.campaigns.stand_in.server import StandIn
from tests.campaigns.kit import Kit, open_kit
from tests.postgres import database_url, postgres, postgres_url

__all__ = ["database_url", "postgres", "postgres_url"]


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn(silence=2) as server:
        yield server


@pytest.fixture
def kit(database_url: str, stand_in: StandIn) -> Iterator[Kit]:
    """On SQLite and on PostgreSQL."""
    found = open_kit(database_url, stand_in)
    yield found
    found.stop.abandon()
    found.engine.dispose()

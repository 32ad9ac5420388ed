"""A stand-in for the Bot API, and campaigns on both kinds of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.campaigns.stand_in.server import StandIn
from core.i18n import set_language
from core.logs.setup import stop_logging
from tests.campaigns.kit import Kit, open_kit
from tests.campaigns.office import Office
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


@pytest.fixture
def office(
    tmp_path: Path,
    stand_in: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Office]:
    monkeypatch.setenv("DATAMASTER_HOME", str(tmp_path))
    monkeypatch.setenv("CAMPAIGNS_API_URL", stand_in.url)
    monkeypatch.setenv("CAMPAIGNS_MAX_PER_HOUR", "3600")
    monkeypatch.setenv("CAMPAIGNS_CYCLE_DELAY_MINUTES", "0")
    set_language("en")
    yield Office(tmp_path, stand_in, monkeypatch, capsys)
    stop_logging()


@pytest.fixture
def ready(office: Office) -> Office:
    """With a group, two senders and two messages."""
    office.do("init")
    office.do("groups", "create", "news")
    for name in ("ann", "bob"):
        office.bot(name)
    office.do("groups", "add-senders", "news", "ann", "bob")
    office.do("groups", "add-messages", "news", "Hello {name|there}", "Good day")
    return office

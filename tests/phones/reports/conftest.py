"""One nasty database for all reports; none of them changes it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.phones.registry.load import load_registry
from core.phones.registry.made_up import write_made_up
from tests.phones.reports.nasty import make_nasty_database
from tests.phones.reports.raw import Raw


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    path = folder / "nasty.db"
    make_nasty_database(path)
    load_registry(path, write_made_up(folder), datetime.now(UTC))
    return path


@pytest.fixture(scope="session")
def raw(database: Path) -> Raw:
    return Raw(database)

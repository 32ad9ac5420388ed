"""One nasty database for all reports; none of them changes it."""

from pathlib import Path

import pytest

from tests.phones.reports.nasty import make_nasty_database
from tests.phones.reports.raw import Raw


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reports") / "nasty.db"
    make_nasty_database(path)
    return path


@pytest.fixture(scope="session")
def raw(database: Path) -> Raw:
    return Raw(database)

"""One made database for all queries; none of them changes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.make_database import make_database
from core.phones.storage.reader import Reader
from tests.phones.queries.raw import SIZE, Raw


@pytest.fixture(scope="session")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("queries") / "made.db"
    make_database(path, SIZE)
    return path


@pytest.fixture
def reader(path: Path) -> Iterator[Reader]:
    with Reader(path) as reader:
        yield reader


@pytest.fixture(scope="session")
def raw(path: Path) -> Raw:
    return Raw(path)

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Stand-ins, and a hub that is not started yet."""
    made = World(tmp_path)
    yield made
    made.close()

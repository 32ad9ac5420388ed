import logging
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


@pytest.fixture
def nothing_raises(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a service says, nothing in the hub fails by it."""
    yield
    for phase in ("setup", "call"):
        errors = [one for one in caplog.get_records(phase) if one.levelno >= logging.ERROR]  # type: ignore[arg-type]
        assert not errors, [one.getMessage() for one in errors]

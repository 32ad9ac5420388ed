"""An import whose process dies leaves nothing of itself."""

import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing, suppress

import pytest

from tests.phones.cli.conftest import Api, Installation, install, start_api
from tests.phones.storage.collected import Rows
from tests.phones.storage.consistency import contradictions

__all__ = ["install", "start_api"]


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.3, 0.6, 0.9, 1.2, 1.5])
def test_a_killed_import_stores_nothing(
    start_api: Callable[..., Api], install: Callable[..., Installation], moment: float
) -> None:
    """Wherever it is killed: all of the list is stored, or none of it."""
    home = install(start_api("--clients", "2", "--projects", "4", "--records", "300"))
    assert home.run("collect").returncode == 0
    before = Rows(home.database).one("SELECT count(*) FROM phones")
    lines = "\n".join(f"+7907{n:07d}" for n in range(150_000))
    (home.home / "old.txt").write_text(lines, encoding="utf-8")
    process = home.start("import", "old.txt")
    with closing(sqlite3.connect(home.database)) as db:
        assert db.execute("SELECT count(*) FROM phones").fetchone() == (before,)
    with suppress(subprocess.TimeoutExpired):  # still at work: that is the moment
        process.wait(moment)
    process.kill()
    process.communicate()
    assert not contradictions(home.database)
    after = Rows(home.database).one("SELECT count(*) FROM phones")
    imports = Rows(home.database).one("SELECT count(*) FROM imports")
    assert (after == before) == (imports == 0)
    done = home.run("import", "old.txt")
    assert done.returncode == 0, done.stderr
    assert not contradictions(home.database)

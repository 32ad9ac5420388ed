"""The Runs view on the real window, with a made database."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.gui.conftest import Stage, open_on

pytestmark = pytest.mark.gui


def test_a_run_whose_process_died_is_not_running(stage: Stage, database: Path) -> None:
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE runs SET status = 'running' WHERE id = 5")
    view = open_on(stage, database, "runs").view("runs")
    stage.until(lambda: view.details.heading.text)
    assert view.table.values("5")[3] == "interrupted"
    assert view.details.heading.text == "Run 5, interrupted"

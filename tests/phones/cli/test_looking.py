"""What `status` and `runs` say of runs that were cut short, and of many runs."""

import json
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from subprocess import Popen

import pytest

from tests.phones.cli.conftest import Api, Installation

DATA = ("--clients", "6", "--projects", "60", "--records", "3000")

pytestmark = pytest.mark.slow

Start = Callable[..., Api]
Install = Callable[..., Installation]


def begun(home: Installation, *command: str) -> "Popen[str]":
    """A run that has stored something."""
    before = home.log.count("records, ")
    process = home.start(*command)
    while home.log.count("records, ") <= before:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    return process


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_run_whose_process_died_is_not_running(start_api: Start, install: Install) -> None:
    home = install(start_api(*DATA), RATE_LIMIT_DELAY="0.1")
    process = begun(home, "collect")
    assert "running" in home.run("status").stdout
    assert "running" in home.run("runs").stdout
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert "interrupted" in home.run("status").stdout
    assert "interrupted" in home.run("runs").stdout
    (died,) = json.loads(home.run("runs", "--json").stdout)
    assert (died["status"], died["interrupted"]) == ("running", True)  # as the table has it

    assert home.run("collect", "--limit-clients", "1", "--limit-projects", "1").returncode == 0
    runs = json.loads(home.run("runs", "--json").stdout)
    assert [(run["id"], run["status"]) for run in runs] == [(2, "completed"), (1, "stopped")]

    assert home.run("continue").returncode == 1  # the newer one is completed, without errors
    for run, told in (("2", "nothing failed in it"), ("3", "There is no run 3")):
        refused = home.run("continue", "--run", run)
        assert refused.returncode == 2
        assert told in refused.stderr
    process = begun(home, "continue", "--run", "1")
    try:
        status = json.loads(home.run("status", "--json").stdout)
        assert status["collecting"]
        assert (status["run"]["id"], status["run"]["status"]) == (1, "running")
        assert not status["run"]["interrupted"]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode == 130


def test_runs_are_all_listed(start_api: Start, install: Install) -> None:
    home = install(start_api(*DATA))
    assert home.run("collect", "--limit-clients", "1").returncode == 0
    with closing(sqlite3.connect(home.database)) as db, db:
        db.execute(
            "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1203)"
            " INSERT INTO runs (id, started_at, status, mode)"
            " SELECT i, '2026-01-01T00:00:00Z', 'completed', 'full' FROM n"
        )
    runs = json.loads(home.run("runs", "--json").stdout)
    assert [run["id"] for run in runs] == list(range(1203, 0, -1))
    assert len(home.run("runs").stdout.splitlines()) == 1204

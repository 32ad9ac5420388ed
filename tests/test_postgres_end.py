"""A PostgreSQL of tests ends with them, however they end."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.postgres import PATIENCE, Postgres

ROOT = Path(__file__).resolve().parents[1]
SERVE = """
from tests.postgres import started_postgres
with started_postgres() as server:
    print(server.port, server._folder, flush=True)
    input()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, None])
def test_it_ends_with_those_who_started_it(postgres: Postgres, how: signal.Signals | None) -> None:
    assert postgres.port  # without a PostgreSQL here this is skipped
    with subprocess.Popen(
        [sys.executable, "-c", SERVE],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as tests:
        assert tests.stdout is not None
        port, folder = tests.stdout.readline().split()
        assert _listens(int(port))
        if how is not None:
            os.killpg(tests.pid, how)
    deadline = time.monotonic() + PATIENCE
    while _listens(int(port)) or Path(folder).exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

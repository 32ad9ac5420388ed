"""A system that lets the program open few files; a stop that hangs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.phones.cli.conftest import ROOT, Api, Installation

pytestmark = pytest.mark.skipif(os.name == "nt", reason="limits and signals of POSIX systems")


@pytest.mark.parametrize("limit", [14, 16, 17, 18, 19, 20])
def test_too_few_files_end_the_run_with_a_sentence(
    limit: int, start_api: Callable[..., Api], install: Callable[..., Installation]
) -> None:
    home = install(start_api("--clients", "10", "--projects", "60", "--records", "3000"))
    limited = ["sh", "-c", 'ulimit -n "$0"; exec "$@"', str(limit)]
    done = subprocess.run(
        [*limited, sys.executable, str(ROOT / "app.py"), "collect"],
        env=home.environment,
        cwd=home.home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert done.returncode in (0, 1)
    assert done.returncode == 0 or "ulimit -n" in said, said


HANGS = """
import sys, time
from core.cli import signals
signals.PATIENCE = 0.5
with signals.stopped_by_signals(lambda: time.sleep(1000)):
    print("ready", flush=True)
    time.sleep(1000)
"""


@pytest.mark.parametrize("patience", [0.5, 1000.0])
def test_who_asks_again_is_obeyed_though_the_stop_hangs(patience: float) -> None:
    """Twice and some patience, or a third time."""
    process = subprocess.Popen(
        [sys.executable, "-c", HANGS.replace("PATIENCE = 0.5", f"PATIENCE = {patience}")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "ready\n"
        asked = 0
        while process.poll() is None:  # two at once would be one
            if asked < 2 or patience > 1:
                process.send_signal(signal.SIGTERM)
                asked += 1
            time.sleep(0.2)
        assert process.returncode == 130
        assert asked >= 2

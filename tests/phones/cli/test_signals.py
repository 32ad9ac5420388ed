"""Ctrl+C at the moments at which nobody expects it."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from core.cli import signals
from core.cli.signals import stopped_by_signals
from tests.phones.cli.conftest import ROOT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a signal to oneself is POSIX")


def listeners() -> int:
    return sum(thread.name == "signals" for thread in threading.enumerate())


@pytest.mark.parametrize("moment", ["begin", "end"])
def test_no_thread_is_left_waiting(moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would keep the process alive for ever."""

    class Late(threading.Thread):
        """A signal arrives while the listener begins, or while it is waited for; one, or the
        second would end these tests."""

        def start(self) -> None:
            super().start()
            if moment == "begin" and self.name == "signals":
                os.kill(os.getpid(), signal.SIGINT)

        def join(self, timeout: float | None = None) -> None:
            if moment == "end" and self.name == "signals":
                os.kill(os.getpid(), signal.SIGINT)
            super().join(timeout)

    monkeypatch.setattr(signals.threading, "Thread", Late)
    before = signal.getsignal(signal.SIGINT)
    asked = threading.Event()
    with suppress(KeyboardInterrupt), stopped_by_signals(asked.set):
        if moment == "begin":
            assert asked.wait(20)
    assert listeners() == 0
    assert signal.getsignal(signal.SIGINT) is before


INTERRUPTED = """
import os, signal, sys, threading

class Interrupted(threading.Thread):
    def start(self):
        if self.name == "run":
            os.kill(os.getpid(), signal.SIGINT)
        super().start()

threading.Thread = Interrupted
from core.stop import StopSignal
StopSignal.abandon = lambda self: os._exit(9)
import app
sys.exit(app.main(["collect", "--demo"]))
"""


def test_while_the_run_begins(tmp_path: Path) -> None:
    """It has a thread then that cannot be waited for yet. One Ctrl+C abandons no request."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        cwd=ROOT,
        env=os.environ | {"DATAMASTER_HOME": str(tmp_path), "LANGUAGE": "en"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 130, done.stderr
    assert not list((tmp_path / "logs").glob("crash_*"))

"""Ctrl+C at the moments at which nobody expects it."""

import os
import signal
import threading
from contextlib import suppress

import pytest

from core.cli import signals
from core.cli.signals import stopped_by_signals

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a signal to oneself is POSIX")


def listeners() -> int:
    return sum(thread.name == "signals" for thread in threading.enumerate())


@pytest.mark.parametrize("moment", ["begin", "end"])
def test_no_thread_is_left_waiting(moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would keep the process alive for ever."""

    class Late(threading.Thread):
        """A signal arrives while the thread begins, or while it is waited for."""

        def start(self) -> None:
            super().start()
            if moment == "begin":
                os.kill(os.getpid(), signal.SIGINT)

        def join(self, timeout: float | None = None) -> None:
            if moment == "end":
                os.kill(os.getpid(), signal.SIGINT)
            super().join(timeout)

    monkeypatch.setattr(signals.threading, "Thread", Late)
    before = signal.getsignal(signal.SIGINT)
    asked = threading.Event()
    with suppress(KeyboardInterrupt), stopped_by_signals(asked.set):
        if moment == "begin":
            assert asked.wait(5)
    assert listeners() == 0
    assert signal.getsignal(signal.SIGINT) is before

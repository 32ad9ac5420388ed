"""What a terminal of Windows tells, as signals."""

import signal
import sys
import threading
from collections.abc import Iterator

import pytest

from core.cli import parent_terminal
from core.cli.parent_terminal import hear
from core.cli.signals import stopped_by_signals

CTRL_C, CTRL_BREAK, CLOSE, LOGOFF, SHUTDOWN = 0, 1, 2, 5, 6


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Windows would end the process meanwhile; here it lives on."""
    monkeypatch.setattr(parent_terminal, "_LONGEST_END", 0.1)
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("event", [CTRL_C, CTRL_BREAK, CLOSE, LOGOFF, SHUTDOWN])
def test_each_event_asks_a_run_to_stop(event: int) -> None:
    asked = threading.Event()
    answers: list[bool] = []
    with stopped_by_signals(asked.set):
        teller = threading.Thread(target=lambda: answers.append(hear(event)))
        teller.start()
        assert asked.wait(10)
        teller.join()
    assert answers == [True]


def test_a_closed_terminal_is_answered_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the answer the process ends, and the run has to be stopped before."""
    monkeypatch.setattr(parent_terminal, "_LONGEST_END", 60)
    asked = threading.Event()
    with stopped_by_signals(asked.set):
        teller = threading.Thread(target=hear, args=(CLOSE,), daemon=True)
        teller.start()
        assert asked.wait(10)
        teller.join(0.1)
        assert teller.is_alive()


def test_without_a_run_ctrl_c_interrupts_and_the_rest_is_left_to_windows() -> None:
    def interrupted() -> None:
        assert hear(CTRL_C)
        threading.Event().wait(10)

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not hear(CLOSE)


@pytest.mark.skipif(sys.platform == "win32", reason="there it is the terminal of the tests")
def test_other_systems_have_no_such_terminal() -> None:
    parent_terminal.attach_to_parent_terminal()
    assert parent_terminal._kept == []

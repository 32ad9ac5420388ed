"""Turns of computing: one at a time, and none while the window is at work."""

import threading
import time
from collections.abc import Callable

import pytest

from core import turns
from core.phones.datamaster.api import DataMasterSource
from core.phones.datamaster.demo.dataset import FIRST_PROJECT_ID, DemoDataset
from core.phones.datamaster.demo.server import DemoServer
from core.turns import Computing, computing


def in_thread(action: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    return thread


def test_two_threads_never_compute_at_once() -> None:
    turn = Computing()
    inside = most = 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(50):
            with turn:
                inside += 1
                most = max(most, inside)
                time.sleep(0.0002)
                inside -= 1

    threads = [in_thread(work) for _ in range(4)]
    for thread in threads:
        thread.join(20)
    assert most == 1


def test_no_turn_begins_while_the_window_is_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_PRECEDENCE", 60.0)
    turn = Computing()
    began: list[str] = []

    def work() -> None:
        with turn:
            began.append("worker")

    with turn.window_first():
        threads = [in_thread(work) for _ in range(3)]
        time.sleep(0.1)
        assert not began
    for thread in threads:
        thread.join(20)
    assert len(began) == 3


def test_a_window_that_works_on_holds_nobody_up_for_long() -> None:
    turn = Computing()

    def work() -> None:
        with turn:
            pass

    with turn.window_first():
        thread = in_thread(work)
        thread.join(20)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    "elsewhere", ["core.phones.datamaster.api", "core.phones.datamaster.demo.behaviour"]
)
def test_both_ends_of_a_request_take_turns(elsewhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{elsewhere}.computing", Computing())  # so only the other one waits here
    dataset = DemoDataset(seed=1, clients=1, projects=1, records=10)
    with DemoServer(dataset) as server:
        source = DataMasterSource(server.url, server.token, timeout=10.0)
        session = source.open_session()
        pages: list[int] = []
        with computing:
            thread = in_thread(lambda: pages.append(len(session.page(FIRST_PROJECT_ID, 1))))
            thread.join(0.3)
            assert not pages
        thread.join(20)
        source.close()
    assert pages == [10]

"""The queue before the writer: everything arrives, in order, whoever had to wait for room."""

import random
import threading
import time

import pytest

from core.phones.storage.inbox import AHEAD, Inbox

MOST = 100
PLENTY = 40
THREADS = 6
ITEMS = 400


@pytest.mark.timeout(60)
def test_all_that_wait_for_room_get_in_and_keep_their_order() -> None:
    inbox: Inbox[tuple[int, int]] = Inbox(MOST, PLENTY)

    def put(thread: int) -> None:
        weights = random.Random(thread)
        for number in range(ITEMS):
            # Some heavier than half of it, some than all: those wait longest.
            assert inbox.put((thread, number), weights.choice((1, 20, 60, 150)))

    threads = [threading.Thread(target=put, args=(thread,)) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    taken = [inbox.take() for _ in range(THREADS * ITEMS)]
    for thread in threads:
        thread.join()
    assert inbox.take(0.0) is None
    for number in range(THREADS):
        mine = [item for item in taken if item is not None and item[0] == number]
        assert mine == [(number, place) for place in range(ITEMS)]


@pytest.mark.timeout(60)
def test_closing_lets_nobody_wait_and_keeps_what_is_in_it() -> None:
    inbox: Inbox[str] = Inbox(MOST, PLENTY)
    assert inbox.put("first", MOST)
    answers: list[bool] = []
    waiting = [
        threading.Thread(target=lambda: answers.append(inbox.put("late", 1))) for _ in range(3)
    ]
    for thread in waiting:
        thread.start()
    inbox.close()
    for thread in waiting:
        thread.join()
    assert answers == [False] * 3
    assert inbox.take() == "first"
    assert inbox.take() is None


@pytest.mark.timeout(60)
def test_few_go_on_where_plenty_waits_and_all_when_it_is_taken() -> None:
    inbox: Inbox[int] = Inbox(MOST, PLENTY)
    assert inbox.put(0, PLENTY)
    gone_on: list[int] = []
    over = threading.Event()

    def put(thread: int) -> None:
        assert inbox.put(thread, 1)
        gone_on.append(thread)
        over.wait()  # a thread that has ended may give its identity to the next

    threads = [threading.Thread(target=put, args=(thread,)) for thread in range(1, THREADS)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 60
    while len(gone_on) < AHEAD and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.1)  # for those that should rest
    went_on = len(gone_on)
    for _ in range(THREADS):
        assert inbox.take() is not None
    over.set()
    for thread in threads:
        thread.join()
    assert went_on == AHEAD
    assert sorted(gone_on) == list(range(1, THREADS))


@pytest.mark.timeout(60)
def test_closing_wakes_those_that_rest() -> None:
    inbox: Inbox[int] = Inbox(MOST, PLENTY)
    assert inbox.put(0, PLENTY)
    threads = [threading.Thread(target=inbox.put, args=(1, 1)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    inbox.close()
    for thread in threads:
        thread.join()

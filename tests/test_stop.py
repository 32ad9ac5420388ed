"""The signal that ends every wait."""

import threading
import time

from core.clock import SystemClock
from core.stop import StopSignal


def test_a_wait_ends_at_once_when_a_stop_is_asked_for() -> None:
    stop = StopSignal()
    timer = threading.Timer(0.05, stop.request)
    timer.start()
    began = time.monotonic()
    assert SystemClock().wait(stop, 60)
    assert time.monotonic() - began < 5
    assert stop.is_set
    timer.join()


def test_a_wait_without_a_stop_takes_its_time() -> None:
    began = time.monotonic()
    assert not StopSignal().wait(0.02)
    assert time.monotonic() - began >= 0.02


def test_abandoning_stops_too_and_each_callback_is_called_once() -> None:
    stop = StopSignal()
    calls: list[str] = []
    stop.on_request(lambda: calls.append("request"))
    stop.on_abandon(lambda: calls.append("abandon"))
    stop.request()
    stop.request()
    assert calls == ["request"]
    stop.abandon()
    stop.abandon()
    assert calls == ["request", "abandon"]


def test_whoever_asks_too_late_is_called_at_once() -> None:
    stop = StopSignal()
    stop.abandon()
    calls: list[str] = []
    stop.on_request(lambda: calls.append("request"))
    stop.on_abandon(lambda: calls.append("abandon"))
    assert calls == ["request", "abandon"]


def test_a_callback_may_use_the_signal() -> None:
    stop = StopSignal()
    calls: list[str] = []
    stop.on_request(stop.abandon)
    stop.on_abandon(lambda: stop.on_request(lambda: calls.append("request")))
    stop.request()
    assert calls == ["request"]


def test_of_many_threads_one_calls_each_callback() -> None:
    stop = StopSignal()
    calls: list[int] = []
    stop.on_abandon(lambda: calls.append(1))
    threads = [threading.Thread(target=stop.abandon) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == [1]

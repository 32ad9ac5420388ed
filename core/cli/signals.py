"""Ctrl+C and SIGTERM as a wish to stop."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_END, _ASKED = b"e", b"s"


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Each Ctrl+C or SIGTERM calls `stop` while the block runs. For the main thread.

    The handler only writes into a pipe and another thread calls: a handler interrupts the main
    thread anywhere, also where it holds the lock that `stop` needs.
    """
    reading, writing = os.pipe()

    def handle(number: int, frame: FrameType | None) -> None:
        os.write(writing, _ASKED)

    def listen() -> None:
        while os.read(reading, 1) == _ASKED:
            stop()

    listener = threading.Thread(target=listen, name="signals")
    listener.start()
    before = {}
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        with suppress(AttributeError):  # not every system has each of them
            before[getattr(signal, name)] = signal.signal(getattr(signal, name), handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.write(writing, _END)
        listener.join()
        os.close(reading)
        os.close(writing)

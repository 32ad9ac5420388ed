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
    thread anywhere, also where it holds the lock that `stop` needs. The thread lives only while
    our handlers are in place: a KeyboardInterrupt at its beginning or end would leave it waiting,
    and the process with it.
    """
    reading, writing = os.pipe()

    def handle(number: int, frame: FrameType | None) -> None:
        os.write(writing, _ASKED)

    def listen() -> None:
        while os.read(reading, 1) == _ASKED:
            stop()

    before = {}
    try:
        for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
            with suppress(AttributeError):  # not every system has each of them
                number = getattr(signal, name)
                before[number] = signal.getsignal(number)
                signal.signal(number, handle)
        listener = threading.Thread(target=listen, name="signals", daemon=True)
        listener.start()
        try:
            yield
        finally:
            os.write(writing, _END)
            listener.join()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)

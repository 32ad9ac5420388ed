"""Ctrl+C and SIGTERM as a wish to stop, and in the end as an order."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from core.cli.exit_codes import STOPPED

_END, _ASKED = b"e", b"s"

PATIENCE = 10.0  # seconds from the second wish to stop


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Each Ctrl+C or SIGTERM calls `stop` while the block runs. For the main thread.

    Whoever asks twice means it: if the process is still there `PATIENCE` seconds later it ends
    where it stands, and so it does at once at the third. What is stored is safe in any case.

    The handler only writes into a pipe and another thread calls: a handler interrupts the main
    thread anywhere, also where it holds the lock that `stop` needs. The thread lives only while
    our handlers are in place: a KeyboardInterrupt at its beginning or end would leave it waiting,
    and the process with it.
    """
    reading, writing = os.pipe()

    def handle(number: int, frame: FrameType | None) -> None:
        os.write(writing, _ASKED)

    def listen() -> None:
        asked = 0
        while os.read(reading, 1) == _ASKED:
            asked += 1
            if asked == 2:
                _end_in(PATIENCE)
            elif asked > 2:
                os._exit(STOPPED)
            # Not here: a stop that hangs must not keep the next wish from being heard.
            threading.Thread(target=stop, name="stop", daemon=True).start()

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


def _end_in(seconds: float) -> None:
    """End the process then, whatever its threads wait for."""
    timer = threading.Timer(seconds, os._exit, (STOPPED,))
    timer.daemon = True
    timer.start()

"""Whose turn it is to compute, among the threads of this process.

Python lets one thread compute at a time and gives its lock to any of those that wait for it.
Tk needs that lock at each of its calls for a refresh of the window, and would wait at each
for every worker, and in a demo for every connection of the built-in server. So whoever
computes for a millisecond or more takes a turn here, and while the window is at work nobody
begins one:

    with computing:
        page = parse(answer)

    with computing.window_first():
        label.configure(text=...)

Turns cost a run no time: two threads could not compute at once anyway.
"""

import gc
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SWITCH_SECONDS = 0.001
GARBAGE_THRESHOLDS = (5_000, 20, 50)
LONGEST_PRECEDENCE = 0.1  # seconds; a window that needs longer shares with the others again


def share_the_processor() -> None:
    """Let threads take turns every millisecond instead of every five, and collect garbage less
    often. Once, where a process begins to collect.

    The loop of the window and the writer need the interpreter often and for a moment; behind
    five workers at full speed they would wait for five turns of theirs each time. And each
    answer is thousands of objects, none of which is garbage that has to be looked for.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(*GARBAGE_THRESHOLDS)


def keep_what_is_there() -> None:
    """Leave all present objects out of later collections; once everything is built.

    They stay as long as the process does, and looking through them takes 40 to 100 ms, in which
    no thread gets on.
    """
    gc.freeze()


class Computing:
    """Any thread may take a turn. In a turn nothing may be waited for, another turn neither."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._window_rests = threading.Event()
        self._window_rests.set()
        self._precedence_ends = 0.0  # monotonic

    def __enter__(self) -> None:
        self._turn.acquire()
        # Only now, and not before the lock: the others that wait for it wait for the window, too.
        if not self._window_rests.is_set():
            self._window_rests.wait(max(0.0, self._precedence_ends - time.monotonic()))

    def __exit__(self, *_exc: object) -> None:
        self._turn.release()

    @contextmanager
    def window_first(self) -> Iterator[None]:
        """No turn begins in the block, for `LONGEST_PRECEDENCE` at most. For the Tk thread."""
        self._precedence_ends = time.monotonic() + LONGEST_PRECEDENCE
        self._window_rests.clear()
        try:
            yield
        finally:
            self._window_rests.set()


computing = Computing()
"""The turns of this process: it has one interpreter."""

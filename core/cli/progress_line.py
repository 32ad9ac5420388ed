"""How far a long job is: one line on a terminal, a new line every 10 seconds elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from core.cli.output import draw
from core.cli.signals import stopped_by_signals
from core.formats import percent
from core.stop import StopSignal
from core.watch import Watch

LINE_EVERY = 10.0  # seconds between lines where there is no terminal
DRAW_EVERY = 0.2  # seconds between two states of the line on a terminal


class ProgressLine:
    """Writes to stderr."""

    def __init__(self) -> None:
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        self._every = DRAW_EVERY if self._terminal else LINE_EVERY
        self._next = time.monotonic() + self._every
        self._width = 0  # of what stands on the terminal

    @property
    def is_due(self) -> bool:
        """Whether it is time for another state; what is shown before is not shown."""
        return time.monotonic() >= self._next

    def show(self, text: str) -> None:
        if not self.is_due:
            return
        self._next = time.monotonic() + self._every
        if not self._terminal:
            draw(f"{text}\n")
            return
        # Blanks, because a console of Windows shows the code that clears a line as characters.
        draw("\r" + text.ljust(self._width))
        self._width = len(text)

    def end(self) -> None:
        """Take the line away."""
        if self._width:
            draw("\r" + " " * self._width + "\r")
            self._width = 0


@contextmanager
def watched(title: str) -> Iterator[Watch]:
    """A watch over a job that shows how far it is and ends it at Ctrl+C. For the main thread."""
    line = ProgressLine()
    stop = StopSignal()

    def show(done: float) -> None:
        if line.is_due:
            line.show(f"{title}: {percent(done)}")

    with stopped_by_signals(stop.request):
        try:
            yield Watch(show, lambda: stop.is_set)
        finally:
            line.end()

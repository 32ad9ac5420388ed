"""Shows a run while it goes on: a progress bar on a terminal, a line every 10 seconds elsewhere.

Events come from the engine's threads (`put`); everything is drawn by the main thread
(`refresh`), which is told at least a few times a second.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

from core.cli.output import say
from core.phones import wording
from core.phones.cli.run_lines import EventInbox, StateLine
from core.phones.events import (
    ActivityChanged,
    ClientListed,
    Event,
    Progress,
    ProjectFinished,
    RunFinished,
)

# Thousands a minute, and never a warning: they are not even put into words.
_UNSEEN = (RunFinished, ClientListed, ProjectFinished)
LINE_EVERY = 10.0  # seconds between lines where there is no terminal


class Display(Protocol):
    """Somebody who looks at a run."""

    def put(self, event: Event) -> None:
        """Take an event; any thread, returns at once."""
        ...

    def refresh(self) -> None:
        """Draw what has come since; the main thread only."""
        ...


@contextmanager
def open_display(stream: TextIO | None) -> Iterator[Display]:
    """The display that fits `stream` (None: a windowed program without a terminal)."""
    if stream is None or not stream.isatty():
        yield LineDisplay()
        return
    from core.phones.cli.progress_bar import BarDisplay  # rich costs 0.1 s

    with BarDisplay() as display:
        yield display


class LineDisplay(EventInbox):
    """For log files, pipes and schedulers: warnings at once, the state every 10 seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._last = time.monotonic()
        self._state = StateLine()
        self._news = False

    def refresh(self) -> None:
        for event in self.take():
            if isinstance(event, Progress | ActivityChanged):
                self._state.take(event)
                self._news = True
            elif not isinstance(event, _UNSEEN):
                line = wording.log_line(event)
                if line is not None and line[0] in ("warning", "error"):
                    say(line[1])
        if self._news and time.monotonic() - self._last >= LINE_EVERY:
            self._last = time.monotonic()
            self._news = False
            say(self._state.text)

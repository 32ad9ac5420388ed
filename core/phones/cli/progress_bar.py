"""The progress bar on a terminal, drawn by rich."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from core.cli.output import give_up
from core.phones import wording
from core.phones.cli.run_lines import EventInbox, StateLine
from core.phones.events import ActivityChanged, Progress, RunFinished

_STYLES = {"warning": "yellow", "error": "red"}


class BarDisplay(EventInbox):
    """One bar with the state beside it; warnings and errors scroll above it."""

    def __init__(self) -> None:
        super().__init__()
        self._console = Console(file=sys.stdout, highlight=False)
        self._bar = Bar(
            BarColumn(bar_width=16),
            TextColumn("{task.description}", markup=False),
            console=self._console,
            transient=True,
            auto_refresh=False,
        )
        self._task = self._bar.add_task("", total=1.0)
        self._state = StateLine()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._bar.stop()
        except OSError:
            give_up(sys.stdout)

    def refresh(self) -> None:
        try:
            self._draw()
        except OSError:  # a terminal that is gone does not end the run
            give_up(sys.stdout)

    def _draw(self) -> None:
        for event in self.take():
            if isinstance(event, Progress | ActivityChanged):
                self._state.take(event)
            elif not isinstance(event, RunFinished):
                line = wording.log_line(event)
                if line is not None and line[0] in _STYLES:
                    self._console.print(line[1], style=_STYLES[line[0]], markup=False)
        progress = self._state.progress
        self._bar.update(
            self._task,
            completed=progress.fraction if progress else 0.0,
            description=self._state.text,
        )
        self._bar.refresh()

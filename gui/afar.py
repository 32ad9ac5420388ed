"""Progress where the Collect view is not: the window's title, the task bar, the side bar."""

from typing import Protocol

from core.formats import percent, remaining
from core.i18n import _
from core.phones.events import RunState
from gui.run_model import RunModel
from gui.side_bar import SideBar
from gui.taskbar import TaskbarProgress

NAME = "DataMaster Collector"
SHORT = "DataMaster"


class _Window(Protocol):
    run: RunModel

    @property
    def side_bar(self) -> SideBar: ...
    def title(self, text: str) -> object: ...


class ProgressFromAfar:
    """Tk thread only; `show` costs nothing where nothing has changed."""

    def __init__(self, window: _Window, taskbar: TaskbarProgress) -> None:
        self._window = window
        self._taskbar = taskbar
        self._title = NAME

    def show(self) -> None:
        run = self._window.run
        if not run.active:
            self._say(NAME, "")
            self._taskbar.show(None)
            return
        progress = run.progress
        fraction = progress.fraction if progress is not None else 0.0
        far = percent(fraction)
        self._say(f"{far} · {SHORT}", _line(run, far))
        self._taskbar.show(fraction, waits=run.held_up)

    def _say(self, title: str, line: str) -> None:
        if title != self._title:
            self._title = title
            self._window.title(title)
        self._window.side_bar.show_run(line)


def _line(run: RunModel, far: str) -> str:
    if run.state is RunState.STOPPING:
        return _("{percent}, stopping").format(percent=far)
    if run.held_up:
        return _("{percent}, waiting").format(percent=far)
    if run.progress is None or run.progress.remaining is None:
        return _("{percent}, estimating the time").format(percent=far)
    left = remaining(run.progress.remaining)
    return _("{percent}, {time} left").format(percent=far, time=left)

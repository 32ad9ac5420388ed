"""Closing the window during a run: stop and quit, keep running minimised, or cancel."""

from typing import Protocol

from core.i18n import _
from gui.shell import Shell
from gui.widgets.banner import Answer
from gui.widgets.dialog import Question


class _Window(Shell, Protocol):
    def iconify(self) -> None: ...
    def shut_down(self) -> None: ...


class Closing:
    """Tk thread only."""

    def __init__(self, window: _Window) -> None:
        self._window = window
        self._at_end_of_run = False

    def ask(self) -> None:
        """Close the window; where that would end a run, ask first."""
        if not self._window.run.active:
            self._window.shut_down()
            return
        self._window.dialog(Question).ask(
            _("A run is going on"),
            _("It can be stopped now and continued later, or it can go on minimised."),
            (
                Answer(_("Keep running minimised"), self._window.iconify, "primary"),
                Answer(_("Stop and quit"), self._stop_and_quit, "danger"),
            ),
            kind="warning",
            cancel=_("Cancel"),
        )

    def run_finished(self) -> bool:
        """Close the window if that was put off until now; True where it was."""
        if self._at_end_of_run:
            self._window.shut_down()
        return self._at_end_of_run

    def _stop_and_quit(self) -> None:
        self._at_end_of_run = True
        if self._window.run.active:
            self._window.runs.stop()
        else:  # it ended while the question stood there
            self._window.shut_down()

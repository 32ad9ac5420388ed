"""Closing the window during a run: stop and quit, keep running minimised, or cancel."""

from typing import Protocol

from core.i18n import _
from gui.shell import Shell
from gui.view_stack import ViewStack
from gui.widgets.banner import Answer
from gui.widgets.dialog import Question


class _Window(Shell, Protocol):
    @property
    def views(self) -> ViewStack: ...
    def iconify(self) -> None: ...
    def shut_down(self) -> None: ...


class Closing:
    """Tk thread only."""

    def __init__(self, window: _Window) -> None:
        self._window = window
        self._at_end_of_run = False

    def ask(self) -> None:
        """Close the window; where that would end a run or lose settings, ask first."""
        if self._unsaved():
            self._ask_to_save()
        else:
            self._ask_about_run()

    def _unsaved(self) -> bool:
        return any(view.unsaved for view in self._window.views.built())

    def _ask_to_save(self) -> None:
        settings = next(view for view in self._window.views.built() if view.unsaved)
        save = Answer(_("Save"), lambda: settings.save_changes(self._ask_about_run), "primary")
        self._window.dialog(Question).ask(
            _("Settings are not saved"),
            _("What you typed there would be lost."),
            (
                *((save,) if settings.right else ()),
                Answer(_("Do not save"), self._ask_about_run, "danger"),
                Answer(_("To the settings"), lambda: self._window.navigate("settings")),
            ),
            kind="warning",
            cancel=_("Cancel"),
        )

    def _ask_about_run(self) -> None:
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

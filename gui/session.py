"""What the window works on: settings, their collector, their database.

Entering or leaving the demo and saving settings change it; the window stays.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from core.database.failures import StorageFailure, StorageProblem
from core.errors import UserError
from core.i18n import _, set_language
from core.phones.after_run.results import Outcome, Result
from core.phones.after_run.words import result_line
from core.phones.program import Program
from core.phones.settings.load import Loaded, load, save
from core.phones.storage.explain import explain
from core.phones.storage.reader import Reader
from gui.menu_bar import MenuBar
from gui.run_model import RunModel
from gui.shell import Shell
from gui.theming import Theme
from gui.view_stack import ViewStack

# Where there is no database yet, or one that the next run brings up to date.
_FIT = (StorageProblem.MISSING, StorageProblem.OUTDATED, StorageProblem.DAMAGED)

OpenProgram = Callable[[bool], Program]


class _Window(Shell, Protocol):
    """What shows the session, too: it is told of every change."""

    @property
    def menu_bar(self) -> MenuBar: ...
    @property
    def theme(self) -> Theme: ...
    @property
    def views(self) -> ViewStack: ...
    def retranslate(self) -> None: ...


class Session:
    """Tk thread only."""

    def __init__(
        self,
        window: _Window,
        program: Program,
        open_program: OpenProgram,
        environ: Mapping[str, str],
    ) -> None:
        """`open_program(demo)` gives the program to change to when the demo is entered or left."""
        self._window = window
        self._open_program = open_program
        self.program = program
        self.environ = environ
        self._unkept: dict[str, str] = {}  # settings that are being written
        self._keeping = threading.Lock()

    def enter_demo(self) -> None:
        """Go on with the built-in server and made-up data."""
        self._change(demo=True)

    def leave_demo(self) -> None:
        self._change(demo=False)

    def save_settings(
        self,
        changes: Mapping[str, str],
        done: Callable[[], Any],
        failed: Callable[[Exception], Any],
    ) -> None:
        """Keep settings (text by name) in the background and use them from now on.

        Those of a call before that are not kept yet are kept with them: its own job is dropped.
        """
        places, environ = self.program.settings.places, self.environ
        self._unkept |= changes
        wanted = dict(self._unkept)

        def keep() -> Loaded:
            with self._keeping:
                if text := wanted.get("DATABASE_PATH"):
                    _refuse_other_files(places.resolve(Path(text).expanduser()))
                return save(load(places, environ), wanted, environ)

        def kept(loaded: Loaded) -> None:
            self._unkept.clear()
            self._use_settings(loaded, done)

        def not_kept(error: Exception) -> None:
            self._unkept.clear()
            failed(error)

        self._window.background.run(keep, kept, not_kept, slot="settings")

    def attend(self) -> None:
        """Telegram, HTTP and the daily run, where they are set; that one takes the chosen mode.
        What the rules after runs make is told."""
        pump, program = self._window.pump, self.program
        program.after_run.on_result(
            lambda _run, found: pump.put(lambda: self._reported(program, found))
        )
        try:
            self.program.attend(daily_mode=lambda: self._window.runs.mode)
        except UserError as error:
            self._window.show_error(error)
        self._serve_http()

    def _reported(self, program: Program, found: Sequence[Result]) -> None:
        """Reports were made after a run of this program."""
        if program is not self.program:
            return
        failed = [result_line(result) for result in found if result.outcome is Outcome.FAILED]
        if failed:  # together: a message takes the place of the one before
            self._window.toast("warning", "\n".join(failed))
        for view in self._window.views.built():
            if view.reports_runs:
                view.data_changed()

    def database_replaced(self) -> None:
        """Another file stands in the place of the database: everything is read anew."""
        self._window.run = RunModel()
        self._use_database()
        self._window.runs.look()

    def _change(self, *, demo: bool) -> None:
        window = self._window
        if window.run.active:
            window.toast("warning", _("Stop the run first."))
            return
        window.background.run(
            lambda: self._open_program(demo), self._use_program, window.show_error, slot="program"
        )

    def _use_program(self, program: Program) -> None:
        window = self._window
        old, self.program = self.program, program
        window.background.run(old.close, lambda _none: None)
        program.collector.watch(window.pump.put)
        window.run = RunModel()
        self._use_database()
        window.menu_bar.refill()
        window.runs.look()
        window.navigate("collect" if window.runs.has_token else "welcome")
        self.attend()

    def _use_settings(self, loaded: Loaded, done: Callable[[], Any]) -> None:
        window, before = self._window, self.program.settings
        try:
            self.program.use(loaded.settings)
        except UserError as error:  # Telegram is half set; all else is in use
            window.show_error(error)
        self._serve_http()
        if loaded.settings.theme != before.theme:
            window.theme.set(loaded.settings.theme)
        if loaded.settings.language != before.language:
            set_language(loaded.settings.language)
            window.retranslate()
        if loaded.settings.database_path != before.database_path:
            self._use_database()
        window.runs.look()
        window.run_changed()
        done()

    def _serve_http(self) -> None:
        """Answer other programs where the settings say so; what that takes is loaded meanwhile."""
        program, window = self.program, self._window
        if program.settings.service_http is not None or program.service.address is not None:
            window.background.run(
                program.serve_http, lambda _none: None, window.show_error, slot="service"
            )

    def _use_database(self) -> None:
        self._window.runs.forget_session()
        for view in self._window.views.built():
            view.session_changed()


def _refuse_other_files(path: Path) -> None:
    """Raise DatabaseError for a file that is no database of ours: a run would not begin with it,
    and nobody wants it put aside. For a background thread."""
    try:
        Reader(path).close()
    except StorageFailure as failure:
        if failure.problem not in _FIT:
            raise explain(failure) from failure

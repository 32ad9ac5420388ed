"""The export dialog: which report, about what, in which form, where to."""

import time
import tkinter as tk
from collections.abc import Callable
from typing import cast

from core import wording
from core.errors import UserError
from core.formats import percent
from core.i18n import _
from core.reports.export import (
    ExportCancelled,
    ExportProgress,
    ExportResult,
    export,
)
from core.reports.titles import title
from core.stop import StopSignal
from core.storage.explain import explain
from core.storage.failures import StorageFailure
from gui import opening, style
from gui.dialogs import export_choice
from gui.dialogs.export_choice import NEWEST, ExportChoice
from gui.dialogs.export_form import ExportForm
from gui.shell import Shell
from gui.widgets.basics import Label, Row
from gui.widgets.buttons import Button
from gui.widgets.dialog import Dialog
from gui.widgets.tiles import Bar

TELL_SECONDS = 0.1  # between two states of the progress bar


class ExportDialog(Dialog):
    """Asks, exports in the background, shows how far it is and where the files are."""

    size = (600, 500)

    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master)
        self.window = cast("Shell", master)
        self._stop: StopSignal | None = None
        self._result: ExportResult | None = None
        self.texts.call(lambda: self.title(_("Export")))
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self.form = ExportForm(
            self, self.texts, lambda: str(self.window.program.settings.export_dir)
        )
        self.form.grid(row=0, column=0, sticky="ew", padx=style.EDGE, pady=(style.EDGE, style.GAP))
        self._build_state()
        self._build_buttons()
        self.texts.call(self._fit)
        self.form.put(ExportChoice.remembered(self.window.kept.export))

    def ask(self, report: str | None = None, run_id: int | None = None) -> None:
        """Show the dialog; a report or a run may be chosen beforehand."""
        if self._stop is None:
            choice = ExportChoice.remembered(self.window.kept.export)
            choice.report = report or choice.report
            choice.run = str(run_id) if run_id is not None else NEWEST
            self.form.put(choice)
            self._show_idle()
        self.open()
        database = self.window.program.settings.database_path
        self.window.background.run(
            lambda: export_choice.known_runs(database),
            self.form.show_runs,
            self._show_error,
            slot="export runs",
        )

    def focus_first(self) -> None:
        self.go.focus_set()

    def cancel(self) -> None:
        """Esc or the cross: cancel the export that runs, else close."""
        if self._stop is not None:
            self._stop.request()
        else:
            self.close()

    def end(self) -> None:
        """The window closes: whatever runs is cancelled."""
        if self._stop is not None:
            self._stop.request()

    # --- building ---

    def _build_state(self) -> None:
        state = Row(self)
        state.grid(row=1, column=0, sticky="new", padx=style.EDGE)
        state.columnconfigure(0, weight=1)
        self.state_text = Label(state, wraps=True)
        self.state_text.grid(row=0, column=0, sticky="ew")
        self.hint = Label(state, size=style.SECONDARY, colour=style.MUTED, wraps=True)
        self.hint.grid(row=1, column=0, sticky="ew")
        self.bar = Bar(state)
        self.bar.grid(row=2, column=0, sticky="ew", pady=(style.GRID, 0))
        self.bar.grid_remove()

    def _build_buttons(self) -> None:
        row = Row(self)
        row.grid(row=2, column=0, sticky="ew", padx=style.EDGE, pady=style.EDGE)
        self.go = Button(row, command=self.start, look="primary")
        self.go.pack(side="right")
        self.texts.show(self.go, lambda: _("Export"))
        self.close_button = Button(row, command=self.cancel)
        self.close_button.pack(side="right", padx=(0, style.GRID * 2))
        self.show_folder = Button(row, command=self._show_in_folder, image="folder")
        self.texts.show(self.show_folder, lambda: _("Show in folder"))

    def _fit(self) -> None:
        free = self._stop is None
        self.form.enable(free)
        self.go.enable(free)
        self.close_button.configure(text=_("Close") if free else _("Cancel"))

    # --- exporting ---

    def start(self) -> None:
        """Export as chosen; the fields rest until it is done."""
        if self._stop is not None:
            return
        choice = self.form.choice
        self.window.kept.export = choice.to_keep()
        stop = self._stop = StopSignal()
        self._result = None
        self._fit()
        self.show_folder.pack_forget()
        self._say(_("Exporting…"), style.TEXT)
        self.bar.move(0)
        self.bar.grid()
        settings = self.window.program.settings
        tell = self._teller()

        def work() -> ExportResult:
            request = export_choice.request(settings.database_path, choice, settings.export_dir)
            return export(settings.database_path, request, tell, stop)

        self.window.background.run(work, self._done, self._show_error)

    def _teller(self) -> Callable[[ExportProgress], None]:
        """Called by the exporting thread for every batch; a few of them reach the window."""
        told = 0.0

        def tell(progress: ExportProgress) -> None:
            nonlocal told
            now = time.monotonic()
            if now - told >= TELL_SECONDS:
                told = now
                self.window.pump.put(lambda: self._show_progress(progress))

        return tell

    def _show_progress(self, progress: ExportProgress) -> None:
        if self._stop is None:
            return
        self.bar.move(progress.fraction)
        done = f"{percent(progress.fraction)}, {wording.rows(progress.rows)}"
        self._say(f"{title(progress.report)}: {done}", style.TEXT)

    def _done(self, result: ExportResult) -> None:
        self._stop = None
        self._result = result
        self.bar.grid_remove()
        self._say(
            _("Done: {rows} in {files}.").format(
                rows=wording.rows(result.rows), files=wording.files(len(result.files))
            ),
            style.DONE,
            str(result.files[0] if len(result.files) == 1 else result.files[0].parent),
        )
        self.show_folder.pack(side="left")
        self._fit()
        if not self.opened:
            self.window.toast("done", self.state_text.text)

    def _show_error(self, error: Exception) -> None:
        self._stop = None
        self.bar.grid_remove()
        self._fit()
        if isinstance(error, ExportCancelled):
            self._say(_("Cancelled. No file was written."), style.MUTED)
            return
        if isinstance(error, StorageFailure):
            error = explain(error)
        if isinstance(error, UserError):
            self._say(error.message, style.ERROR, error.hint)
        else:
            self.close()
            self.window.show_error(error)

    def _show_idle(self) -> None:
        self._result = None
        self._say("", style.TEXT)
        self.bar.grid_remove()
        self.show_folder.pack_forget()
        self._fit()

    def _say(self, text: str, colour: style.Colour, hint: str = "") -> None:
        self.state_text.say(text)
        self.state_text.paint(colour)
        self.hint.say(hint)

    def _show_in_folder(self) -> None:
        if self._result is not None:
            opening.show_in_folder(self._result.files[0])

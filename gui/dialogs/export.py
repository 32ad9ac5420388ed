"""The export dialog: which report, about what, in which form, where to."""

import tkinter as tk

from core.formats import percent
from core.i18n import _
from core.phones import wording
from core.phones.reports.export import ExportProgress, ExportResult, export
from core.phones.reports.titles import left_out_words, title
from gui import opening, style
from gui.dialogs import export_choice
from gui.dialogs.export_choice import NEWEST, Counted, ExportChoice, InView
from gui.dialogs.export_form import ExportForm
from gui.widgets.basics import Row
from gui.widgets.buttons import Button
from gui.widgets.job_dialog import JobDialog


class ExportDialog(JobDialog):
    """Asks, exports in the background, shows how far it is and where the files are."""

    size = (620, 500)

    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master)
        self._result: ExportResult | None = None
        self._view: InView | None = None  # what the Data view shows, if that is to be exported
        self._counted: Counted | None = None
        self.texts.call(lambda: self.title(_("Export")))
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self.form = ExportForm(
            self,
            self.texts,
            lambda: str(self.window.program.settings.export_dir),
            self._choose_otherwise,
        )
        self.form.grid(row=0, column=0, sticky="ew", padx=style.EDGE, pady=(style.EDGE, style.GAP))
        self.build_state().grid(row=1, column=0, sticky="new", padx=style.EDGE)
        self._build_buttons()
        self.texts.call(self.fit)
        self.form.put(ExportChoice.remembered(self.window.kept.export))

    def ask(
        self, report: str | None = None, run_id: int | None = None, view: InView | None = None
    ) -> None:
        """Show the dialog; a report or a run may be chosen beforehand, or what `view` shows."""
        database = self.window.program.settings.database_path
        if not self.busy:
            choice = ExportChoice.remembered(self.window.kept.export)
            choice.report = view.report if view else report or choice.report
            choice.run = str(run_id) if run_id is not None else NEWEST
            self._view, self._counted = view, None
            self.form.put(choice)
            self._show_view()
            self._show_idle()
            if view is not None:
                self.window.background.run(
                    lambda: export_choice.count(database, view),
                    lambda counted: self._count(view, counted),
                    self.say_error,
                    slot="export count",
                )
        self.open()
        self.window.background.run(
            lambda: export_choice.known_runs(database),
            self.form.show_runs,
            self.say_error,
            slot="export runs",
        )

    def focus_first(self) -> None:
        self.go.focus_set()

    # --- building ---

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

    def fit(self) -> None:
        free = not self.busy
        self.form.enable(free)
        self.go.enable(free and (self._view is None or self._counted is not None))
        self.close_button.configure(text=_("Close") if free else _("Cancel"))

    # --- what the Data view shows ---

    def _count(self, view: InView, counted: Counted) -> None:
        if view is self._view:
            self._counted = counted
            self._show_view()
            self.fit()

    def _show_view(self) -> None:
        if self._view is None:
            self.form.show_view(None)
            return
        rows = _("counting the rows…")
        if self._counted is not None:
            rows = wording.rows(self._counted.rows)
        self.form.show_view(
            _("As shown in Data: {what}: {rows}").format(what=self._view.words, rows=rows)
        )

    def _choose_otherwise(self) -> None:
        """Not what the Data view shows, after all."""
        self._view = self._counted = None
        self._show_view()
        self.fit()

    # --- exporting ---

    def start(self) -> None:
        """Export as chosen; the fields rest until it is done."""
        if self.busy:
            return
        choice = self.form.choice
        if self._view is None:  # else it says nothing of what is usually exported
            self.window.kept.export = choice.to_keep()
        shown = self._counted.shown if self._counted is not None else None
        self._result = None
        self.show_folder.pack_forget()
        stop = self.begin(_("Exporting…"))
        tell = self.teller(stop, self._show_progress)
        settings = self.window.program.settings

        def work() -> ExportResult:
            request = export_choice.request(
                settings.database_path, choice, settings.export_dir, shown
            )
            return export(settings.database_path, request, tell, stop)

        self.window.background.run(
            work, self._done, lambda error: self.failed(error, _("Cancelled. No file was written."))
        )

    def _show_progress(self, progress: ExportProgress) -> None:
        self.bar.move(progress.fraction)
        done = f"{percent(progress.fraction)}, {wording.rows(progress.rows)}"
        self.say(f"{title(progress.report)}: {done}")

    def _done(self, result: ExportResult) -> None:
        self._result = result
        self.ended()
        place = str(result.files[0] if len(result.files) == 1 else result.files[0].parent)
        if result.left_out:
            place = f"{left_out_words(result.left_out)}\n{place}"
        self.say(
            _("Done: {rows} in {files}.").format(
                rows=wording.rows(result.rows), files=wording.files(len(result.files))
            ),
            style.DONE,
            place,
        )
        self.show_folder.pack(side="left")
        if not self.opened:
            self.window.toast("done", self.state_text.text)

    def _show_idle(self) -> None:
        self._result = None
        self.say("")
        self.bar.grid_remove()
        self.show_folder.pack_forget()
        self.fit()

    def _show_in_folder(self) -> None:
        if self._result is not None:
            opening.show_in_folder(self._result.files[0])

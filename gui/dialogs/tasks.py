"""Dialogs that do one thing when asked: try rejected numbers again, write a problem report."""

import tkinter as tk
from datetime import UTC, datetime
from pathlib import Path
from tkinter import filedialog

from core.database.failures import StorageFailure
from core.formats import number
from core.i18n import _
from core.phones.numbers.outcome import Accept
from core.phones.problem_report import write_problem_report
from core.phones.settings.model import Settings
from core.phones.storage.copying import check_integrity
from core.phones.storage.exclusive import exclusive
from core.phones.storage.revalidate import Revalidated, revalidate
from core.watch import Watch
from gui import opening, style
from gui.texts import Words
from gui.widgets.basics import Label, Row
from gui.widgets.buttons import Button
from gui.widgets.job_dialog import JobDialog


class TaskDialog(JobDialog):
    """What it is for, one button that does it, and how it went."""

    size: tuple[int, int | None] = (540, None)

    def __init__(self, master: tk.Tk, title: Words, about: Words, verb: Words) -> None:
        super().__init__(master)
        self.texts.call(lambda: self.title(title()))
        self.columnconfigure(0, weight=1)
        self.rowconfigure(2, weight=1)
        heading = Label(self, size=style.HEADING, bold=True)
        heading.grid(row=0, column=0, sticky="w", padx=style.EDGE, pady=(style.EDGE, style.GRID))
        self.texts.show(heading, title)
        explanation = Label(self, colour=style.MUTED, wraps=True)
        explanation.grid(row=1, column=0, sticky="ew", padx=style.EDGE)
        self.texts.show(explanation, about)
        state = self.build_state()
        state.grid(row=2, column=0, sticky="new", padx=style.EDGE, pady=(style.PAD, 0))
        self.row = Row(self)
        self.row.grid(row=3, column=0, sticky="ew", padx=style.EDGE, pady=style.EDGE)
        self.go = Button(self.row, command=self.start, look="primary")
        self.go.pack(side="right")
        self.texts.show(self.go, verb)
        self.close_button = Button(self.row, command=self.cancel)
        self.close_button.pack(side="right", padx=(0, style.GRID * 2))
        self.texts.call(self.fit)

    def ask(self) -> None:
        if not self.busy:
            self.say("")
        self.open()

    def start(self) -> None:
        raise NotImplementedError

    def focus_first(self) -> None:
        self.go.focus_set()

    def fit(self) -> None:
        self.go.enable(not self.busy)
        self.close_button.configure(text=_("Cancel") if self.busy else _("Close"))


class RevalidateDialog(TaskDialog):
    def __init__(self, master: tk.Tk) -> None:
        super().__init__(
            master,
            lambda: _("Try rejected numbers again"),
            lambda: _(
                "Which numbers are valid changes with each update of the program. Rejected ones"
                " that are valid by now become numbers like all others."
            ),
            lambda: _("Try again"),
        )

    def start(self) -> None:
        settings = self.window.program.settings
        database, accept = settings.database_path, settings.phone_accept
        self.work(
            _("Trying rejected numbers again…"),
            lambda watch: _revalidate(database, accept, watch),
            self._done,
            cancelled=_("Cancelled. What was done so far is kept."),
        )

    def _done(self, done: Revalidated) -> None:
        self.say(
            _(
                "Tried again: {tried}. Accepted now: {accepted}. Numbers not stored before: {new}."
            ).format(
                tried=number(done.tried),
                accepted=number(done.accepted),
                new=number(done.new_phones),
            ),
            style.DONE,
        )
        self.window.safekeeping.data_changed()


class ReportDialog(TaskDialog):
    def __init__(self, master: tk.Tk) -> None:
        self._written: Path | None = None
        super().__init__(
            master,
            lambda: _("Collect a problem report"),
            lambda: _(
                "A zip file to send to whoever helps you: the log, the settings, versions and a"
                " check of the database. It holds no token and no whole phone number."
            ),
            lambda: _("Save as…"),
        )
        self.folder_button = Button(self.row, command=self._show_in_folder, image="folder")
        self.texts.show(self.folder_button, lambda: _("Show in folder"))

    def ask(self) -> None:
        self.folder_button.pack_forget()
        super().ask()

    def start(self) -> None:
        """Ask for the file's name, check the database, write the zip."""
        settings = self.window.program.settings
        stamp = datetime.now(UTC).astimezone().strftime("%Y%m%d-%H%M")
        chosen = filedialog.asksaveasfilename(
            parent=self,
            initialdir=str(Path.home()),
            initialfile=f"datamaster-problem-{stamp}.zip",
            defaultextension=".zip",
            filetypes=((_("Zip files"), "*.zip"),),
        )
        if chosen:
            target = Path(chosen)
            self.work(
                _("Checking the database and collecting…"),
                lambda watch: _report(target, settings, watch),
                self._done,
                cancelled=_("Cancelled. No file was written."),
            )

    def _done(self, target: Path) -> None:
        self._written = target
        self.say(_("The report is written."), style.DONE, str(target))
        self.folder_button.pack(side="left")

    def _show_in_folder(self) -> None:
        if self._written is not None:
            opening.show_in_folder(self._written)


# --- in a background thread ---


def _revalidate(database: Path, accept: Accept, watch: Watch) -> Revalidated:
    with exclusive(database):
        return revalidate(database, accept, watch)


def _report(target: Path, settings: Settings, watch: Watch) -> Path:
    try:
        check_integrity(settings.database_path, watch)
    except StorageFailure as failure:
        integrity = str(failure)
    else:
        integrity = "ok"
    write_problem_report(target, settings, integrity)
    return target

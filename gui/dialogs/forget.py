"""Erases a number: asks for it, names what happens, erases, says what was erased."""

import tkinter as tk
from datetime import UTC, datetime
from pathlib import Path

from core.formats import number
from core.i18n import _
from core.logs.log_text import masked
from core.phones.storage.exclusive import exclusive
from core.phones.storage.forget import Erased, forget, is_number
from core.phones.storage.traces import forget_elsewhere, other_databases
from gui import style
from gui.widgets.basics import Label, Row
from gui.widgets.buttons import Button
from gui.widgets.fields import CheckBox, Field
from gui.widgets.job_dialog import JobDialog


class ForgetDialog(JobDialog):
    """The first press of Erase asks, with the number masked; the second one erases."""

    size = (560, None)

    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master)
        self._asked: str | None = None
        self.texts.call(lambda: self.title(_("Erase a number")))
        self.columnconfigure(0, weight=1)
        self.rowconfigure(3, weight=1)
        about = Label(self, colour=style.MUTED, wraps=True)
        about.grid(row=0, column=0, sticky="ew", padx=style.EDGE, pady=(style.EDGE, style.GAP))
        self.texts.show(about, lambda: _(
            "The number is erased from every project and never stored again. Files that were"
            " exported before may still hold it."
        ))  # fmt: skip
        self.field = Field(self, width=260, changed=self._typed, submitted=self.erase)
        self.field.grid(row=1, column=0, sticky="w", padx=style.EDGE)
        self.texts.show(self.field, lambda: _("Phone number"), "placeholder_text")
        self.backups = CheckBox(self, self._typed)
        self.backups.grid(row=2, column=0, sticky="w", padx=style.EDGE, pady=(style.GAP, 0))
        self.texts.show(self.backups, lambda: _("Erase it from the backups as well"))
        state = self.build_state()
        state.grid(row=3, column=0, sticky="new", padx=style.EDGE, pady=(style.PAD, 0))
        row = Row(self)
        row.grid(row=4, column=0, sticky="ew", padx=style.EDGE, pady=style.EDGE)
        self.close_button = Button(row, command=self.cancel)
        self.close_button.pack(side="right")
        self.go = Button(row, command=self.erase, look="danger")
        self.go.pack(side="right", padx=(0, style.GRID * 2))
        self.texts.show(self.go, lambda: _("Erase"))
        self.texts.call(self.fit)

    def ask(self, phone: str = "") -> None:
        """Show the dialog; with `phone` the question is put at once."""
        if not self.busy:
            self._asked = None
            self.field.put(phone)
            self.backups.put(False)
            self.say("")
            self.fit()
            if phone:
                self.erase()
        self.open()

    def focus_first(self) -> None:
        self.field.focus_set()

    def fit(self) -> None:
        self.field.configure(state="disabled" if self.busy else "normal")
        self.backups.enable(not self.busy)
        self.go.enable(not self.busy and is_number(self.field.get()))
        self.close_button.configure(text=_("Cancel") if self.busy else _("Close"))

    def erase(self) -> None:
        phone = self.field.get().strip()
        if self.busy or not is_number(phone):
            return
        if self._asked != phone:
            self._asked = phone
            self.say(
                _("Erase {phone} for good?").format(phone=masked(phone)),
                style.WARNING,
                _("This cannot be undone. Press Erase again."),
            )
            return
        self._asked = None
        settings = self.window.program.settings
        database, exports = settings.database_path, settings.export_dir
        backups_too = bool(self.backups.get())
        self.work(
            _("Erasing…"),
            lambda _watch: _erase(database, exports, phone, backups_too),
            self._done,
            cancelled="",  # erasing ends by itself: whatever was begun is done whole
        )

    def _typed(self) -> None:
        self._asked = None
        self.say("")
        self.fit()

    def _done(self, outcome: tuple[Erased, bool, list[Path]]) -> None:
        erased, in_backups, left = outcome
        text = _("The number is not in the database.")
        if erased.anything:
            text = _(
                "Erased: the number, links to projects: {links}, rejected records: {rejected}."
            ).format(links=number(erased.links), rejected=number(erased.rejected))
        hints = []
        if not erased.traceless:
            hints.append(
                _(
                    "Another program reads the database. Close it and erase again to remove all"
                    " traces."
                )
            )
        if in_backups:
            hints.append(_("Backups made before may still hold it."))
        hints += [_("It may still be in {path}.").format(path=path) for path in left]
        self.field.put("")
        self.fit()
        self.say(f"{text} {_('It will not be stored again.')}", style.DONE, " ".join(hints))
        self.window.safekeeping.data_changed()


def _erase(
    database: Path, exports: Path, phone: str, backups_too: bool
) -> tuple[Erased, bool, list[Path]]:
    """What was erased, whether backups may still hold it, and where else it may be left. In a
    background thread."""
    now = datetime.now(UTC)
    others = other_databases(database)
    left: list[Path] = []
    with exclusive(database):
        erased = forget(database, phone, now)
        if backups_too:
            left = forget_elsewhere(database, phone, now, exports)
    return erased, bool(others) and not backups_too, left

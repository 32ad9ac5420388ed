"""The backups there are: make one now, or put one in the place of the database."""

import tkinter as tk
from datetime import UTC, datetime
from pathlib import Path
from tkinter import filedialog

from core.formats import moment, size
from core.i18n import _
from core.phones.restoring import restore_chosen
from core.phones.storage.backup import Backup, backup_folder, list_backups, make_backup
from gui import opening, style
from gui.widgets.basics import Label, Row, frame_of_one
from gui.widgets.buttons import Button
from gui.widgets.job_dialog import JobDialog
from gui.widgets.table import Column, Table, TableRow
from gui.window_state import memory_of


class BackupsDialog(JobDialog):
    """Lists the backups. Restoring asks once more, in the dialog itself."""

    size = (700, 480)

    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master)
        self._backups: dict[str, Backup] = {}
        self._asked: Path | None = None  # the file whose restoring is to be confirmed
        self._aside: Path | None = None
        self.texts.call(lambda: self.title(_("Backups")))
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self.about = Label(self, colour=style.MUTED, wraps=True)
        self.about.grid(row=0, column=0, sticky="ew", padx=style.EDGE, pady=(style.EDGE, style.GAP))
        self.texts.show(self.about, lambda: _(
            "A backup is made on its own once a day before a run, and each is checked."
        ))  # fmt: skip
        self._build_table()
        state = self.build_state()
        state.grid(row=2, column=0, sticky="ew", padx=style.EDGE, pady=(style.GAP, 0))
        self._build_buttons()

    def ask(self, *, back_up: bool = False) -> None:
        """Show the backups; with `back_up` make one at once."""
        if not self.busy:
            self._asked = self._aside = None
            self.say("")
        self.open()
        self._read()
        if back_up:
            self.back_up()

    def focus_first(self) -> None:
        self.close_button.focus_set()

    def cancel(self) -> None:
        if self._asked is not None:
            self._answered()
        else:
            super().cancel()

    def run_changed(self) -> None:
        """Nothing is restored while a run goes on."""
        self.fit()

    def fit(self) -> None:
        free = not self.busy
        asking = self._asked is not None
        can_restore = free and not self.window.run.active
        for button in (self.now_button, self.file_button, self.folder_button):
            button.enable(free and not asking)
        self.file_button.enable(can_restore and not asking)
        self.restore_button.enable(can_restore and (asking or bool(self.table.selected)))
        self.close_button.configure(text=_("Close") if free and not asking else _("Cancel"))
        if self.window.run.active and free and not self.state_text.text:
            self.say(_("A backup can be restored when the run has ended."), style.MUTED)

    def retheme(self) -> None:
        super().retheme()
        self.table.retheme()

    def retranslate(self) -> None:
        super().retranslate()
        self._show_backups(list(self._backups.values()))
        self.fit()

    # --- building ---

    def _build_table(self) -> None:
        card = frame_of_one(self)
        card.grid(row=1, column=0, sticky="nsew", padx=style.EDGE)
        columns = (
            Column("made", lambda: _("Made"), 160),
            Column("size", lambda: _("Size"), 90, number=True),
            Column("file", lambda: _("File"), 260, stretch=True),
        )
        self.table = Table(card, columns, self.texts, on_select=lambda _keys: self.fit(),
                           on_open=lambda _key: self.restore(),
                           memory=memory_of(self.window.kept, "backups"))  # fmt: skip
        self.table.grid(row=0, column=0, sticky="nsew", padx=style.GRID, pady=style.GRID)
        self.texts.show(self.table.empty, lambda: _("There is no backup yet."))

    def _build_buttons(self) -> None:
        row = Row(self)
        row.grid(row=3, column=0, sticky="ew", padx=style.EDGE, pady=style.EDGE)
        self.now_button = Button(row, command=self.back_up)
        self.now_button.pack(side="left")
        self.texts.show(self.now_button, lambda: _("Back up now"))
        self.file_button = Button(row, command=self._choose_file)
        self.file_button.pack(side="left", padx=(style.GRID * 2, 0))
        self.texts.show(self.file_button, lambda: _("From a file…"))
        self.folder_button = Button(row, command=self._open_folder, image="folder")
        self.folder_button.pack(side="left", padx=(style.GRID * 2, 0))
        self.texts.show(self.folder_button, lambda: _("Folder"))
        self.close_button = Button(row, command=self.cancel)
        self.close_button.pack(side="right")
        self.restore_button = Button(row, command=self.restore, look="danger")
        self.restore_button.pack(side="right", padx=(0, style.GRID * 2))
        self.texts.show(self.restore_button, lambda: _("Restore"))

    # --- what there is ---

    @property
    def _database(self) -> Path:
        return self.window.program.settings.database_path

    def _read(self) -> None:
        database = self._database
        self.window.background.run(
            lambda: list_backups(database), self._show_backups, self.window.show_error,
            slot="backups",
        )  # fmt: skip

    def _show_backups(self, backups: list[Backup]) -> None:
        self._backups = {backup.path.name: backup for backup in backups}
        self.table.show(
            TableRow(name, (moment(backup.made_at), size(backup.bytes), name))
            for name, backup in self._backups.items()
        )
        self.fit()

    def _open_folder(self) -> None:
        if self._aside is not None:
            opening.show_in_folder(self._aside)
        else:
            opening.open_folder(str(backup_folder(self._database)))

    # --- backing up and restoring ---

    def back_up(self) -> None:
        """Make a backup now; a run may go on meanwhile."""
        if self.busy or self._asked is not None:
            return
        database, keep = self._database, self.window.program.settings.backup_keep
        self.work(
            _("Backing up…"),
            lambda watch: make_backup(database, keep, datetime.now(UTC), watch),
            self._backed_up,
            cancelled=_("Cancelled. No backup was made."),
        )

    def restore(self) -> None:
        """The first press asks, the second one restores."""
        if self.busy or self.window.run.active:
            return
        if self._asked is not None:
            self._restore(self._asked)
        elif self.table.selected:
            backup = self._backups[self.table.selected[0]]
            question = _("Replace the database by the backup of {when}?")
            self._confirm(backup.path, question.format(when=moment(backup.made_at)))

    def _choose_file(self) -> None:
        chosen = filedialog.askopenfilename(
            parent=self,
            initialdir=str(self._database.parent),
            filetypes=((_("Databases"), "*.db"), (_("All files"), "*")),
        )
        if chosen:
            file = Path(chosen)
            self._confirm(file, _("Replace the database by {path}?").format(path=file))

    def _confirm(self, file: Path, question: str) -> None:
        self._asked = file
        self.say(
            question,
            style.WARNING,
            _("The present database is kept beside it under another name. Press Restore again."),
        )
        self.fit()
        self.restore_button.focus_set()

    def _answered(self) -> None:
        """Restored, or not after all."""
        self._asked = None
        self.say("")
        self.fit()

    def _restore(self, file: Path) -> None:
        database = self._database
        self._asked = None
        self.work(
            _("Restoring…"),
            lambda watch: restore_chosen(
                file, database, datetime.now(UTC), _("Choose another backup."), watch
            ),
            self._restored,
            cancelled=_("Cancelled. Nothing was changed."),
        )

    def _backed_up(self, backup: Backup) -> None:
        self.say(_("Backed up and checked."), style.DONE, str(backup.path))
        self.window.runs.look_at_place()
        self._read()
        if not self.opened:
            self.window.toast("done", _("Backed up and checked."))

    def _restored(self, aside: Path | None) -> None:
        self._aside = aside
        kept = _("The replaced database is kept: {path}").format(path=aside) if aside else ""
        self.say(_("The backup is restored."), style.DONE, kept)
        self.fit()
        self.window.session.database_replaced()

"""Take in an older base of numbers, and let go of one that was taken in."""

import tkinter as tk
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tkinter import filedialog

from core.database.failures import StorageFailure
from core.formats import moment, number
from core.i18n import _
from core.phones.imports.base_file import open_base
from core.phones.imports.dates import ImportColumns
from core.phones.imports.history import ImportRow, imports
from core.phones.imports.take_in import Imported, take_in
from core.phones.imports.undo import Undone, undo_import
from core.phones.lookup.columns import ListColumns, look_at
from core.phones.numbers.outcome import Accept
from core.phones.storage.exclusive import exclusive
from core.phones.storage.reader import Reader
from core.watch import Watch
from gui import style
from gui.dialogs.import_columns import ImportColumnsDialog
from gui.dialogs.tasks import TaskDialog
from gui.widgets.banner import Answer
from gui.widgets.basics import frame_of_one
from gui.widgets.buttons import Button
from gui.widgets.dialog import Question
from gui.widgets.table import Column, Table, TableRow
from gui.window_state import memory_of


class TakeInDialog(TaskDialog):
    """An older base becomes known before the first run. Below: which there are."""

    size = (640, 470)

    def __init__(self, master: tk.Tk) -> None:
        self._rows: dict[str, ImportRow] = {}
        super().__init__(
            master,
            lambda: _("Take in an older base"),
            lambda: _(
                "Numbers that the agency had before: an SQLite file, CSV, Excel or text, with the"
                " day of each where it is known. They count as known before the first run, so that"
                " “new” means new to the agency. Erased numbers stay erased."
            ),
            lambda: _("Choose a file…"),
        )
        self.rowconfigure(2, weight=0)
        self.rowconfigure(3, weight=1)
        card = frame_of_one(self)
        card.grid(row=3, column=0, sticky="nsew", padx=style.EDGE, pady=(style.GAP, 0))
        self.table = Table(
            card,
            (
                Column("at", lambda: _("Taken in"), 120),
                Column("name", lambda: _("File"), 180, stretch=True),
                Column("state", lambda: "", 80),
                Column("added", lambda: _("Numbers"), 90, number=True),
            ),
            self.texts,
            on_select=lambda _keys: self.fit(),
            memory=memory_of(self.window.kept, "take-in"),
        )
        self.table.grid(row=0, column=0, sticky="nsew", padx=8, pady=8)
        self.texts.call(lambda: self.table.empty.say(_("Nothing was imported yet.")))
        self.row.grid(row=4)
        self.undo_button = Button(self.row, command=self._ask_to_undo, look="danger")
        self.undo_button.pack(side="left")
        self.texts.show(self.undo_button, lambda: _("Let go of it…"))
        self.fit()

    def ask(self) -> None:
        super().ask()
        self._read()

    def start(self) -> None:
        chosen = filedialog.askopenfilename(
            parent=self,
            filetypes=(
                (_("Bases and lists"), "*.db *.sqlite *.sqlite3 *.xlsx *.csv *.txt"),
                (_("All files"), "*"),
            ),
        )
        if chosen:
            self.look(Path(chosen))

    def look(self, file: Path) -> None:
        """Look at the beginning of a file, and ask which of its columns are meant."""
        accept = self.window.program.settings.phone_accept
        self.work(
            _("Looking at the list…"),
            lambda _watch: _look(file, accept),
            lambda found: self._looked(file, found, accept),
            cancelled=_("Cancelled. Nothing was stored."),
        )

    def _looked(self, file: Path, found: ListColumns, accept: Accept) -> None:
        self.say("")
        self.window.dialog(ImportColumnsDialog).ask(
            file.name, found, accept, lambda columns: self.take(file, found, columns)
        )

    def take(self, file: Path, found: ListColumns, columns: ImportColumns) -> None:
        """Take in the numbers of a file."""
        settings = self.window.program.settings
        database, accept = settings.database_path, settings.phone_accept
        self.work(
            _("Taking in the base…"),
            lambda watch: _take(database, file, found, columns, accept, watch),
            self._taken,
            cancelled=_("Cancelled. Nothing was stored."),
        )

    def fit(self) -> None:
        super().fit()
        if hasattr(self, "undo_button"):
            chosen = self._chosen()
            self.undo_button.enable(
                not self.busy and chosen is not None and chosen.undone_at is None
            )

    def _chosen(self) -> ImportRow | None:
        return next((self._rows[key] for key in self.table.selected if key in self._rows), None)

    def _ask_to_undo(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.window.dialog(Question).ask(
                _("Let go of {name}?").format(name=chosen.name),
                _(
                    "Numbers that only this base knew are deleted. What runs have seen since stays,"
                    " and counts as found by them."
                ),
                (Answer(_("Let go"), lambda: self.undo(chosen.id)),),
                cancel=_("Cancel"),
            )

    def undo(self, import_id: int) -> None:
        """Let go of an import as a whole."""
        database = self.window.program.settings.database_path

        def work(_watch: Watch) -> Undone:
            with exclusive(database):
                return undo_import(database, import_id, datetime.now(UTC))

        self.work(_("Letting go of the base…"), work, self._undone, cancelled=_("Cancelled."))

    def _taken(self, done: Imported) -> None:
        self.say(
            _("Taken in: {added}. Known before: {known}. Repeated: {repeated}.").format(
                added=number(done.added), known=number(done.known), repeated=number(done.repeated)
            ),
            style.DONE,
            _("No numbers: {rejected}. Erased: {erased}.").format(
                rejected=number(done.rejected), erased=number(done.erased)
            ),
        )
        self._changed()

    def _undone(self, undone: Undone) -> None:
        self.say(
            _("Undone. Numbers let go: {deleted}. Seen by runs since, and kept: {kept}.").format(
                deleted=number(undone.deleted), kept=number(undone.kept)
            ),
            style.DONE,
        )
        self._changed()

    def _changed(self) -> None:
        self._read()
        self.window.safekeeping.data_changed()

    def _read(self) -> None:
        database = self.window.program.settings.database_path
        self.window.background.run(
            lambda: _history(database), self._show, self.say_error, slot="imports"
        )

    def _show(self, found: Sequence[ImportRow]) -> None:
        self._rows = {str(row.id): row for row in found}
        self.table.show(
            [
                TableRow(
                    key,
                    (
                        moment(row.imported_at),
                        row.name,
                        _("undone") if row.undone_at else "",
                        number(row.added),
                    ),
                    "muted" if row.undone_at else "",
                )
                for key, row in self._rows.items()
            ]
        )
        self.fit()


# --- in a background thread ---


def _look(file: Path, accept: Accept) -> ListColumns:
    with open_base(file) as source:
        return look_at(source, accept)


def _take(
    database: Path,
    file: Path,
    found: ListColumns,
    columns: ImportColumns,
    accept: Accept,
    watch: Watch,
) -> Imported:
    with open_base(file) as source, exclusive(database, existing=False):
        now = datetime.now(UTC)
        return take_in(database, source, file.name, found, columns, now, accept, watch)


def _history(database: Path) -> Sequence[ImportRow]:
    try:
        with Reader(database) as reader:
            return imports(reader)
    except StorageFailure:  # nothing was collected yet
        return ()

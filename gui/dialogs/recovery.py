"""The dialog for a damaged database: restore a backup, save what can be read, or begin anew."""

import tkinter as tk
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from core.formats import moment, size
from core.i18n import _
from core.phones import wording
from core.phones.restoring import restore_chosen
from core.phones.storage.backup import Backup, list_backups, newest_good_backup
from core.phones.storage.repair import Repaired, repair
from core.phones.storage.restore import set_aside
from gui import opening, style
from gui.icons import icon
from gui.texts import Words
from gui.widgets.basics import Card, Label, Row
from gui.widgets.buttons import Button
from gui.widgets.job_dialog import JobDialog


class RecoveryDialog(JobDialog):
    """Opened at a start that finds damage, and from the banner. Nothing happens unasked."""

    size = (620, None)

    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master)
        self._backup: Backup | None = None
        self._looked = False
        self._sure = False  # beginning anew was asked about
        self._solved = False
        self._aside: Path | None = None
        self.texts.call(lambda: self.title(_("The database is damaged")))
        self.columnconfigure(0, weight=1)
        self.rowconfigure(4, weight=1)
        self._build_heading()
        self.restore_button, self.about_backup = self._build_way(
            1, lambda: _("Restore the newest good backup"), lambda: _("Restore"), self.restore
        )
        self.save_button, about = self._build_way(
            2, lambda: _("Rescue what can be read"), lambda: _("Rescue"), self.save
        )
        self.texts.show(about, lambda: _(
            "All records that are not destroyed go into a new database. Takes minutes for a"
            " large one."
        ))  # fmt: skip
        self.anew_button, about = self._build_way(
            3, lambda: _("Begin anew"), lambda: _("Begin"), self.begin_anew
        )
        self.texts.show(
            about, lambda: _("The next run makes an empty database and collects everything again.")
        )
        state = self.build_state()
        state.grid(row=4, column=0, sticky="new", padx=style.EDGE, pady=(style.GRID, 0))
        self._build_buttons()

    def ask(self) -> None:
        """Show the dialog and look for a good backup."""
        if self.busy:
            self.open()
            return
        self._backup, self._looked, self._solved, self._aside = None, False, False, None
        self._sure = False
        self.folder_button.pack_forget()
        database = self._database
        self._say_place()
        self.open()
        if not list_backups(database):
            self._backup_found(None)
            self.say("")
            return
        self.work(
            _("Looking for a good backup…"),
            lambda watch: newest_good_backup(database, watch),
            self._found,
            cancelled=_("The backups were not checked."),
        )

    def focus_first(self) -> None:
        button = self.restore_button if self._backup is not None else self.later_button
        button.focus_set()

    def retranslate(self) -> None:
        super().retranslate()
        self._say_place()

    def fit(self) -> None:
        free = not self.busy and not self._solved
        self.restore_button.enable(free and self._backup is not None)
        self.save_button.enable(free)
        self.anew_button.enable(free)
        idle = _("Close") if self._solved else _("Later")
        self.later_button.configure(text=_("Cancel") if self.busy else idle)
        self._say_backup()

    # --- building ---

    def _build_heading(self) -> None:
        row = Row(self)
        row.grid(row=0, column=0, sticky="ew", padx=style.EDGE, pady=(style.EDGE, style.GAP))
        row.columnconfigure(1, weight=1)
        picture = Label(row, image=icon("error", 32, style.ERROR))
        picture.grid(row=0, column=0, rowspan=2, sticky="n", padx=(0, style.PAD))
        heading = Label(row, size=style.HEADING, bold=True)
        heading.grid(row=0, column=1, sticky="w")
        self.texts.show(heading, lambda: _("The database is damaged"))
        self.place_text = Label(row, colour=style.MUTED, wraps=True)
        self.place_text.grid(row=1, column=1, sticky="ew", pady=(style.GRID, 0))

    def _build_way(
        self, row: int, title: Words, verb: Words, action: Callable[[], None]
    ) -> tuple[Button, Label]:
        card = Card(self)
        card.grid(row=row, column=0, sticky="ew", padx=style.EDGE, pady=(0, style.GRID * 2))
        card.columnconfigure(0, weight=1)
        heading = Label(card, bold=True)
        heading.grid(row=0, column=0, sticky="w", padx=style.PAD, pady=(style.GAP, 0))
        self.texts.show(heading, title)
        about = Label(card, size=style.SECONDARY, colour=style.MUTED, wraps=True)
        about.grid(row=1, column=0, sticky="ew", padx=style.PAD, pady=(2, style.GAP))
        button = Button(card, command=action, look="primary" if row == 1 else "plain")
        button.grid(row=0, column=1, rowspan=2, padx=style.PAD)
        self.texts.show(button, verb)
        return button, about

    def _build_buttons(self) -> None:
        row = Row(self)
        row.grid(row=5, column=0, sticky="ew", padx=style.EDGE, pady=style.EDGE)
        self.later_button = Button(row, command=self.cancel)
        self.later_button.pack(side="right")
        self.folder_button = Button(row, command=self._show_in_folder, image="folder")
        self.texts.show(self.folder_button, lambda: _("Show in folder"))
        self.fit()

    # --- what is so ---

    @property
    def _database(self) -> Path:
        return self.window.program.settings.database_path

    def _say_place(self) -> None:
        self.place_text.say(
            _(
                "{path} cannot be read. Choose what to do: whatever you choose, the damaged file"
                " is kept beside the new one."
            ).format(path=self._database)
        )

    def _found(self, backup: Backup | None) -> None:
        self._backup_found(backup)
        self.say("")

    def _backup_found(self, backup: Backup | None) -> None:
        self._backup, self._looked = backup, True
        self.fit()
        self.focus_first()

    def _say_backup(self) -> None:
        if self._backup is not None:
            text = _("Of {when}, {size}. The next run collects again what came after it.").format(
                when=moment(self._backup.made_at), size=size(self._backup.bytes)
            )
        elif self._looked:
            text = _("There is no good backup.")
        else:
            text = _("The backups are not checked yet.")
        self.about_backup.say(text)

    # --- the three ways ---

    def restore(self) -> None:
        """Put the good backup in the place of the damaged file."""
        backup, database = self._backup, self._database
        if backup is None:
            return
        self.work(
            _("Restoring…"),
            lambda watch: restore_chosen(
                backup.path, database, datetime.now(UTC), _("Choose another way."), watch
            ),
            lambda aside: self._replaced(_("The backup is restored."), aside),
            cancelled=_("Cancelled. Nothing was changed."),
        )

    def save(self) -> None:
        """Go on with all that can be read of the damaged file."""
        database = self._database
        self.work(
            _("Saving what can be read…"),
            lambda watch: repair(database, datetime.now(UTC), watch),
            self._saved,
            cancelled=_("Cancelled. Nothing was changed."),
        )

    def begin_anew(self) -> None:
        """Take the damaged file out of the way: the first press asks, the second one does it."""
        database = self._database
        if not self._sure:
            self._sure = True
            hint = _("{path} is renamed, and nothing of it is shown any more. Press once more.")
            self.say(
                _("Begin with an empty database?"), style.WARNING, hint.format(path=database.name)
            )
            self.anew_button.focus_set()
            return
        self.work(
            _("Putting the damaged file aside…"),
            lambda _watch: set_aside(database, datetime.now(UTC)),
            lambda aside: self._replaced(_("The next run begins a new database."), aside),
            cancelled=_("Cancelled. Nothing was changed."),
        )

    def _saved(self, repaired: Repaired) -> None:
        rows = repaired.saved.rows
        text = _("Saved: {phones} in {projects}.").format(
            phones=wording.numbers(rows.get("phones", 0)),
            projects=wording.projects(rows.get("projects", 0)),
        )
        if repaired.saved.damaged:
            text = f"{text} {_('Some records are lost; a full run collects them again.')}"
        self._replaced(text, repaired.aside)

    def _replaced(self, text: str, aside: Path | None) -> None:
        self._solved, self._aside = True, aside
        kept = _("The damaged file is kept: {path}").format(path=aside) if aside else ""
        self.say(text, style.DONE, kept)
        if aside is not None:
            self.folder_button.pack(side="left")
        self.fit()
        self.later_button.focus_set()
        self.window.session.database_replaced()

    def _show_in_folder(self) -> None:
        if self._aside is not None:
            opening.show_in_folder(self._aside)

"""The registry of number ranges: where it comes from, what is loaded, load it, let it go."""

import tempfile
import tkinter as tk
from datetime import UTC, datetime
from pathlib import Path
from tkinter import filedialog

from core.database.failures import StorageFailure
from core.formats import day, number
from core.i18n import _
from core.phones.registry import words
from core.phones.registry.load import Registry, load_registry, remove_registry
from core.phones.registry.located import loaded_registry
from core.phones.registry.made_up import write_made_up
from core.phones.storage.exclusive import exclusive
from core.phones.storage.reader import Reader
from core.watch import Watch
from gui import style
from gui.dialogs.tasks import TaskDialog
from gui.widgets.buttons import Button


class RegistryDialog(TaskDialog):
    """Region and operator of numbers, by files that the user has downloaded."""

    size = (680, None)

    def __init__(self, master: tk.Tk) -> None:
        self._loaded: Registry | None = None
        super().__init__(
            master,
            lambda: _("Region and operator"),
            lambda: f"{words.where_from()} {words.portability()}",
            lambda: _("Choose files…"),
        )
        self.remove_button = Button(self.row, command=self._remove, look="danger")
        self.texts.show(self.remove_button, lambda: _("Remove"))
        self.made_up_button = Button(self.row, command=self._made_up)
        self.texts.show(self.made_up_button, lambda: _("Load a made-up one"))

    def ask(self) -> None:
        super().ask()
        self.fit()
        database = self.window.program.settings.database_path
        self.window.background.run(
            lambda: _look(database), self._say_loaded, self.say_error, slot="registry"
        )

    def start(self) -> None:
        chosen = filedialog.askopenfilenames(
            parent=self, filetypes=((_("Files of the registry"), "*.csv"), (_("All files"), "*"))
        )
        if chosen:
            self.load([Path(name) for name in chosen])

    def load(self, files: list[Path]) -> None:
        """Load these files in place of what is loaded."""
        database = self.window.program.settings.database_path
        self.work(
            _("Loading the registry…"),
            lambda watch: _load(database, files, watch),
            self._done,
            cancelled=_("Cancelled. What was loaded before is still there."),
        )

    def fit(self) -> None:
        super().fit()
        if not hasattr(self, "made_up_button"):  # still being built
            return
        for button, shown in (
            (self.remove_button, self._loaded is not None),
            (self.made_up_button, self.window.program.demo is not None),
        ):
            button.enable(not self.busy)
            if shown:
                button.pack(side="left", padx=(0, style.GAP))
            else:
                button.pack_forget()

    def _made_up(self) -> None:
        database = self.window.program.settings.database_path

        def load(watch: Watch) -> Registry:
            with tempfile.TemporaryDirectory() as folder:
                return _load(database, write_made_up(Path(folder)), watch)

        self.work(_("Loading the registry…"), load, self._done, cancelled=_("Cancelled."))

    def _remove(self) -> None:
        database = self.window.program.settings.database_path

        def remove(_watch: Watch) -> None:
            with exclusive(database):
                remove_registry(database)

        self.work(_("Removing the registry…"), remove, self._removed, cancelled=_("Cancelled."))

    def _removed(self, _none: None) -> None:
        self._say_loaded(None)
        self.window.safekeeping.data_changed()

    def _done(self, registry: Registry) -> None:
        self._say_loaded(registry)
        self.window.safekeeping.data_changed()

    def _say_loaded(self, registry: Registry | None) -> None:
        self._loaded = registry
        self.fit()
        if registry is None:
            self.say(_("No registry of number ranges is loaded."), style.MUTED)
            return
        self.say(
            _("Loaded on {day}: {ranges} ranges, {operators} operators, {regions} regions.").format(
                day=day(datetime.fromisoformat(registry.loaded_at).astimezone().date()),
                ranges=number(registry.ranges),
                operators=number(registry.operators),
                regions=number(registry.regions),
            ),
            style.DONE,
            words.missing_groups(registry),
        )


# --- in a background thread ---


def _look(database: Path) -> Registry | None:
    try:
        with Reader(database) as reader:
            return loaded_registry(reader)
    except StorageFailure:  # nothing was collected yet
        return None


def _load(database: Path, files: list[Path], watch: Watch) -> Registry:
    with exclusive(database, existing=False):
        return load_registry(database, files, datetime.now(UTC), watch)

"""The menu bar: File, Export, View, Help."""

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from core.i18n import _
from core.phones.reports.names import ReportName
from core.phones.reports.titles import title
from gui import states, style
from gui.shell import Shell
from gui.texts import Texts, Words
from gui.ttk_style import menu_colours
from gui.views import VIEWS

_Entry = tuple[Words, Callable[[], Any], str] | None


def _take_in(window: Shell) -> None:
    from gui.dialogs.take_in import TakeInDialog

    window.dialog(TakeInDialog).ask()


def _registry(window: Shell) -> None:
    from gui.dialogs.registry import RegistryDialog

    window.dialog(RegistryDialog).ask()


def _after_run(window: Shell) -> None:
    from gui.dialogs.after_run import AfterRunDialog

    window.dialog(AfterRunDialog).ask()


def _profiles(window: Shell) -> None:
    from gui.dialogs.profiles import ProfilesDialog

    window.dialog(ProfilesDialog).ask()


class MenuBar:
    """Built anew when the language changes; entries are enabled as the buttons are."""

    def __init__(self, root: tk.Tk, texts: Texts, window: Shell) -> None:
        self._root = root
        self._window = window
        self._bar = tk.Menu(root, tearoff=False, relief="flat", borderwidth=0)
        self._menus: list[tk.Menu] = []
        root.configure(menu=self._bar)
        texts.call(self._fill)

    def run_changed(self) -> None:
        """Enable what the four main buttons allow."""
        buttons = states.BUTTONS[self._window.runs.phase]
        for place, key in enumerate(("start", "stop", "continue")):
            self._menus[0].entryconfigure(
                place, state="normal" if buttons[key].enabled else "disabled"
            )

    def refill(self) -> None:
        """The demo was entered or left."""
        self._fill()

    def retheme(self) -> None:
        for menu in (self._bar, *self._menus):
            menu.configure({"font": style.plain_font(self._root), **menu_colours()})

    def _fill(self) -> None:
        window, runs, safe = self._window, self._window.runs, self._window.safekeeping
        self._bar.delete(0, "end")
        for menu in self._menus:
            menu.destroy()
        self._menus = []
        self._add(_("File"), (
            (lambda: _("Start"), runs.start, "Ctrl+Enter"),
            (lambda: _("Stop"), runs.stop, "Shift+F5"),
            (lambda: _("Continue"), runs.resume, "F6"),
            None,
            (lambda: _("What to collect…"), window.choose_clients, ""),
            (lambda: _("Try the demo"), window.session.enter_demo, "")
            if window.program.demo is None
            else (lambda: _("Leave the demo"), window.session.leave_demo, ""),
            None,
            (lambda: _("Back up now…"), safe.back_up, ""),
            (lambda: _("Restore from a backup…"), safe.show_backups, ""),
            (lambda: _("Try rejected numbers again…"), safe.revalidate, ""),
            (lambda: _("Erase a number…"), safe.erase, ""),
            None,
            (lambda: _("Take in an older base…"), partial(_take_in, window), ""),
            (lambda: _("Region and operator…"), partial(_registry, window), ""),
            (lambda: _("Reports after each run…"), partial(_after_run, window), ""),
            (lambda: _("Accounts…"), partial(_profiles, window), ""),
            None,
            (lambda: _("Quit"), window.ask_to_close, "Alt+F4"),
        ))  # fmt: skip
        self._add(_("Export"), (
            (lambda: _("Export…"), window.export, "Ctrl+E"),
            None,
            *((partial(title, name), partial(window.export, name), "") for name in ReportName),
        ))  # fmt: skip
        self._add(_("View"), (
            *((spec.title, partial(window.navigate, spec.key), f"Ctrl+{number}")
              for number, spec in enumerate(VIEWS, start=1)),
            None,
            (lambda: _("Read anew"), window.reread, "F5"),
            (lambda: _("Find"), window.find, "Ctrl+F"),
        ))  # fmt: skip
        self._add(_("Help"), (
            (lambda: _("User guide"), window.open_guide, "F1"),
            (lambda: _("Open the data folder"), runs.open_data_folder, ""),
            (lambda: _("Open the log"), window.open_log, ""),
            (lambda: _("Collect a problem report…"), safe.report, ""),
            None,
            (lambda: _("About"), window.show_about, ""),
        ))  # fmt: skip
        self.retheme()
        self.run_changed()

    def _add(self, label: str, entries: Sequence[_Entry]) -> None:
        menu = tk.Menu(self._bar, tearoff=False)
        for entry in entries:
            if entry is None:
                menu.add_separator()
            else:
                text, action, keys = entry
                menu.add_command(label=text(), command=action, accelerator=keys)
        self._bar.add_cascade(label=label, menu=menu)
        self._menus.append(menu)

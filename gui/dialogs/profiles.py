"""Several accounts: which profiles there are, open one in a window of its own, make another."""

import os
import subprocess
import sys
import tkinter as tk
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from core.errors import UserError
from core.i18n import _
from core.settings.paths import root_home
from core.settings.profiles import (
    DEFAULT,
    OPTION,
    PROFILE_VARIABLE,
    make_profile,
    profile_home,
    profiles,
)
from gui import style
from gui.shell import Shell
from gui.widgets.basics import Label, Row, frame_of_one
from gui.widgets.buttons import Button
from gui.widgets.dialog import Dialog
from gui.widgets.fields import Field
from gui.widgets.table import Column, Table, TableRow
from gui.window_state import memory_of


class ProfilesDialog(Dialog):
    size = (560, 440)

    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master)
        self.window = cast("Shell", master)
        self.texts.call(lambda: self.title(_("Accounts")))
        self.columnconfigure(0, weight=1)
        self.rowconfigure(2, weight=1)
        heading = Label(self, size=style.HEADING, bold=True)
        heading.grid(row=0, column=0, sticky="w", padx=style.EDGE, pady=(style.EDGE, style.GRID))
        self.texts.show(heading, lambda: _("Accounts"))
        about = Label(self, colour=style.MUTED, wraps=True)
        about.grid(row=1, column=0, sticky="ew", padx=style.EDGE)
        self.texts.show(
            about,
            lambda: _(
                "Each profile is an account of its own: its own token, database, folders and daily"
                " time, in a window of its own. Several can collect at the same time."
            ),
        )
        card = frame_of_one(self)
        card.grid(row=2, column=0, sticky="nsew", padx=style.EDGE, pady=style.GAP)
        self.table = Table(
            card,
            (
                Column("name", lambda: _("Profile"), 160, stretch=True),
                Column("here", lambda: "", 120),
            ),
            self.texts,
            on_select=lambda _keys: self._fit(),
            on_open=lambda key: self.start(key),
            memory=memory_of(self.window.kept, "profiles"),
        )
        self.table.grid(row=0, column=0, sticky="nsew", padx=8, pady=8)
        making = Row(self)
        making.grid(row=3, column=0, sticky="ew", padx=style.EDGE)
        making.columnconfigure(0, weight=1)
        self.name = Field(making, width=240, submitted=self.make, changed=lambda: self._say(""))
        self.name.grid(row=0, column=0, sticky="ew", padx=(0, style.GAP))
        self.texts.show(self.name, lambda: _("Name of a new profile"), "placeholder_text")
        self.make_button = Button(making, command=self.make, image="plus")
        self.make_button.grid(row=0, column=1)
        self.texts.show(self.make_button, lambda: _("Make it"))
        self.said = Label(self, size=style.SECONDARY, wraps=True)
        self.said.grid(row=4, column=0, sticky="ew", padx=style.EDGE, pady=(style.GRID, 0))
        row = Row(self)
        row.grid(row=5, column=0, sticky="ew", padx=style.EDGE, pady=style.EDGE)
        self.open_button = Button(row, command=self._open_chosen, look="primary")
        self.open_button.pack(side="right")
        self.texts.show(self.open_button, lambda: _("Open its window"))
        close = Button(row, command=self.cancel)
        close.pack(side="right", padx=(0, style.GRID * 2))
        self.texts.show(close, lambda: _("Close"))

    def ask(self) -> None:
        self._say("")
        self._show(self._names())
        self.open()

    def focus_first(self) -> None:
        self.table.tree.focus_set()

    @property
    def _home(self) -> Path:
        return root_home(self.window.session.environ)

    @property
    def _here(self) -> str:
        return self.window.program.settings.places.profile or DEFAULT

    def _names(self) -> Sequence[str]:
        return (DEFAULT, *profiles(self._home))

    def _show(self, names: Sequence[str]) -> None:
        here = self._here
        self.table.show(
            TableRow(
                name,
                (
                    _("Main") if name == DEFAULT else name,
                    _("this window") if name == here else "",
                ),
                "accent" if name == here else "",
            )
            for name in names
        )
        self.table.choose(next((name for name in names if name != here), names[0]))
        self._fit()

    def _fit(self) -> None:
        chosen = self.table.selected
        self.open_button.enable(bool(chosen) and chosen[0] != self._here)

    def make(self) -> None:
        """Make the profile whose name is typed."""
        try:
            folder = make_profile(self._home, self.name.get())
        except UserError as error:
            self._say(f"{error.message} {error.hint}", style.ERROR)
            self.name.mark_wrong(True)
            return
        self.name.put("")
        self._show(self._names())
        self.table.choose(folder.name)
        self._say(_("The profile “{name}” is made.").format(name=folder.name), style.DONE)

    def _open_chosen(self) -> None:
        for name in self.table.selected[:1]:
            self.start(name)

    def start(self, name: str) -> None:
        """Open the window of a profile: a process of its own."""
        if name == self._here or not profile_home(self._home, name).is_dir():
            return
        environ = {**self.window.session.environ}
        environ.pop(PROFILE_VARIABLE, None)
        # A packed program of one file unpacks itself anew, not into the folder of this one.
        environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
        subprocess.Popen([*_own_command(), OPTION, name], env=environ)  # noqa: S603 - ourselves
        self.close()

    def _say(self, text: str, colour: style.Colour = style.MUTED) -> None:
        self.name.mark_wrong(False)
        self.said.paint(colour)
        self.said.say(text)


def _own_command() -> list[str]:
    """How this program was started: the packed one, or Python with app.py."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, os.fspath(Path(__file__).parents[2] / "app.py")]

"""Help > About: the program, its version, and those of what it is built with."""

import platform
import tkinter as tk
from importlib.metadata import PackageNotFoundError, version

import customtkinter as ctk
from PIL import Image

from core import __version__
from core.i18n import _
from gui import style
from gui.icons import ASSETS
from gui.widgets.basics import Label, Row
from gui.widgets.buttons import Button
from gui.widgets.dialog import Dialog

_PARTS = ("customtkinter", "phonenumbers", "requests", "matplotlib")


class AboutDialog(Dialog):
    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master)
        self.texts.call(lambda: self.title(_("About")))
        inside = Row(self)
        inside.pack(padx=32, pady=style.EDGE)
        picture = ctk.CTkImage(Image.open(ASSETS / "icon.png"), size=(64, 64))
        shown = Label(inside, image=picture)
        shown.grid(row=0, column=0, rowspan=2, sticky="w", padx=(0, style.PAD))
        Label(inside, "DataMaster Collector", size=style.TITLE, bold=True).grid(
            row=0, column=1, sticky="sw"
        )
        number = Label(inside, colour=style.MUTED)
        number.grid(row=1, column=1, sticky="nw")
        self.texts.show(number, lambda: _("Version {version}").format(version=__version__))
        what = Label(inside, wraplength=380)
        what.grid(row=2, column=0, columnspan=2, sticky="w", pady=(style.PAD, style.GAP))
        self.texts.show(what, lambda: _(
            "Collects phone numbers from DataMaster into one SQLite file and shows what grew."
            " Free software under the MIT licence."
        ))  # fmt: skip
        self.versions = Label(inside, versions(), size=style.SECONDARY, colour=style.MUTED)
        self.versions.grid(row=3, column=0, columnspan=2, sticky="w")
        row = Row(inside)
        row.grid(row=4, column=0, columnspan=2, sticky="e", pady=(style.PAD, 0))
        copy = Button(row, command=self._copy)
        copy.pack(side="left", padx=(0, style.GRID * 2))
        self.texts.show(copy, lambda: _("Copy versions"))
        self.ok = Button(row, command=self.close, look="primary")
        self.ok.pack(side="left")
        self.texts.show(self.ok, lambda: _("Close"))

    def focus_first(self) -> None:
        self.ok.focus_set()

    def _copy(self) -> None:
        self.clipboard_clear()
        self.clipboard_append(f"DataMaster Collector {__version__}\n{versions()}")


def versions() -> str:
    """One line each: what a helper asks first."""
    lines = [f"Python {platform.python_version()}, {platform.system()} {platform.release()}"]
    lines.append(f"Tk {tk.TkVersion}")
    for name in _PARTS:
        try:
            lines.append(f"{name} {version(name)}")
        except PackageNotFoundError:  # a packed program may leave its metadata out
            continue
    return "\n".join(lines)

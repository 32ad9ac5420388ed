"""Numbers at a glance: a tile with one number, a line with a bar."""

import tkinter as tk
from typing import Any

import customtkinter as ctk

from gui import style
from gui.one_call import tell
from gui.widgets.basics import Card, Label, surface_of


class StatTile(Card):
    """A card with what is counted, the number, and if wanted a remark under it."""

    def __init__(
        self, master: tk.Misc, *, remark: bool = False, colour: style.Colour = style.TEXT
    ) -> None:
        super().__init__(master)
        self.title = Label(self, size=style.SECONDARY, colour=style.MUTED)
        self.title.pack(anchor="w", padx=style.PAD, pady=(style.GAP, 0))
        self.number = Label(self, "0", size=style.TITLE, bold=True, colour=colour)
        self.number.pack(anchor="w", padx=style.PAD, pady=(0, 0 if remark else style.GAP))
        self.remark: Label | None = None
        if remark:
            self.remark = Label(self, size=style.SMALL, colour=style.MUTED)
            self.remark.pack(anchor="w", padx=style.PAD, pady=(0, style.GAP))


class Bar(tk.Canvas):
    """A progress bar: two thick lines with round ends.

    CustomTkinter's own draws a dozen shapes anew at each step, which is felt while a run works.
    """

    def __init__(self, master: Any, *, height: int = 6) -> None:
        self._height = style.pixels(master, height)
        super().__init__(master, height=self._height, width=40, borderwidth=0, highlightthickness=0)
        self._track = self.create_line(0, 0, 0, 0, capstyle="round", width=self._height - 1)
        self._done = self.create_line(0, 0, 0, 0, capstyle="round", width=self._height - 1)
        self._surface = master
        self.fraction = 0.0
        self._width = 1  # as Tk told it: asking at each step would wait for the workers
        self._pixel = -1
        self._hidden = False
        self.bind("<Configure>", self._resized)
        self.bind("<<ThemeChanged>>", lambda _e: self.retheme())
        self.retheme()

    def move(self, fraction: float) -> None:
        self.fraction = min(1.0, max(0.0, fraction))
        self._draw()

    def retheme(self) -> None:
        self.configure(background=style.shade(surface_of(self._surface)))
        self.itemconfigure(self._track, fill=style.shade(style.TRACK))
        self.itemconfigure(self._done, fill=style.shade(style.ACCENT))

    def _resized(self, event: Any) -> None:
        self._width = event.width
        self._draw(anew=True)

    def _draw(self, *, anew: bool = False) -> None:
        half = self._height / 2
        length = max(1.0, self._width - 2 * half)
        pixel = round(self.fraction * length)
        hidden = not self.fraction
        middle = half - 0.5
        if anew:
            tell(self, "coords", self._track, half, middle, half + length, middle)
        if anew or pixel != self._pixel:
            self._pixel = pixel
            tell(self, "coords", self._done, half, middle, half + pixel, middle)
        if hidden != self._hidden:
            self._hidden = hidden
            tell(self, "itemconfigure", self._done, "-state", "hidden" if hidden else "normal")


class ProgressLine(ctk.CTkFrame):  # type: ignore[misc]
    """'Projects … 2,604 of 4,012' over a thin bar."""

    def __init__(self, master: tk.Misc) -> None:
        super().__init__(master, fg_color="transparent")
        self.columnconfigure(0, weight=1)
        self.title = Label(self, size=style.SECONDARY, colour=style.MUTED)
        self.title.grid(row=0, column=0, sticky="w")
        self.count = Label(self, size=style.SECONDARY)
        self.count.grid(row=0, column=1, sticky="e")
        self.bar = Bar(self)
        self.bar.grid(row=1, column=0, columnspan=2, sticky="ew", pady=(style.GRID, 0))

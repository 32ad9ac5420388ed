"""Numbers at a glance: a tile with one number, a line with a bar."""

import tkinter as tk

import customtkinter as ctk

from gui import style
from gui.widgets.basics import Card, Label


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


class Bar(ctk.CTkProgressBar):  # type: ignore[misc]  # customtkinter is untyped
    """A progress bar that is redrawn only when it moves by something visible."""

    def __init__(self, master: tk.Misc, *, height: int = 6) -> None:
        super().__init__(master, height=height, width=40)
        self._shown = -1.0
        self.move(0.0)

    def move(self, fraction: float) -> None:
        fraction = min(1.0, max(0.0, fraction))
        if abs(fraction - self._shown) >= 0.0005 or (fraction == 1.0 and self._shown != 1.0):
            if (fraction == 0.0) != (self._shown == 0.0):
                # CustomTkinter draws a dot where nothing is done yet.
                self.configure(progress_color=style.TRACK if fraction == 0.0 else style.ACCENT)
            self._shown = fraction
            self.set(fraction)


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

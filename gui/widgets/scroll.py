"""A scrolling area for forms.

CustomTkinter's own adds bindings to every widget of the program that are never removed, and
its scrollbar redraws the whole window while scrolling; this one has one binding in all.
"""

import sys
import tkinter as tk
from tkinter import ttk
from typing import Any

import customtkinter as ctk

from gui import style


class ScrollArea(ctk.CTkFrame):  # type: ignore[misc]  # customtkinter is untyped
    """Put widgets into `inside`; they get the width of the area and scroll vertically.

    With `fill` rows they get its height, too, for a row with weight to take, and scroll only where
    that is too little for them.
    """

    def __init__(
        self, master: tk.Misc, colour: style.Colour = style.WINDOW, *, fill: int = 0
    ) -> None:
        super().__init__(master, fg_color=colour)
        self._colour = colour
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.canvas = tk.Canvas(self, highlightthickness=0, borderwidth=0, takefocus=0)
        self.canvas.grid(row=0, column=0, sticky="nsew")
        self._bar = ttk.Scrollbar(
            self,
            orient="vertical",
            command=self.canvas.yview,
            style="Vertical.TScrollbar" if colour is style.CARD else "Window.Vertical.TScrollbar",
        )
        # The bar's room is kept free while it is away: if the content got wider with it gone,
        # texts could wrap shorter, bring it back, and so on for ever.
        self.columnconfigure(1, minsize=self._bar.winfo_reqwidth())
        self.canvas.configure(yscrollcommand=self._scrolled)
        self.inside = ctk.CTkFrame(self.canvas, fg_color=colour, bg_color=colour)
        self._item = self.canvas.create_window(0, 0, anchor="nw", window=self.inside)
        self._strut = tk.Frame(self.inside, width=1)  # as high as the area, behind what is inside
        if fill:
            self._strut.grid(row=0, rowspan=fill, column=0, sticky="w")
        self.inside.bind("<Configure>", self._inside_changed)
        self.canvas.bind("<Configure>", self._area_changed)
        # On the whole window: an own binding on what lies inside would make a stop for Tab of it.
        self.winfo_toplevel().bind("<<TraverseIn>>", self._reached, add="+")
        self.retheme()

    def retheme(self) -> None:
        for widget in (self.canvas, self._strut):
            widget.configure(background=style.shade(self._colour))

    def _reached(self, event: Any) -> None:
        """By Tab: what has the focus can be seen."""
        if str(event.widget).startswith(f"{self.inside}."):
            self.see(event.widget)

    def see(self, widget: tk.Misc) -> None:
        """Scroll so far that the widget can be seen, with the words above and below it."""
        height = max(1, self.inside.winfo_height())
        top = widget.winfo_rooty() - self.inside.winfo_rooty()
        bottom = top + widget.winfo_height()
        first, last = (share * height for share in self.canvas.yview())
        margin = style.pixels(self, 2 * style.EDGE)
        if top - margin < first:
            self.canvas.yview_moveto(max(0, top - margin) / height)
        elif bottom + margin > last:
            self.canvas.yview_moveto((bottom + margin - (last - first)) / height)

    def _inside_changed(self, _event: Any) -> None:
        self.canvas.configure(scrollregion=self.canvas.bbox("all"))

    def _area_changed(self, event: Any) -> None:
        self.canvas.itemconfigure(self._item, width=event.width)
        self._strut.configure(height=event.height)

    def _scrolled(self, first: float, last: float) -> None:
        if float(first) <= 0.0 and float(last) >= 1.0:
            self._bar.grid_remove()
        else:
            self._bar.grid(row=0, column=1, sticky="ns")
        self._bar.set(float(first), float(last))


def bind_wheel(root: tk.Misc) -> None:
    """The wheel scrolls the area under the pointer. Once for the whole program."""

    def wheel(event: Any) -> None:
        area = _area_of(event.widget)
        if area is None:
            return
        if event.num in (4, 5):
            steps = -2 if event.num == 4 else 2
        else:
            steps = -event.delta if sys.platform == "darwin" else -event.delta // 60
        first, last = area.canvas.yview()
        if (steps < 0 and first > 0) or (steps > 0 and last < 1):
            area.canvas.yview_scroll(steps, "units")

    for sequence in ("<MouseWheel>", "<Button-4>", "<Button-5>"):
        root.bind_all(sequence, wheel, add="+")


def _area_of(widget: Any) -> ScrollArea | None:
    # A file dialog's widgets arrive as plain names (CustomTkinter stumbles over them).
    while isinstance(widget, tk.Misc):
        if isinstance(widget, (ttk.Treeview, tk.Text)) and widget.yview() != (0.0, 1.0):
            return None  # these scroll themselves
        if isinstance(widget, ScrollArea):
            return widget
        widget = widget.master
    return None

"""Marks on a table: a line under what was searched for, in the cells that are in sight."""

import re
import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import NamedTuple

from gui import style

LINE = 2  # unscaled height
SIDE = 4  # unscaled; what ttk leaves left of a cell's text


def found_in(text: str, wanted: str) -> tuple[int, int] | None:
    """Where the wanted text stands, in any case; of a number in any writing, as the search
    finds it."""
    place = text.casefold().find(wanted)
    if place >= 0:
        return place, place + len(wanted)
    digits = re.sub(r"\D", "", wanted)
    if not digits or re.search(r"[^\d\s()+\-.–]", wanted):
        return None
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    whole = "".join(text[place] for place in places)
    for each in (digits, "7" + digits[1:] if digits.startswith("8") else digits):
        if (start := whole.find(each)) >= 0:
            return places[start], places[start + len(each) - 1] + 1
    return None


class Where(NamedTuple):
    """The cells that are searched: these columns, in this font; `#0` is the tree's own, whose texts
    stand to the right of a `picture` so wide, in pixels."""

    columns: Sequence[str]
    face: style.Font
    picture: int = 0


class FoundMarks:
    """Tk thread only. `place_soon` after everything that moves the cells."""

    def __init__(self, tree: ttk.Treeview, where: Callable[[], Where]) -> None:
        self._tree = tree
        self._where = where
        self._lines: list[tk.Frame] = []
        self._wanted = ""
        self._waiting = ""  # Tk's name of the call that is to come
        tree.bind("<Destroy>", lambda _e: self._forget(), add="+")

    def look_for(self, text: str) -> None:
        self._wanted = text.strip().casefold()
        self.place_soon()

    def place_soon(self) -> None:
        """Under what is found, once the rows stand."""
        if not self._waiting:
            self._waiting = self._tree.after_idle(self._place)

    def _forget(self) -> None:
        if self._waiting:
            self._tree.after_cancel(self._waiting)
            self._waiting = ""

    def _place(self) -> None:
        self._waiting = ""
        where = self._where()
        used = 0
        if self._wanted:
            for key in self._in_sight():
                for column in where.columns:
                    used += self._mark(key, column, where, used)
        for line in self._lines[used:]:
            line.place_forget()

    def _in_sight(self) -> Sequence[str]:
        keys = self._tree.get_children()
        if not keys:
            return ()
        first, last = self._tree.yview()
        return keys[int(first * len(keys)) : int(last * len(keys)) + 1]

    def _mark(self, key: str, column: str, where: Where, used: int) -> bool:
        own = column == "#0"
        text = str(self._tree.item(key, "text") if own else self._tree.set(key, column))
        span = found_in(text, self._wanted)
        box = self._tree.bbox(key, column) if span is not None else ""
        if span is None or not box:
            return False
        x, y, width, height = box
        side = where.picture if own else style.pixels(self._tree, SIDE)
        left = side + style.text_width(self._tree, text[: span[0]], where.face)
        found = style.text_width(self._tree, text[span[0] : span[1]], where.face)
        long = min(found, width - left)
        if long <= 0:
            return False
        thick = max(1, style.pixels(self._tree, LINE))
        if used == len(self._lines):
            self._lines.append(tk.Frame(self._tree, borderwidth=0))
        line = self._lines[used]
        line.configure(background=style.shade(style.ACCENT))
        size = style.pixels(self._tree, style.SECONDARY)
        line.place(x=x + left, y=y + (height + size) // 2 + 1, width=long, height=thick)
        return True

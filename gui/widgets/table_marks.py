"""Marks on a table: a line under what was searched for, in the cells that are in sight."""

import re
import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk

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


class FoundMarks:
    """Tk thread only. `place` again after everything that moves the cells."""

    def __init__(self, tree: ttk.Treeview) -> None:
        self._tree = tree
        self._lines: list[tk.Frame] = []
        self._wanted = ""

    def look_for(self, text: str) -> None:
        self._wanted = text.strip().casefold()

    def place(self, columns: Sequence[str], face: style.Font, picture: int = 0) -> None:
        """Under what was found in these columns; `#0` is the tree's own, whose texts stand to the
        right of a picture so wide."""
        used = 0
        if self._wanted:
            for key in self._in_sight():
                for column in columns:
                    used += self._mark(key, column, face, picture, used)
        for line in self._lines[used:]:
            line.place_forget()

    def _in_sight(self) -> Sequence[str]:
        keys = self._tree.get_children()
        if not keys:
            return ()
        first, last = self._tree.yview()
        return keys[int(first * len(keys)) : int(last * len(keys)) + 1]

    def _mark(self, key: str, column: str, face: style.Font, picture: int, used: int) -> bool:
        own = column == "#0"
        text = str(self._tree.item(key, "text") if own else self._tree.set(key, column))
        span = found_in(text, self._wanted)
        box = self._tree.bbox(key, column) if span is not None else ""
        if span is None or not box:
            return False
        x, y, width, height = box
        side = picture if own else style.pixels(self._tree, SIDE)
        left = side + style.text_width(self._tree, text[: span[0]], face)
        long = min(style.text_width(self._tree, text[span[0] : span[1]], face), width - left)
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

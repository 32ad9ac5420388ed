"""The pointer over a table: whether somebody has its rows in hand, and what a cell says whole."""

import time
import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from gui.widgets import tooltip

POINTED_SECONDS = 8.0  # for which rows stay where they are after the pointer was moved over them


class Pointer:
    """`whole` tells the whole text of a cell, by row and place from the left; None where it has
    none. Tk thread only."""

    def __init__(
        self,
        owner: tk.Misc,
        tree: ttk.Treeview,
        whole: Callable[[str, int], tuple[str, str] | None],
    ) -> None:
        self._owner = owner
        self._tree = tree
        self._whole = whole
        self._explained: tuple[str, int] | None = None  # the cell under the pointer
        self._touched = False
        self._moved_at = -POINTED_SECONDS
        for sequence in ("<Button-1>", "<Key>", "<MouseWheel>", "<Button-4>", "<Button-5>"):
            tree.bind(sequence, self._touch, add="+")
        tree.bind("<Motion>", self._move, add="+")
        tree.bind("<Leave>", lambda _e: self._explain(None), add="+")

    @property
    def in_hand(self) -> bool:
        """Whether it moves over the rows, or somebody has clicked or scrolled in them since
        `let_go`."""
        return self._touched or self.here

    @property
    def here(self) -> bool:
        """Whether it was moved here a moment ago; one that rests there reads nothing."""
        return time.monotonic() - self._moved_at < POINTED_SECONDS

    def let_go(self) -> None:
        """What is shown may change: something else was asked for."""
        self._touched = False

    def _touch(self, _event: Any) -> None:
        self._touched = True

    def _move(self, event: Any) -> None:
        self._moved_at = time.monotonic()
        self._explain(event)

    def _explain(self, event: Any | None) -> None:
        """The whole text of a cell that is shortened, beside the pointer."""
        cell: tuple[str, int] | None = None
        if event is not None and self._tree.identify_region(event.x, event.y) == "cell":
            place = int(self._tree.identify_column(event.x)[1:]) - 1
            cell = (self._tree.identify_row(event.y), place)
        if cell == self._explained:
            return
        self._explained = cell
        bubble = tooltip.bubble(self._owner)
        bubble.hide()
        found = self._whole(*cell) if cell is not None else None
        if found is not None and event is not None:
            key, whole = found
            shown = str(self._tree.set(self._tree.identify_row(event.y), key))
            if shown.endswith("…") and not whole.endswith("…"):
                bubble.show_soon(whole, event.x_root, event.y_root)

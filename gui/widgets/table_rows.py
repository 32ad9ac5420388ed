"""Rows of a table, and by which column they are in order."""

import tkinter as tk
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from functools import partial
from tkinter import ttk
from typing import Any

from gui import style
from gui.icons import icon
from gui.widgets.table_widths import Column

PICTURE = 12  # unscaled, in the headings of columns that can be sorted


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: `key` comes back from selections; `mark` colours its text (see `gui.widgets.table`).
    `order` are the values by which a table that sorts its rows itself does so, where not the
    texts."""

    key: str
    values: Sequence[str]
    mark: str = ""
    order: Sequence[Any] = ()


class RowOrder:
    """Which column orders the rows, the mark of it in the headings, and its memory between
    starts. Tk thread only."""

    def __init__(
        self, tree: ttk.Treeview, columns: Sequence[Column], memory: MutableMapping[str, Any]
    ) -> None:
        self._tree = tree
        self._columns = tuple(columns)
        self._memory = memory
        self._pictures: dict[str, Any] = {}
        self.present: tuple[str, bool] | None = self.kept  # column, and whether falling

    @property
    def kept(self) -> tuple[str, bool] | None:
        """By which column the rows were in order last, and whether falling."""
        kept = self._memory.get("sort")
        sortable = {column.key for column in self._columns if column.sortable}
        if isinstance(kept, list) and len(kept) == 2 and kept[0] in sortable:
            return str(kept[0]), bool(kept[1])
        return None

    def choose(self, key: str) -> bool:
        """Somebody pressed a heading: rising first, falling when pressed again. True if falling."""
        descending = self.present == (key, False)
        self._memory["sort"] = [key, descending]
        self.mark(key, descending)
        return descending

    def mark(self, key: str, descending: bool) -> None:
        self.present = (key, descending)
        self._show()

    def sorted(self, rows: Iterable[TableRow]) -> Iterable[TableRow]:
        """The rows as the headings say."""
        if self.present is None:
            return rows
        key, descending = self.present
        place = next(n for n, column in enumerate(self._columns) if column.key == key)

        def value(row: TableRow) -> tuple[bool, Any]:
            found = row.order[place] if row.order else row.values[place].casefold()
            return found is not None, found if found is not None else 0

        return sorted(rows, key=value, reverse=descending)

    def draw(self, widget: tk.Misc) -> None:
        """The pictures of the headings in the present theme and scaling."""
        factor, mode = style.scaling(widget), "dark" if style.is_dark() else "light"
        self._pictures = {
            name: icon(name, PICTURE, colour).create_scaled_photo_image(factor, mode)
            for name, colour in (
                ("sort", style.PART),
                ("chevron_up", style.ACCENT),
                ("chevron_down", style.ACCENT),
            )
        }
        self._show()

    def _show(self) -> None:
        for column in self._columns:
            if column.sortable:
                name = "sort"
                if self.present is not None and self.present[0] == column.key:
                    name = "chevron_down" if self.present[1] else "chevron_up"
                self._tree.heading(column.key, image=self._pictures[name])

    def on_heading(self, sort: Callable[[str], None]) -> None:
        """`sort` is called with the column whose heading is pressed."""
        for column in self._columns:
            if column.sortable:
                self._tree.heading(column.key, command=partial(sort, column.key))

"""A table: ttk.Treeview in the window's dress, filled a page at a time.

CustomTkinter has no table, and one built of its labels takes seconds for 500 rows; Treeview
takes 100,000 rows in half a second.
"""

import time
import tkinter as tk
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from tkinter import ttk
from typing import Any, Literal

import customtkinter as ctk

from gui import editing, style
from gui.texts import Texts
from gui.widgets.basics import Label
from gui.widgets.table_widths import Column

LEAST_SHARE = 0.5  # of its width that a stretching column keeps before all others shrink too
SPARE_SHARE = 0.8  # below it the columns that can be missed make room
CELL_PADDING = 10  # of ttk's cells, both sides together
POINTED_SECONDS = 8.0  # for which rows stay where they are after the pointer was moved over them
APART = "\u2002"  # between a number and the text to its right, which ttk sets side by side

__all__ = ["Column", "Table", "TableRow"]

_ONE_LINE = str.maketrans("\t\n\r", "   ")  # a second line would lie over the next row

_MARKS = {
    "error": style.ERROR,
    "warning": style.WARNING,
    "done": style.DONE,
    "accent": style.ACCENT,
    "muted": style.MUTED,
}


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: `key` comes back from selections; `mark` colours its text (see `_MARKS`)."""

    key: str
    values: Sequence[str]
    mark: str = ""


class Table(ctk.CTkFrame):  # type: ignore[misc]  # customtkinter is untyped
    """Rows with selection, double click or Return, a context menu, and an empty state.

    `on_menu` gets the row and the place on the screen for its menu.
    """

    def __init__(
        self,
        master: tk.Misc,
        columns: Sequence[Column],
        texts: Texts,
        *,
        on_select: Callable[[list[str]], None] | None = None,
        on_open: Callable[[str], None] | None = None,
        on_sort: Callable[[str, bool], None] | None = None,
        on_menu: Callable[[str, int, int], None] | None = None,
        select: Literal["browse", "extended", "none"] = "browse",
    ) -> None:
        super().__init__(master, fg_color="transparent")
        self.columns = tuple(columns)
        self._on_sort = on_sort
        self._sorted: tuple[str, bool] | None = None
        self._rows: dict[str, TableRow] = {}
        self._shown = self.columns
        self._widths: dict[str, int] = {}
        self._needed: dict[str, int] = {}
        self._touched = False
        self._pointed_at = -POINTED_SECONDS
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.tree = ttk.Treeview(
            self, columns=[c.key for c in columns], show="headings", selectmode=select
        )
        self.tree.grid(row=0, column=0, sticky="nsew")
        self._bar = ttk.Scrollbar(self, orient="vertical", command=self.tree.yview)
        self._bar.grid(row=0, column=1, sticky="ns", padx=(2, 0))
        self.tree.configure(yscrollcommand=self._scrolled)
        self.empty = Label(
            self, colour=style.MUTED, size=style.BODY, justify="center", anchor="center"
        )
        for column in columns:
            self._add_column(column, texts)
        self.tree.bind("<Configure>", lambda event: self._fit(event.width))
        for sequence in ("<Button-1>", "<Key>", "<MouseWheel>", "<Button-4>", "<Button-5>"):
            self.tree.bind(sequence, self._touch, add="+")
        self.tree.bind("<Motion>", self._point, add="+")
        if on_select is not None:
            self.tree.bind("<<TreeviewSelect>>", lambda _e: on_select(self.selected))
        if on_open is not None:
            self.tree.bind("<Double-1>", lambda e: self._opened(e, on_open))
            self.tree.bind("<Return>", lambda _e: self._opened(None, on_open))
        if on_menu is not None:
            self.tree.bind("<Button-3>", lambda e: self._menu(e, on_menu))
            editing.bind_menu(self.tree, lambda _e: self._menu_by_key(on_menu))
        self.retheme()

    @property
    def selected(self) -> list[str]:
        return list(self.tree.selection())

    def values(self, key: str) -> Sequence[str]:
        """The whole texts of a row, however much of them can be seen."""
        return self._rows[key].values

    def show(self, rows: Iterable[TableRow], *, keep_selection: bool = True) -> None:
        """Show these rows and no others. Of the present ones those that stay keep their place on
        the screen, with the selection, so that nothing moves under the hand."""
        if not keep_selection:
            self.tree.selection_set(())
        first = self._first_in_sight()
        before, self._rows = self._rows, {row.key: row for row in rows}
        self._measure(self._rows.values())
        self.tree.delete(*(key for key in before if key not in self._rows))
        for place, row in enumerate(self._rows.values()):
            tags = (row.mark,) if row.mark else ()
            if row.key not in before:
                self.tree.insert("", place, iid=row.key, values=self._cells(row), tags=tags)
                continue
            if self.tree.index(row.key) != place:
                self.tree.move(row.key, "", place)
            if before[row.key] != row:
                self.tree.item(row.key, values=self._cells(row), tags=tags)
        if first in self._rows:
            self.tree.yview_moveto(self.tree.index(first) / len(self._rows))
        elif before and not first:
            self.tree.yview_moveto(0.0)
        if self._rows:
            self.empty.place_forget()
        else:
            self.empty.place(relx=0.5, rely=0.45, anchor="center")

    def choose(self, key: str) -> None:
        """Select one row and bring it into sight."""
        if self.tree.exists(key):
            self.tree.selection_set(key)
            self.tree.focus(key)
            self.tree.see(key)

    @property
    def in_hand(self) -> bool:
        """Whether the pointer moves over the rows, or somebody has clicked or scrolled in them
        since `let_go`."""
        return self._touched or self._pointed

    def let_go(self) -> None:
        """What is shown may change: something else was asked for."""
        self._touched = False

    def _first_in_sight(self) -> str:
        """The row at the upper edge; none at the very top where nobody points at the rows."""
        if not self._pointed and self.tree.yview()[0] <= 0.0:
            return ""
        head = style.pixels(self, style.ROW) // 2
        for y in range(head, 6 * head, head // 2):
            if self.tree.identify_region(5, y) in ("cell", "tree") and (
                key := self.tree.identify_row(y)
            ):
                return key
        return ""

    @property
    def _pointed(self) -> bool:
        """Whether the pointer was moved here a moment ago; one that rests there reads nothing."""
        return time.monotonic() - self._pointed_at < POINTED_SECONDS

    def _point(self, _event: Any) -> None:
        self._pointed_at = time.monotonic()

    def _touch(self, _event: Any) -> None:
        self._touched = True

    def mark_sorted(self, key: str, descending: bool) -> None:
        """Show by which column the rows are in order (the caller sorts them)."""
        self._sorted = (key, descending)

    def retheme(self) -> None:
        """After a change of theme: ttk follows by itself, tags and widths do not."""
        for mark, colour in _MARKS.items():
            self.tree.tag_configure(mark, foreground=style.shade(colour))
        for column in self.columns:
            self.tree.column(column.key, minwidth=style.pixels(self, 32))
        self._face = style.plain_font(self, style.SECONDARY)
        self._bold = style.plain_font(self, style.SECONDARY, bold=True)
        self._padding = style.pixels(self, CELL_PADDING)
        self._needed, self._widths = {}, {}
        self._measure(self._rows.values())
        self._fit(self.tree.winfo_width())

    # --- widths ---

    def _measure(self, rows: Iterable[TableRow]) -> None:
        """How wide the columns must be to hold these rows; they do not become narrower again."""
        rows = tuple(rows)
        before = dict(self._needed)
        for place, column in enumerate(self.columns):
            if not column.stretch:
                texts = {self._apart(column, row.values[place]) for row in rows}
                widest = max(map(self._width_of, texts), default=0)
                title = style.text_width(self, self._title(column), self._bold)
                needed = self._padding + max(widest, title)
                self._needed[column.key] = max(needed, self._needed.get(column.key, 0))
        if self._needed != before:
            self._fit(self.tree.winfo_width())

    def _fit(self, available: int) -> None:
        """Share the width: Tk itself widens columns but does not narrow them at first."""
        if available <= 1:  # not on the screen yet: <Configure> comes
            return
        columns = self.columns
        if self._narrowest(columns, SPARE_SHARE) > available:
            columns = tuple(column for column in columns if not column.spare)
        widths = self._shared(columns, available)
        if columns != self._shown:
            self._shown = columns
            self.tree.configure(displaycolumns=[column.key for column in columns])
        if widths == self._widths:
            return
        self._widths = widths
        for key, width in widths.items():
            self.tree.column(key, width=width)
        for row in self._rows.values():
            if self.tree.exists(row.key):
                self.tree.item(row.key, values=self._cells(row))

    def _wished(self, column: Column) -> int:
        return max(style.pixels(self, column.width), self._needed.get(column.key, 0))

    def _least(self, column: Column, share: float = LEAST_SHARE) -> int:
        """Numbers and dates are held whole; texts that stretch give way first."""
        if column.stretch:
            return int(style.pixels(self, column.width) * share)
        return self._needed.get(column.key, 0)

    def _narrowest(self, columns: Sequence[Column], share: float) -> int:
        return sum(self._least(column, share) for column in columns)

    def _shared(self, columns: Sequence[Column], available: int) -> dict[str, int]:
        widths = {column.key: self._wished(column) for column in columns}
        spare = available - sum(widths.values())
        if spare >= 0:
            elastic = [column for column in columns if column.stretch] or columns
            for column in elastic:
                widths[column.key] += spare // len(elastic)
            return widths
        least = {column.key: self._least(column) for column in columns}
        slack = {key: widths[key] - least[key] for key in widths}
        give = min(1.0, -spare / max(1, sum(slack.values())))
        widths = {key: int(width - slack[key] * give) for key, width in widths.items()}
        total = sum(widths.values())
        if total > available:
            widths = {key: width * available // total for key, width in widths.items()}
        return widths

    def _cells(self, row: TableRow) -> list[str]:
        """The texts as they fit; ttk would cut them in the middle of a letter."""
        cells = []
        for column, value in zip(self.columns, row.values, strict=True):
            text = value.translate(_ONE_LINE)
            width = self._widths.get(column.key)
            if column.number:
                text = self._apart(column, text)
            elif width is not None:
                text = style.shortened(self, text, self._face, width - self._padding)
            cells.append(text)
        return cells

    def _width_of(self, text: str) -> int:
        return style.text_width(self, text, self._face)

    def _apart(self, column: Column, text: str) -> str:
        """A number with some air where the next column is a text."""
        following = self.columns[self.columns.index(column) + 1 :]
        return text + APART if following and not following[0].number else text

    def _title(self, column: Column) -> str:
        return self._apart(column, column.title()) if column.number else column.title()

    def _add_column(self, column: Column, texts: Texts) -> None:
        anchor: Literal["e", "w"] = "e" if column.number else "w"
        self.tree.column(column.key, anchor=anchor, stretch=False)
        texts.call(lambda: self.tree.heading(column.key, text=self._title(column), anchor=anchor))
        if column.sortable:
            self.tree.heading(column.key, command=lambda: self._sort(column.key))

    def _sort(self, key: str) -> None:
        descending = self._sorted is not None and self._sorted == (key, False)
        self._sorted = (key, descending)
        if self._on_sort is not None:
            self._on_sort(key, descending)

    def _opened(self, event: Any | None, on_open: Callable[[str], None]) -> None:
        key = self.tree.identify_row(event.y) if event is not None else self.tree.focus()
        if key:
            on_open(key)

    def _menu(self, event: Any, on_menu: Callable[[str, int, int], None]) -> None:
        if key := self.tree.identify_row(event.y):
            self.tree.focus_set()
            self.choose(key)
            on_menu(key, event.x_root, event.y_root)

    def _menu_by_key(self, on_menu: Callable[[str, int, int], None]) -> None:
        """Below the chosen row, where it is in sight."""
        for key in self.selected[:1]:
            if box := self.tree.bbox(key):
                left, top, _width, height = box
                on_menu(key, self.tree.winfo_rootx() + left, self.tree.winfo_rooty() + top + height)

    def _scrolled(self, first: float, last: float) -> None:
        """The bar is there only where there is something to scroll."""
        if float(first) <= 0.0 and float(last) >= 1.0:
            self._bar.grid_remove()
        else:
            self._bar.grid()
        self._bar.set(float(first), float(last))

"""A table: ttk.Treeview in the window's dress, filled a page at a time.

CustomTkinter has no table, and one built of its labels takes seconds for 500 rows; Treeview
takes 100,000 rows in half a second.
"""

import tkinter as tk
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from tkinter import ttk
from typing import Any, Literal

import customtkinter as ctk

from core.i18n import _
from gui import editing, style
from gui.texts import Texts
from gui.widgets.basics import Label
from gui.widgets.context_menu import MenuEntry
from gui.widgets.table_cells import ONE_LINE
from gui.widgets.table_layout import ColumnLayout
from gui.widgets.table_marks import FoundMarks, Where
from gui.widgets.table_pointer import Pointer
from gui.widgets.table_rows import RowOrder, TableRow
from gui.widgets.table_widths import Column

__all__ = ["Column", "Table", "TableRow"]

_MARKS = {
    "error": style.ERROR,
    "warning": style.WARNING,
    "done": style.DONE,
    "accent": style.ACCENT,
    "muted": style.MUTED,
}


class Table(ctk.CTkFrame):  # type: ignore[misc]  # customtkinter is untyped
    """Rows with selection, double click or Return, a context menu, and an empty state.

    `on_menu` gets the row and the place on the screen for its menu. Where no `on_sort` is given
    the table sorts its rows itself. `memory` is kept between starts: widths and order of the
    columns, order of the rows. Tk thread only.
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
        on_copy: Callable[[], Any] | None = None,
        select: Literal["browse", "extended", "none"] = "browse",
        memory: MutableMapping[str, Any] | None = None,
    ) -> None:
        super().__init__(master, fg_color="transparent")
        self.columns = tuple(columns)
        memory = {} if memory is None else memory
        self._on_sort = on_sort
        self._rows: dict[str, TableRow] = {}
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.tree = ttk.Treeview(
            self, columns=[c.key for c in columns], show="headings", selectmode=select
        )
        self.tree.grid(row=0, column=0, sticky="nsew")
        self._bar = ttk.Scrollbar(self, orient="vertical", command=self.tree.yview)
        self._bar.grid(row=0, column=1, sticky="ns", padx=(2, 0))
        self._side_bar = ttk.Scrollbar(self, orient="horizontal", command=self.tree.xview)
        self._side_bar.grid(row=1, column=0, sticky="ew", pady=(2, 0))
        self.tree.configure(yscrollcommand=self._scrolled, xscrollcommand=self._scrolled_sideways)
        self.empty = Label(
            self, colour=style.MUTED, size=style.BODY, justify="center", anchor="center"
        )
        self._order = RowOrder(self.tree, columns, memory)
        self._found = FoundMarks(self.tree, self._texts_shown)
        self._pointer = Pointer(self, self.tree, self._whole)
        self._layout = ColumnLayout(
            self, self.tree, columns, memory,
            self._rows.values, self._write_cells, self._found.place_soon,
        )  # fmt: skip
        self._order.on_heading(self._sort)
        self._layout.head(texts)
        self._listen(on_select, on_open, on_menu, on_copy, several=select == "extended")
        self.retheme()

    def _listen(
        self,
        on_select: Callable[[list[str]], None] | None,
        on_open: Callable[[str], None] | None,
        on_menu: Callable[[str, int, int], None] | None,
        on_copy: Callable[[], Any] | None,
        *,
        several: bool,
    ) -> None:
        tree = self.tree
        tree.bind("<Double-1>", lambda e: self._double(e, on_open))
        tree.bind("<Button-3>", lambda e: self._menu(e, on_menu))
        editing.bind_menu(tree, lambda _e: self._menu_by_key(on_menu))
        if several:
            tree.bind("<Shift-Up>", lambda _e: self._extend(-1))
            tree.bind("<Shift-Down>", lambda _e: self._extend(1))
            editing.bind_letter(tree, "a", self.choose_all)
        if on_select is not None:
            tree.bind("<<TreeviewSelect>>", lambda _e: on_select(self.selected))
        if on_open is not None:
            tree.bind("<Return>", lambda _e: self._opened(tree.focus(), on_open))
            tree.bind("<Control-Return>", lambda _e: None)  # that is the window's: Start
        if on_copy is not None:
            editing.bind_letter(tree, "c", on_copy)

    @property
    def selected(self) -> list[str]:
        return list(self.tree.selection())

    @property
    def kept_order(self) -> tuple[str, bool] | None:
        """By which column the rows were in order last, and whether falling."""
        return self._order.kept

    @property
    def in_hand(self) -> bool:
        """Whether the pointer moves over the rows, or somebody has clicked or scrolled in them
        since `let_go`."""
        return self._pointer.in_hand

    def let_go(self) -> None:
        """What is shown may change: something else was asked for."""
        self._pointer.let_go()

    @property
    def ordered_columns(self) -> Sequence[Column]:
        """All columns, those that have no room too, as they stand from left to right."""
        return self._layout.ordered

    def values(self, key: str) -> Sequence[str]:
        """The whole texts of a row, however much of them can be seen, in the order in which the
        columns were given."""
        return self._rows[key].values

    def value(self, row: TableRow, column: Column) -> str:
        """The whole text of a cell, however much of it can be seen."""
        return self._layout.text(row, column)

    def text_of(
        self, keys: Sequence[str], instead: Mapping[str, Mapping[str, str]] | None = None
    ) -> str:
        """The rows with tabs between their cells, as spreadsheets take them. `instead` are texts
        to copy that differ from those shown, by row and column."""
        lines = []
        for key in keys:
            if (row := self._rows.get(key)) is not None:
                other = (instead or {}).get(key, {})
                cells = (other.get(c.key, self.value(row, c)) for c in self.ordered_columns)
                lines.append("\t".join(cell.translate(ONE_LINE) for cell in cells))
        return "\n".join(lines)

    def rows(self) -> Sequence[TableRow]:
        """All rows, in the order in which they stand."""
        return [self._rows[key] for key in self.tree.get_children()]

    def columns_entry(self) -> MenuEntry:
        """For the menu of a row: where the columns stand, for those who do not drag headings."""
        return _("Columns"), self._layout.hand.entries(), True

    def show(self, rows: Iterable[TableRow], *, keep_selection: bool = True) -> None:
        """Show these rows and no others. Of the present ones those that stay keep their place on
        the screen, with the selection, so that nothing moves under the hand."""
        if not keep_selection:
            self.tree.selection_set(())
        first = self._first_in_sight()
        if self._on_sort is None:
            rows = self._order.sorted(rows)
        before = dict(self._rows)
        self._rows.clear()
        self._rows.update((row.key, row) for row in rows)
        self._layout.measure()
        self.tree.delete(*(key for key in before if key not in self._rows))
        for place, row in enumerate(self._rows.values()):
            tags = (row.mark,) if row.mark else ()
            if row.key not in before:
                self.tree.insert("", place, iid=row.key, values=self._layout.fitted(row), tags=tags)
                continue
            if self.tree.index(row.key) != place:
                self.tree.move(row.key, "", place)
            if before[row.key] != row:
                self.tree.item(row.key, values=self._layout.fitted(row), tags=tags)
        if first in self._rows:
            self.tree.yview_moveto(self.tree.index(first) / len(self._rows))
        elif before and not first:
            self.tree.yview_moveto(0.0)
        if self._rows:
            self.empty.place_forget()
        else:
            self.empty.place(relx=0.5, rely=0.45, anchor="center")
        self._found.place_soon()

    def choose(self, key: str) -> None:
        """Select one row and bring it into sight."""
        if self.tree.exists(key):
            self.tree.selection_set(key)
            self.tree.focus(key)
            self.tree.see(key)

    def choose_all(self) -> None:
        self.tree.selection_set(self.tree.get_children())

    def look_for(self, text: str) -> None:
        """Mark this text in the cells."""
        self._found.look_for(text)

    def mark_sorted(self, key: str, descending: bool) -> None:
        """Show by which column the rows are in order (the caller sorts them)."""
        self._order.mark(key, descending)

    def retheme(self) -> None:
        """After a change of theme: ttk follows by itself, tags and widths do not."""
        for mark, colour in _MARKS.items():
            self.tree.tag_configure(mark, foreground=style.shade(colour))
        self._order.draw(self)
        self._layout.rescale()

    # --- the hand ---

    def _first_in_sight(self) -> str:
        """The row at the upper edge; none at the very top where nobody points at the rows."""
        if not self._pointer.here and self.tree.yview()[0] <= 0.0:
            return ""
        half = style.pixels(self, style.ROW) // 2
        for y in range(half, 6 * half, half // 2):
            if self.tree.identify_region(5, y) in ("cell", "tree") and (
                key := self.tree.identify_row(y)
            ):
                return key
        return ""

    def _whole(self, key: str, place: int) -> tuple[str, str] | None:
        shown = self._layout.shown
        if key in self._rows and 0 <= place < len(shown):
            column = shown[place]
            return column.key, self.value(self._rows[key], column)
        return None

    def _extend(self, step: int) -> str:
        """Shift and an arrow: one row more."""
        keys = self.tree.get_children()
        present = self.tree.focus()
        if present in keys:
            place = keys.index(present) + step
            if 0 <= place < len(keys):
                self.tree.selection_add(present, keys[place])
                self.tree.focus(keys[place])
                self.tree.see(keys[place])
        return "break"

    def _opened(self, key: str, on_open: Callable[[str], None]) -> None:
        if key:
            on_open(key)

    def _double(self, event: Any, on_open: Callable[[str], None] | None) -> str | None:
        region = self.tree.identify_region(event.x, event.y)
        if region == "separator":
            self._layout.fit_to_texts(int(self.tree.identify_column(event.x - 3)[1:] or 0) - 1)
            return "break"
        if region == "cell" and on_open is not None:
            self._opened(self.tree.identify_row(event.y), on_open)
        return None

    def _menu(self, event: Any, on_menu: Callable[[str, int, int], None] | None) -> None:
        if self._layout.hand.pop_up(event) or on_menu is None:
            return
        if key := self.tree.identify_row(event.y):
            self.tree.focus_set()
            if key not in self.tree.selection():  # a menu is about all that is chosen
                self.choose(key)
            on_menu(key, event.x_root, event.y_root)

    def _menu_by_key(self, on_menu: Callable[[str, int, int], None] | None) -> None:
        """Below the chosen row, where it is in sight; that of the columns where rows have none."""
        for key in self.selected[:1]:
            if box := self.tree.bbox(key):
                left, top, _width, height = box
                x, y = self.tree.winfo_rootx() + left, self.tree.winfo_rooty() + top + height
                if on_menu is not None:
                    on_menu(key, x, y)
                else:
                    self._layout.hand.pop_up_all(x, y)

    def _sort(self, key: str) -> None:
        descending = self._order.choose(key)
        if self._on_sort is not None:
            self._on_sort(key, descending)
        else:
            self.show(tuple(self._rows.values()))

    def _write_cells(self) -> None:
        for row in self._rows.values():
            if self.tree.exists(row.key):
                self.tree.item(row.key, values=self._layout.fitted(row))
        self._found.place_soon()

    # --- scrolling and marks ---

    def _scrolled(self, first: float, last: float) -> None:
        """The bar is there only where there is something to scroll."""
        self._show_bar(self._bar, float(first), float(last))

    def _scrolled_sideways(self, first: float, last: float) -> None:
        self._show_bar(self._side_bar, float(first), float(last))

    def _show_bar(self, bar: ttk.Scrollbar, first: float, last: float) -> None:
        if first <= 0.0 and last >= 1.0:
            bar.grid_remove()
        else:
            bar.grid()
        bar.set(first, last)
        self._found.place_soon()

    def _texts_shown(self) -> Where:
        texts = [column.key for column in self._layout.shown if not column.number]
        return Where(texts, self._layout.face)

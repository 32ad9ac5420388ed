"""A table: ttk.Treeview in the window's dress, filled a page at a time.

CustomTkinter has no table, and one built of its labels takes seconds for 500 rows; Treeview
takes 100,000 rows in half a second.
"""

import time
import tkinter as tk
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from tkinter import ttk
from typing import Any, Literal

import customtkinter as ctk

from gui import editing, style
from gui.icons import icon
from gui.texts import Texts
from gui.widgets import tooltip
from gui.widgets.basics import Label
from gui.widgets.table_marks import FoundMarks
from gui.widgets.table_widths import LEAST, Column, ColumnWidths

CELL_PADDING = 10  # of ttk's cells, both sides together
POINTED_SECONDS = 8.0  # for which rows stay where they are after the pointer was moved over them
APART = "\u2002"  # between a number and the text to its right, which ttk sets side by side
SORT_PICTURE = 12  # unscaled, in the headings of columns that can be sorted

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
    """A row: `key` comes back from selections; `mark` colours its text (see `_MARKS`). `order`
    are the values by which a table that sorts its rows itself does so, where not the texts."""

    key: str
    values: Sequence[str]
    mark: str = ""
    order: Sequence[Any] = ()


class Table(ctk.CTkFrame):  # type: ignore[misc]  # customtkinter is untyped
    """Rows with selection, double click or Return, a context menu, and an empty state.

    `on_menu` gets the row and the place on the screen for its menu. Where no `on_sort` is given
    the table sorts its rows itself. `memory` is kept between starts: widths and order.
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
        self.memory = {} if memory is None else memory
        self._on_sort = on_sort
        self._sorted: tuple[str, bool] | None = self.kept_order
        self._rows: dict[str, TableRow] = {}
        self._shown: Sequence[Column] = self.columns
        self._widths: dict[str, int] = {}
        self._share = ColumnWidths(columns, self.memory)
        self._pictures: dict[str, Any] = {}
        self._dragging = False
        self._explained: tuple[str, str] | None = None  # the cell under the pointer
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
        self._side_bar = ttk.Scrollbar(self, orient="horizontal", command=self.tree.xview)
        self._side_bar.grid(row=1, column=0, sticky="ew", pady=(2, 0))
        self.tree.configure(yscrollcommand=self._scrolled, xscrollcommand=self._scrolled_sideways)
        self._found = FoundMarks(self.tree)
        self._marking = ""
        self.empty = Label(
            self, colour=style.MUTED, size=style.BODY, justify="center", anchor="center"
        )
        for column in columns:
            self._add_column(column, texts)
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
        tree.bind("<Configure>", lambda event: self._fit(event.width))
        for sequence in ("<Button-1>", "<Key>", "<MouseWheel>", "<Button-4>", "<Button-5>"):
            tree.bind(sequence, self._touch, add="+")
        tree.bind("<Button-1>", self._pressed, add="+")
        tree.bind("<B1-Motion>", self._dragged, add="+")
        tree.bind("<ButtonRelease-1>", self._released, add="+")
        tree.bind("<Double-1>", lambda e: self._double(e, on_open))
        tree.bind("<Motion>", self._point, add="+")
        tree.bind("<Leave>", lambda _e: self._explain(None), add="+")
        if several:
            tree.bind("<Shift-Up>", lambda _e: self._extend(-1))
            tree.bind("<Shift-Down>", lambda _e: self._extend(1))
            editing.bind_letter(tree, "a", self.choose_all)
        if on_select is not None:
            tree.bind("<<TreeviewSelect>>", lambda _e: on_select(self.selected))
        if on_open is not None:
            tree.bind("<Return>", lambda _e: self._opened(tree.focus(), on_open))
            tree.bind("<Control-Return>", lambda _e: None)  # that is the window's: Start
        if on_menu is not None:
            tree.bind("<Button-3>", lambda e: self._menu(e, on_menu))
            editing.bind_menu(tree, lambda _e: self._menu_by_key(on_menu))
        if on_copy is not None:
            editing.bind_letter(tree, "c", on_copy)

    @property
    def selected(self) -> list[str]:
        return list(self.tree.selection())

    @property
    def kept_order(self) -> tuple[str, bool] | None:
        """By which column the rows were in order last, and whether falling."""
        kept = self.memory.get("sort")
        sortable = {column.key for column in self.columns if column.sortable}
        if isinstance(kept, list) and len(kept) == 2 and kept[0] in sortable:
            return str(kept[0]), bool(kept[1])
        return None

    def values(self, key: str) -> Sequence[str]:
        """The whole texts of a row, however much of them can be seen."""
        return self._rows[key].values

    def text_of(self, keys: Sequence[str]) -> str:
        """The rows with tabs between their cells, as spreadsheets take them."""
        one_line = str.maketrans("\t\n\r", "   ")
        return "\n".join(
            "\t".join(value.translate(one_line) for value in self._rows[key].values)
            for key in keys
            if key in self._rows
        )

    def rows(self) -> Sequence[TableRow]:
        """All rows, in the order in which they stand."""
        return [self._rows[key] for key in self.tree.get_children()]

    def show(self, rows: Iterable[TableRow], *, keep_selection: bool = True) -> None:
        """Show these rows and no others. Of the present ones those that stay keep their place on
        the screen, with the selection, so that nothing moves under the hand."""
        if not keep_selection:
            self.tree.selection_set(())
        first = self._first_in_sight()
        before, self._rows = self._rows, {row.key: row for row in self._in_order(rows)}
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
        self._mark_soon()

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
        self._mark_soon()

    @property
    def in_hand(self) -> bool:
        """Whether the pointer moves over the rows, or somebody has clicked or scrolled in them
        since `let_go`."""
        return self._touched or self._pointed

    def let_go(self) -> None:
        """What is shown may change: something else was asked for."""
        self._touched = False

    def mark_sorted(self, key: str, descending: bool) -> None:
        """Show by which column the rows are in order (the caller sorts them)."""
        self._sorted = (key, descending)
        self._show_order()

    def retheme(self) -> None:
        """After a change of theme: ttk follows by itself, tags and widths do not."""
        for mark, colour in _MARKS.items():
            self.tree.tag_configure(mark, foreground=style.shade(colour))
        for column in self.columns:
            self.tree.column(column.key, minwidth=style.pixels(self, LEAST))
        self._face = style.plain_font(self, style.SECONDARY)
        self._bold = style.plain_font(self, style.SECONDARY, bold=True)
        self._padding = style.pixels(self, CELL_PADDING)
        self._share.scaling = style.scaling(self)
        self._share.forget_needs()
        self._widths = {}
        self._draw_pictures()
        self._measure(self._rows.values())
        self._fit(self.tree.winfo_width())

    # --- the hand ---

    def _first_in_sight(self) -> str:
        """The row at the upper edge; none at the very top where nobody points at the rows."""
        if not self._pointed and self.tree.yview()[0] <= 0.0:
            return ""
        half = style.pixels(self, style.ROW) // 2
        for y in range(half, 6 * half, half // 2):
            if self.tree.identify_region(5, y) in ("cell", "tree") and (
                key := self.tree.identify_row(y)
            ):
                return key
        return ""

    @property
    def _pointed(self) -> bool:
        """Whether the pointer was moved here a moment ago; one that rests there reads nothing."""
        return time.monotonic() - self._pointed_at < POINTED_SECONDS

    def _point(self, event: Any) -> None:
        self._pointed_at = time.monotonic()
        self._explain(event)

    def _touch(self, _event: Any) -> None:
        self._touched = True

    def _explain(self, event: Any | None) -> None:
        """The whole text of a cell that is shortened, beside the pointer."""
        cell: tuple[str, str] | None = None
        if event is not None and self.tree.identify_region(event.x, event.y) == "cell":
            place = int(self.tree.identify_column(event.x)[1:]) - 1
            if 0 <= place < len(self._shown):
                cell = (self.tree.identify_row(event.y), self._shown[place].key)
        if cell == self._explained:
            return
        self._explained = cell
        bubble = tooltip.bubble(self)
        bubble.hide()
        if cell is None or event is None or cell[0] not in self._rows:
            return
        keys = [column.key for column in self.columns]
        whole = self._rows[cell[0]].values[keys.index(cell[1])]
        if str(self.tree.set(*cell)).endswith("…") and not whole.endswith("…"):
            bubble.show_soon(whole, event.x_root, event.y_root)

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
            self._fit_to_texts(self.tree.identify_column(event.x - 3))
            return "break"
        if region == "cell" and on_open is not None:
            self._opened(self.tree.identify_row(event.y), on_open)
        return None

    def _menu(self, event: Any, on_menu: Callable[[str, int, int], None]) -> None:
        if key := self.tree.identify_row(event.y):
            self.tree.focus_set()
            if key not in self.tree.selection():  # a menu is about all that is chosen
                self.choose(key)
            on_menu(key, event.x_root, event.y_root)

    def _menu_by_key(self, on_menu: Callable[[str, int, int], None]) -> None:
        """Below the chosen row, where it is in sight."""
        for key in self.selected[:1]:
            if box := self.tree.bbox(key):
                left, top, _width, height = box
                on_menu(key, self.tree.winfo_rootx() + left, self.tree.winfo_rooty() + top + height)

    # --- order ---

    def _sort(self, key: str) -> None:
        descending = self._sorted is not None and self._sorted == (key, False)
        self.memory["sort"] = [key, descending]
        self.mark_sorted(key, descending)
        if self._on_sort is not None:
            self._on_sort(key, descending)
        else:
            self.show(tuple(self._rows.values()))

    def _in_order(self, rows: Iterable[TableRow]) -> Iterable[TableRow]:
        """As the heading says, where the table sorts itself."""
        if self._on_sort is not None or self._sorted is None:
            return rows
        key, descending = self._sorted
        place = next(n for n, column in enumerate(self.columns) if column.key == key)

        def value(row: TableRow) -> tuple[bool, Any]:
            found = row.order[place] if row.order else row.values[place].casefold()
            return found is not None, found if found is not None else 0

        return sorted(rows, key=value, reverse=descending)

    def _draw_pictures(self) -> None:
        """What stands in the headings of columns that can be sorted."""
        factor, mode = style.scaling(self), "dark" if style.is_dark() else "light"
        self._pictures = {
            name: icon(name, SORT_PICTURE, colour).create_scaled_photo_image(factor, mode)
            for name, colour in (
                ("sort", style.PART),
                ("chevron_up", style.ACCENT),
                ("chevron_down", style.ACCENT),
            )
        }
        self._show_order()

    def _show_order(self) -> None:
        for column in self.columns:
            if column.sortable:
                name = "sort"
                if self._sorted is not None and self._sorted[0] == column.key:
                    name = "chevron_down" if self._sorted[1] else "chevron_up"
                self.tree.heading(column.key, image=self._pictures[name])

    # --- widths ---

    def _pressed(self, event: Any) -> None:
        self._dragging = self.tree.identify_region(event.x, event.y) == "separator"

    def _dragged(self, _event: Any) -> None:
        if self._dragging:
            self.after_idle(self._take_widths)

    def _released(self, _event: Any) -> None:
        if self._dragging:
            self._dragging = False
            self._take_widths()

    def _take_widths(self) -> None:
        """What the hand has made of the columns: their texts fill it."""
        changed = False
        for column in self._shown:
            width = int(self.tree.column(column.key, "width"))
            if width != self._widths.get(column.key):
                self._share.set_own(column.key, width)
                self._widths[column.key] = width
                changed = True
        if changed:
            self._write_cells()

    def _fit_to_texts(self, name: str) -> None:
        """A double click beside a heading: as wide as the longest text."""
        place = int(name[1:]) - 1 if name[1:].isdigit() else -1
        if not 0 <= place < len(self._shown):
            return
        column = self._shown[place]
        index = self.columns.index(column)
        texts = {row.values[index].translate(_ONE_LINE) for row in self._rows.values()}
        widest = max(map(self._width_of, texts), default=0)
        self._share.set_own(column.key, max(widest, self._title_width(column)) + self._padding)
        self._fit(self.tree.winfo_width())

    def _measure(self, rows: Iterable[TableRow]) -> None:
        """How wide the columns must be to hold these rows; they do not become narrower again."""
        rows = tuple(rows)
        changed = False
        for place, column in enumerate(self.columns):
            if not column.stretch:
                texts = {self._apart(column, row.values[place]) for row in rows}
                widest = max(map(self._width_of, texts), default=0)
                needed = self._padding + max(widest, self._title_width(column))
                changed = self._share.need(column.key, needed) or changed
        if changed:
            self._fit(self.tree.winfo_width())

    def _fit(self, available: int) -> None:
        """Share the width: Tk itself widens columns but does not narrow them at first."""
        if available <= 1:  # not on the screen yet: <Configure> comes
            return
        columns, widths = self._share.share(available)
        if columns != self._shown:
            self._shown = columns
            self.tree.configure(displaycolumns=[column.key for column in columns])
        if widths != self._widths:
            self._widths = widths
            for key, width in widths.items():
                self.tree.column(key, width=width)
            self._write_cells()
        self._mark_soon()

    def _write_cells(self) -> None:
        for row in self._rows.values():
            if self.tree.exists(row.key):
                self.tree.item(row.key, values=self._cells(row))
        self._mark_soon()

    def _cells(self, row: TableRow) -> list[str]:
        """The texts as they fit; ttk would cut them in the middle of a letter."""
        cells = []
        for column, value in zip(self.columns, row.values, strict=True):
            text = value.translate(_ONE_LINE)
            width = self._widths.get(column.key)
            if column.number:
                text = self._apart(column, text)
            if width is not None:
                text = style.shortened(self, text, self._face, width - self._padding)
            cells.append(text)
        return cells

    def _width_of(self, text: str) -> int:
        return style.text_width(self, text, self._face)

    def _title_width(self, column: Column) -> int:
        picture = style.pixels(self, SORT_PICTURE + 4) if column.sortable else 0
        return style.text_width(self, self._title(column), self._bold) + picture

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

    # --- scrolling and marks ---

    def _scrolled(self, first: float, last: float) -> None:
        """The bar is there only where there is something to scroll."""
        if float(first) <= 0.0 and float(last) >= 1.0:
            self._bar.grid_remove()
        else:
            self._bar.grid()
        self._bar.set(float(first), float(last))
        self._mark_soon()

    def _scrolled_sideways(self, first: float, last: float) -> None:
        if float(first) <= 0.0 and float(last) >= 1.0:
            self._side_bar.grid_remove()
        else:
            self._side_bar.grid()
        self._side_bar.set(float(first), float(last))
        self._mark_soon()

    def _mark_soon(self) -> None:
        if not self._marking:
            self._marking = self.after_idle(self._mark)

    def _mark(self) -> None:
        self._marking = ""
        if self.winfo_exists():
            self._found.place(self._shown, self._face)

    def destroy(self) -> None:
        if self._marking:
            self.after_cancel(self._marking)
        super().destroy()

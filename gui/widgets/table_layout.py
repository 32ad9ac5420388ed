"""Where the columns of a table stand and how wide they are, and the hand that changes it."""

import tkinter as tk
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from functools import partial
from tkinter import ttk
from typing import Any

from gui import style
from gui.texts import Texts
from gui.widgets.table_cells import ONE_LINE, CellTexts
from gui.widgets.table_columns import ColumnHand, ColumnOrder
from gui.widgets.table_rows import TableRow
from gui.widgets.table_widths import LEAST, Column, ColumnWidths


class ColumnLayout:
    """`rows` are those that the columns hold; `written` is called when other texts fit into the
    cells than before, `placed` whenever the columns may have moved. Tk thread only."""

    def __init__(
        self,
        owner: tk.Misc,
        tree: ttk.Treeview,
        columns: Sequence[Column],
        memory: MutableMapping[str, Any],
        rows: Callable[[], Iterable[TableRow]],
        written: Callable[[], None],
        placed: Callable[[], None],
    ) -> None:
        self._owner = owner
        self._tree = tree
        self._columns = tuple(columns)
        self._rows = rows
        self._written = written
        self._placed = placed
        self.shown: Sequence[Column] = ()  # those there is room for, from left to right
        self.widths: dict[str, int] = {}
        self._share = ColumnWidths(memory)
        self._order = ColumnOrder(columns, memory)
        self._cells = CellTexts(owner, columns)
        self.hand = ColumnHand(tree, self._order, lambda: self.shown, self._moved, self._reset)
        self._widening = False
        tree.bind("<Configure>", lambda _event: self.fit())
        tree.bind("<Button-1>", self._pressed, add="+")
        tree.bind("<B1-Motion>", self._dragged, add="+")
        tree.bind("<ButtonRelease-1>", self._released, add="+")

    @property
    def ordered(self) -> Sequence[Column]:
        """All columns, those that have no room too, as they stand from left to right."""
        return self._order.columns

    @property
    def face(self) -> style.Font:
        return self._cells.face

    def head(self, texts: Texts) -> None:
        """Say the headings, in each language that is chosen."""
        for column in self._columns:
            self._tree.column(column.key, anchor="e" if column.number else "w", stretch=False)
            texts.call(partial(self._say, column))

    def fitted(self, row: TableRow) -> list[str]:
        """The texts of a row as the columns hold them."""
        return self._cells.fitted(row.values, self.widths)

    def text(self, row: TableRow, column: Column) -> str:
        """The whole text of a cell, however much of it can be seen."""
        return row.values[self._columns.index(column)]

    def rescale(self) -> None:
        """After a change of theme or scaling."""
        for column in self._columns:
            self._tree.column(column.key, minwidth=style.pixels(self._owner, LEAST))
        self._cells.measure_anew()
        self._share.scaling = style.scaling(self._owner)
        self._share.forget_needs()
        self.widths = {}
        self.measure()
        self.fit()

    def measure(self) -> None:
        """How wide the columns must be to hold the rows; they do not become narrower again."""
        changed = False
        rows = tuple(self._rows())
        for column in self._columns:
            if not column.stretch:
                texts = (self._cells.apart(column, self.text(row, column)) for row in rows)
                needed = self._cells.needed(column, texts)
                changed = self._share.need(column.key, needed) or changed
        if changed:
            self.fit()

    def fit(self, available: int = 0) -> None:
        """Share the width, of the table where none is given: Tk itself widens columns but does
        not narrow them at first."""
        available = available or self._tree.winfo_width()
        if available <= 1:  # not on the screen yet: <Configure> comes
            return
        columns, widths = self._share.share(self._order.columns, available)
        changed = columns != self.shown
        if changed:
            self.shown = columns
            self._cells.stand(columns)
            self._tree.configure(displaycolumns=[column.key for column in columns])
            for column in columns:
                self._say(column)
        if widths != self.widths:
            changed = True
            self.widths = widths
            for key, width in widths.items():
                self._tree.column(key, width=width)
        if changed:
            self._written()
        self._placed()

    def fit_to_texts(self, place: int) -> None:
        """A double click beside a heading: as wide as the longest text."""
        if 0 <= place < len(self.shown):
            column = self.shown[place]
            texts = (self.text(row, column).translate(ONE_LINE) for row in self._rows())
            self._share.set_own(column.key, self._cells.needed(column, texts))
            self.fit()

    def _say(self, column: Column) -> None:
        self._tree.heading(
            column.key, text=self._cells.title(column), anchor="e" if column.number else "w"
        )

    # --- the hand ---

    def _moved(self) -> None:
        self.fit()
        self.measure()  # a number before a text asks for some air

    def _reset(self) -> None:
        self._order.forget()
        self._share.forget_own()
        self._moved()

    def _pressed(self, event: Any) -> None:
        self._widening = self._tree.identify_region(event.x, event.y) == "separator"

    def _dragged(self, _event: Any) -> None:
        if self._widening:
            self._owner.after_idle(self._take_widths)

    def _released(self, _event: Any) -> None:
        if self._widening:
            self._widening = False
            self._take_widths()

    def _take_widths(self) -> None:
        """What the hand has made of the columns: their texts fill it."""
        changed = False
        for column in self.shown:
            width = int(self._tree.column(column.key, "width"))
            if width != self.widths.get(column.key):
                self._share.set_own(column.key, width)
                self.widths[column.key] = width
                changed = True
        if changed:
            self._written()
            self._placed()

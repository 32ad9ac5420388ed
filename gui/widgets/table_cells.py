"""The texts of a table's cells and headings: how wide they are, and what of them fits."""

import tkinter as tk
from collections.abc import Iterable, Mapping, Sequence

from gui import style
from gui.widgets.table_rows import PICTURE
from gui.widgets.table_widths import Column

PADDING = 10  # of ttk's cells, both sides together
APART = "\u2002"  # between a number and the text to its right, which ttk sets side by side
AIR = "\u2005"  # between a heading at the right edge and the picture beside it

ONE_LINE = str.maketrans("\t\n\r", "   ")  # a second line would lie over the next row


class CellTexts:
    """Measures in the font of the table. Tk thread only."""

    def __init__(self, widget: tk.Misc, columns: Sequence[Column]) -> None:
        self._widget = widget
        self._columns = tuple(columns)
        self._shown = self._columns  # from left to right
        self.measure_anew()

    def measure_anew(self) -> None:
        """After a change of theme or scaling."""
        self.face = style.plain_font(self._widget, style.SECONDARY)
        self._bold = style.plain_font(self._widget, style.SECONDARY, bold=True)
        self.padding = style.pixels(self._widget, PADDING)

    def stand(self, columns: Sequence[Column]) -> None:
        """From now on the columns stand like this, from left to right."""
        self._shown = tuple(columns)

    def fitted(self, values: Sequence[str], widths: Mapping[str, int]) -> list[str]:
        """A row's texts as they fit; ttk would cut them in the middle of a letter."""
        cells = []
        for column, value in zip(self._columns, values, strict=True):
            text = value.translate(ONE_LINE)
            width = widths.get(column.key)
            if column.number:
                text = self.apart(column, text)
            if width is not None:
                text = style.shortened(self._widget, text, self.face, width - self.padding)
            cells.append(text)
        return cells

    def needed(self, column: Column, texts: Iterable[str]) -> int:
        """Pixels that hold the heading and the longest of the texts."""
        widest = max(map(self.width_of, set(texts)), default=0)
        return self.padding + max(widest, self._title_width(column))

    def width_of(self, text: str) -> int:
        return style.text_width(self._widget, text, self.face)

    def title(self, column: Column) -> str:
        text = column.title()
        if not column.number:
            return text
        apart = self.apart(column, text)
        return text + AIR if apart == text and column.sortable else apart

    def apart(self, column: Column, text: str) -> str:
        """A number with some air where the next column is a text."""
        place = self._shown.index(column) if column in self._shown else len(self._shown)
        following = self._shown[place + 1 :]
        return text + APART if following and not following[0].number else text

    def _title_width(self, column: Column) -> int:
        picture = style.pixels(self._widget, PICTURE + 4) if column.sortable else 0
        return style.text_width(self._widget, self.title(column), self._bold) + picture

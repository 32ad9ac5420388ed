"""Numbers at a glance: tiles with one number each, a line with a bar."""

import tkinter as tk
from collections.abc import Mapping
from typing import Any

import customtkinter as ctk

from gui import style
from gui.one_call import tell
from gui.widgets.basics import Card, Label, Row, apart, surface_of

NUMBER_SIZES = (style.TITLE, 18, style.HEADING, style.BODY, style.SMALL)


TITLE_SIZES = (style.SECONDARY, style.SMALL, 11, 10, 9)


class StatTile(Card):
    """A card with what is counted, the number, and if wanted a remark under it."""

    def __init__(
        self, master: tk.Misc, *, remark: bool = False, colour: style.Colour = style.TEXT
    ) -> None:
        super().__init__(master)
        self.title = Label(self, size=style.SECONDARY, colour=style.MUTED)
        self.title.pack(anchor="w", padx=style.PAD, pady=(style.GAP, 0))
        self.number = Label(self, "0", size=style.TITLE, bold=True, colour=colour)
        self.number.pack(anchor="w", padx=style.PAD, pady=(0, 0 if remark else style.GAP))
        self.remark: Label | None = None
        if remark:
            self.remark = Label(self, size=style.SMALL, colour=style.MUTED)
            self.remark.pack(anchor="w", padx=style.PAD, pady=(0, style.GAP))


class TileRow(Row):
    """Tiles of equal width, in one row or more. A number too long for its tile is never cut: then
    all are written smaller."""

    def __init__(self, master: tk.Misc) -> None:
        super().__init__(master)
        self.tiles: dict[str, StatTile] = {}
        self._columns = 0
        self._width = 0  # as Tk told it
        self._fitted: tuple[int, int, int] | None = None
        self._words: tuple[object, ...] = ()  # to which titles and remarks are fitted
        self._size = NUMBER_SIZES[0]
        self.bind("<Configure>", self._resized)

    def arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for column in range(len(self.tiles)):
            used = column < columns
            self.columnconfigure(column, weight=int(used), uniform="tiles" if used else "")
        for place, tile in enumerate(self.tiles.values()):
            row, column = divmod(place, columns)
            tile.grid(row=row, column=column, sticky="nsew", padx=apart(column, columns),
                      pady=(style.GAP if row else 0, 0))  # fmt: skip

    def say(self, numbers: Mapping[str, str]) -> None:
        for key, text in numbers.items():
            self.tiles[key].number.say(text)
        self._fit()

    def _resized(self, event: Any) -> None:
        self._width = event.width
        self._fit()

    def _fit(self) -> None:
        texts = [tile.number.text for tile in self.tiles.values()]
        if self._width <= 1:
            return
        inside = 2 * style.PAD + 4  # and the edges
        room = self._width / self._columns - style.pixels(self, style.GAP + inside)
        self._fit_words(room)
        # Digits are equally wide: with as many of them as before nothing has to be measured.
        fitted = (self._width, self._columns, max(map(len, texts)))
        if fitted == self._fitted:
            return
        self._fitted = fitted
        size = next((size for size in NUMBER_SIZES if self._widest(texts, size) <= room),
                    NUMBER_SIZES[-1])  # fmt: skip
        if size == self._size:
            return
        self._size = size
        for tile in self.tiles.values():
            tile.number.configure(font=style.font(size, bold=True))

    def _fit_words(self, room: float) -> None:
        """Titles and remarks, too, are written smaller rather than cut."""
        titles = tuple(str(tile.title.cget("text")) for tile in self.tiles.values())
        remarks = tuple(tile.remark.text for tile in self.tiles.values() if tile.remark)
        if (room, titles, remarks) == self._words:
            return
        self._words = (room, titles, remarks)
        for texts, sizes, labels in (
            (titles, TITLE_SIZES, [tile.title for tile in self.tiles.values()]),
            (remarks, TITLE_SIZES[1:], [t.remark for t in self.tiles.values() if t.remark]),
        ):
            size = next((s for s in sizes if self._widest_plain(texts, s) <= room), sizes[-1])
            for label in labels:
                label.configure(font=style.font(size))

    def _widest_plain(self, texts: tuple[str, ...], size: int) -> int:
        face = style.plain_font(self, size)
        return max((style.text_width(self, text, face) for text in texts), default=0)

    def _widest(self, texts: list[str], size: int) -> int:
        face = style.plain_font(self, size, bold=True)
        return max(style.text_width(self, text, face) for text in texts)


class Bar(tk.Canvas):
    """A progress bar: two thick lines with round ends.

    CustomTkinter's own draws a dozen shapes anew at each step, which is felt while a run works.
    """

    def __init__(self, master: Any, *, height: int = 6) -> None:
        self._height = style.pixels(master, height)
        super().__init__(master, height=self._height, width=40, borderwidth=0, highlightthickness=0)
        self._track = self.create_line(0, 0, 0, 0, capstyle="round", width=self._height - 1)
        self._done = self.create_line(0, 0, 0, 0, capstyle="round", width=self._height - 1)
        self._surface = master
        self.fraction = 0.0
        self._width = 1  # as Tk told it: asking at each step would wait for the workers
        self._pixel = -1
        self._hidden = False
        self.bind("<Configure>", self._resized)
        self.bind("<<ThemeChanged>>", lambda _e: self.retheme())
        self.retheme()

    def move(self, fraction: float) -> None:
        self.fraction = min(1.0, max(0.0, fraction))
        self._draw()

    def retheme(self) -> None:
        self.configure(background=style.shade(surface_of(self._surface)))
        self.itemconfigure(self._track, fill=style.shade(style.TRACK))
        self.itemconfigure(self._done, fill=style.shade(style.ACCENT))

    def _resized(self, event: Any) -> None:
        self._width = event.width
        self._draw(anew=True)

    def _draw(self, *, anew: bool = False) -> None:
        half = self._height / 2
        length = max(1.0, self._width - 2 * half)
        pixel = round(self.fraction * length)
        hidden = not self.fraction
        middle = half - 0.5
        if anew:
            tell(self, "coords", self._track, half, middle, half + length, middle)
        if anew or pixel != self._pixel:
            self._pixel = pixel
            tell(self, "coords", self._done, half, middle, half + pixel, middle)
        if hidden != self._hidden:
            self._hidden = hidden
            tell(self, "itemconfigure", self._done, "-state", "hidden" if hidden else "normal")


class ProgressLine(ctk.CTkFrame):  # type: ignore[misc]
    """'Projects … 2,604 of 4,012' over a thin bar."""

    def __init__(self, master: tk.Misc) -> None:
        super().__init__(master, fg_color="transparent")
        self.columnconfigure(0, weight=1)
        self.title = Label(self, size=style.SECONDARY, colour=style.MUTED)
        self.title.grid(row=0, column=0, sticky="w")
        self.count = Label(self, size=style.SECONDARY)
        self.count.grid(row=0, column=1, sticky="e")
        self.bar = Bar(self)
        self.bar.grid(row=1, column=0, columnspan=2, sticky="ew", pady=(style.GRID, 0))

"""A card with a chart: title, picture, values under the pointer, saving as PNG."""

import tkinter as tk
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path
from tkinter import filedialog
from typing import Any

from PIL import Image, ImageTk

from core.i18n import _
from gui import style
from gui.charts.drawing import Drawing, Look
from gui.charts.library import cache_folder
from gui.charts.model import ChartData, Picture, Ranking
from gui.shell import Shell
from gui.texts import exists
from gui.widgets.basics import Card, Label, Row
from gui.widgets.buttons import Button

RESIZE_PAUSE_MS = 120
SAVED_SIZE = (1200, 600)
SAVED_SCALE = 2.0


class Chart(Card):
    """Shows data as a picture that a background thread draws. Tk thread only.

    Until the first picture is there, soft blocks stand in its place (the numbers load). With
    `picked` a click tells the key of the place that was clicked on.
    """

    def __init__(
        self,
        master: tk.Misc,
        window: Shell,
        *,
        height: int = 220,
        picked: Callable[[int], Any] | None = None,
    ) -> None:
        super().__init__(master)
        self._window = window
        self._picked = picked
        self._drawing = Drawing(cache_folder(window.program.settings.places.home))
        self._data: ChartData | Ranking | None = None
        self._picture: Picture | None = None
        self._image: ImageTk.PhotoImage | None = None
        self._after: str | None = None
        self._at: int | None = None
        self._empty = ""
        self._waits = False  # to be drawn once it can be seen
        self.columnconfigure(0, weight=1)
        self.rowconfigure(2, weight=1)
        self.head = Row(self)
        self.head.grid(row=0, column=0, sticky="ew", padx=style.PAD, pady=(style.GAP, 0))
        self.title = Label(self.head, bold=True)
        self.title.pack(side="left")
        self.subtitle = Label(self.head, colour=style.MUTED)
        self.subtitle.pack(side="left", padx=(6, 0))
        self.save_button = Button(self.head, command=self.ask_to_save, look="quiet",
                                  image="export", height=26)  # fmt: skip
        self.save_button.pack(side="right")
        self.canvas = tk.Canvas(self, highlightthickness=0, borderwidth=0, takefocus=0,
                                height=style.pixels(self, height), width=10)  # fmt: skip
        # A plain Tk widget: CustomTkinter scales the distances of its own ones only.
        side, above, below = (style.pixels(self, size) for size in (style.PAD, 4, style.GAP))
        self.canvas.grid(row=2, column=0, sticky="nsew", padx=side, pady=(above, below))
        self.canvas.bind("<Configure>", lambda _e: self._soon())
        self.canvas.bind("<Motion>", self._moved)
        self.canvas.bind("<Leave>", lambda _e: self._show_values(None))
        self.canvas.bind("<Button-1>", self._clicked)
        self.retheme()

    def add_tools(self) -> Row:
        """A line under the title, for what chooses the data."""
        tools = Row(self)
        tools.grid(row=1, column=0, sticky="ew", padx=style.PAD, pady=(style.GRID, style.GRID))
        return tools

    def say(self, title: str, subtitle: str = "") -> None:
        """What is to be seen, in words."""
        self.title.say(title)
        self.subtitle.say(subtitle)

    def show(self, data: ChartData | Ranking | None, empty: str = "") -> None:
        """Draw other data; None with a sentence `empty` where there is nothing to draw."""
        self._data = data
        self._empty = empty
        self._redraw()

    def catch_up(self) -> None:
        """It can be seen again: draw what has changed meanwhile."""
        if self._waits:
            self._redraw()

    def retheme(self) -> None:
        self.canvas.configure(background=style.shade(style.CARD))
        self._picture = None
        self._redraw()

    @property
    def drawn(self) -> bool:
        """Whether a picture of the present data can be seen."""
        return self._picture is not None

    def ask_to_save(self) -> None:
        """Ask for a file and save the chart there, large and with its title."""
        if self._data is None:
            return
        name = filedialog.asksaveasfilename(
            parent=self.winfo_toplevel(),
            title=_("Save the chart as PNG"),
            defaultextension=".png",
            filetypes=[("PNG", "*.png")],
            initialfile=f"{self.title.text}.png",
        )
        if name:
            self.save(Path(name))

    def save(self, path: Path) -> None:
        """Draw the chart into a PNG file, in the background."""
        data, drawing = self._data, Drawing(self._drawing.cache)
        if data is None:
            return
        width, height = (int(side * SAVED_SCALE) for side in SAVED_SIZE)
        title = f"{self.title.text} {self.subtitle.text}".strip()
        look = self._look(width, height, SAVED_SCALE, title)
        self._window.background.run(
            lambda: drawing.save(data, look, path),
            lambda _none: self._window.toast("done", _("Saved: {path}").format(path=path)),
            lambda error: self._window.toast(
                "error", _("{path} could not be saved: {reason}").format(path=path, reason=error)
            ),
        )

    # --- drawing ---

    def _soon(self) -> None:
        """After a change of size, once it rests."""
        if self._after is not None:
            self.after_cancel(self._after)
        self._after = self.after(RESIZE_PAUSE_MS, self._redraw)

    def _redraw(self) -> None:
        self._after = None
        self._waits = not self.canvas.winfo_viewable()
        if self._waits:
            return
        width, height = self.canvas.winfo_width(), self.canvas.winfo_height()
        if width < 40 or height < 40:  # not on the screen yet: <Configure> comes
            return
        data = self._data
        if data is None:
            self._draw_nothing(width, height)
            return
        look = self._look(width, height, style.scaling(self))
        self._window.background.run(
            lambda: self._drawing.draw(data, look),
            lambda picture: self._put(picture, data),
            slot=f"chart{id(self)}",
        )

    def _look(self, width: int, height: int, scale: float, title: str = "") -> Look:
        return Look(width, height, scale, style.is_dark(), style.font()[0], title=title)

    def _put(self, picture: Picture, data: ChartData | Ranking) -> None:
        if not exists(self.canvas) or data is not self._data:
            return
        image = Image.frombuffer(
            "RGBA", (picture.width, picture.height), picture.rgba, "raw", "RGBA", 0, 1
        )
        self._image = ImageTk.PhotoImage(image.convert("RGB"), master=self.canvas)
        self._picture = picture
        self.canvas.delete("all")
        self.canvas.create_image(0, 0, anchor="nw", image=self._image)
        self._at = None

    def _draw_nothing(self, width: int, height: int) -> None:
        """The sentence of the empty state, or soft blocks while the numbers load."""
        self._picture = None
        self.canvas.delete("all")
        if self._empty:
            self.canvas.create_text(
                width / 2, height / 2, text=self._empty, width=width * 0.8, justify="center",
                fill=style.shade(style.MUTED), font=style.plain_font(self),
            )  # fmt: skip
            return
        soft = style.shade(style.HOVER)
        for place, share in enumerate((0.35, 0.5, 0.42, 0.66, 0.58, 0.8, 0.72, 0.9)):
            left = width * (place + 0.15) / 8
            self.canvas.create_rectangle(
                left, height * (1 - share * 0.85), left + width * 0.7 / 8, height,
                fill=soft, outline=soft,
            )  # fmt: skip

    # --- the pointer ---

    def place_at(self, x: float, y: float) -> int | None:
        """The place nearest to a point of the canvas."""
        picture = self._picture
        if picture is None or not picture.places:
            return None
        at, places = (x if picture.across else y), picture.places
        right = bisect_left(places, at)
        near = [place for place in (right - 1, right) if 0 <= place < len(places)]
        return min(near, key=lambda place: abs(places[place] - at))

    def hover_text(self, place: int) -> str:
        if isinstance(self._data, ChartData):
            return self._data.hover[place]
        if isinstance(self._data, Ranking):
            row = self._data.rows[place]
            return row.hover or f"{row.label}\n{row.text}"
        return ""

    def _moved(self, event: Any) -> None:
        self._show_values(self.place_at(event.x, event.y))

    def _clicked(self, event: Any) -> None:
        place = self.place_at(event.x, event.y)
        if place is not None and self._picked is not None and isinstance(self._data, ChartData):
            key = self._data.keys[place] if place < len(self._data.keys) else None
            if key is not None:
                self._picked(key)

    def _show_values(self, place: int | None) -> None:
        """A line at the place and a box with its values, drawn over the picture."""
        if place == self._at:
            return
        self._at = place
        self.canvas.delete("values")
        picture = self._picture
        if place is None or picture is None:
            return
        at = picture.places[place]
        if picture.across:
            self.canvas.create_line(at, picture.top, at, picture.bottom, tags="values",
                                    fill=style.shade(style.MUTED), dash=(2, 2))  # fmt: skip
        pad = style.pixels(self, 8)
        text = self.canvas.create_text(
            0, 0, anchor="nw", text=self.hover_text(place), tags="values",
            fill=style.shade(style.TEXT), font=style.plain_font(self, style.SMALL),
        )  # fmt: skip
        left, top, right, bottom = self.canvas.bbox(text)
        wide, high = right - left + 2 * pad, bottom - top + 2 * pad
        if picture.across:
            x = at + pad if at + pad + wide < picture.width else at - pad - wide
            y = picture.top
        else:
            x, y = picture.width - wide, min(at + pad, picture.height - high)
        x, y = max(0.0, x), max(0.0, y)
        self.canvas.coords(text, x + pad, y + pad)
        box = self.canvas.create_rectangle(
            x, y, x + wide, y + high, tags="values",
            fill=style.shade(style.CARD), outline=style.shade(style.CONTROL_LINE),
        )  # fmt: skip
        self.canvas.tag_lower(box, text)

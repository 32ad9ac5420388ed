"""Labels and cards."""

import tkinter as tk
from typing import Any

import customtkinter as ctk

from gui import style
from gui.one_call import tell

WRAP_MARGIN = 8  # more than the label's own padding


class Label(ctk.CTkLabel):  # type: ignore[misc]  # customtkinter is untyped
    """A line of text that is only redrawn when it changes.

    With `wraps` it takes as many lines as its width asks for.
    """

    def __init__(
        self,
        master: tk.Misc,
        text: str = "",
        *,
        size: int = style.BODY,
        bold: bool = False,
        mono: bool = False,
        colour: style.Colour = style.TEXT,
        wraps: bool = False,
        **options: Any,
    ) -> None:
        options.setdefault("anchor", "w")
        options.setdefault("justify", "left")
        super().__init__(
            master,
            text=text,
            font=style.font(size, bold=bold, mono=mono),
            text_color=colour,
            height=0,
            **options,
        )
        self._said = text
        self._colour = colour
        if wraps:
            # Not `bind`: that is for the inner label too, whose width follows from the wrapping,
            # and the two would never agree.
            for event in ("<Configure>", "<Visibility>"):
                self._canvas.bind(event, self._wrap, add="+")

    @property
    def text(self) -> str:
        return self._said

    def say(self, text: str) -> None:
        """Show the text; costs nothing where it is the present one."""
        if text != self._said:
            # Not by `configure`: CustomTkinter's asks Tk for all options of the label besides.
            self._said = self._text = text
            tell(self._label, "configure", "-text", text)

    def paint(self, colour: style.Colour) -> None:
        if colour != self._colour:
            self._colour = colour
            self.configure(text_color=colour)

    def configure(self, require_redraw: bool = False, **options: Any) -> None:
        if "text" in options:
            self._said = options["text"]
        super().configure(require_redraw=require_redraw, **options)

    def _wrap(self, _event: Any) -> None:
        # Not in a hidden view: there a label is as wide as its text asks for, and wrapping it
        # by that would make it narrower and narrower, word by word.
        if not self.winfo_viewable():
            return
        # A little less than the width: a label that asks for more than it has would widen its
        # column, wrap anew, and so on for ever.
        wanted = max(1, int(self.winfo_width() / style.scaling(self)) - WRAP_MARGIN)
        if wanted != self.cget("wraplength"):
            self.configure(wraplength=wanted)


class Card(ctk.CTkFrame):  # type: ignore[misc]
    """A rounded surface. Leave `style.PAD` inside and `style.GAP` between cards."""

    def __init__(
        self,
        master: tk.Misc,
        *,
        colour: style.Colour = style.CARD,
        line: style.Colour = style.LINE,
        **options: Any,
    ) -> None:
        super().__init__(
            master,
            corner_radius=style.CARD_RADIUS,
            border_width=1,
            fg_color=colour,
            border_color=line,
            **options,
        )


def frame_of_one(master: tk.Misc) -> Card:
    """A card for one content, such as a table, that takes all of it: row 0, column 0."""
    card = Card(master)
    card.columnconfigure(0, weight=1)
    card.rowconfigure(0, weight=1)
    return card


class Row(ctk.CTkFrame):  # type: ignore[misc]
    """An invisible frame that shows the colour of what it lies on."""

    def __init__(self, master: tk.Misc, **options: Any) -> None:
        super().__init__(master, fg_color="transparent", **options)


def apart(place: int, places: int) -> tuple[int, int]:
    """`padx` of cards side by side, `style.GAP` apart, in columns of equal (`uniform`) width.

    Each column gives the same part of the gaps away; else the first card would be the widest.
    """
    return style.GAP * place // places, style.GAP * (places - 1 - place) // places


def surface_of(widget: Any) -> style.Colour:
    """The colour that a widget of CustomTkinter shows: its own, or what it lies on."""
    while True:
        colour = widget.cget("fg_color")
        if colour != "transparent":
            light, dark = colour
            return light, dark
        widget = widget.master

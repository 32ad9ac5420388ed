"""A few words beside the pointer: for pictures without words, and for shortened cells."""

import tkinter as tk
from collections.abc import Callable
from typing import Any

from gui import style

DELAY_MS = 500
BELOW = 20  # unscaled, under the pointer
WRAP = 420

_shown: dict[str, "_Bubble"] = {}  # by root; one for the whole window


class _Bubble:
    """The little window itself: made once, moved and filled when it is needed."""

    def __init__(self, root: tk.Misc) -> None:
        self._root = root
        self._top: tk.Toplevel | None = None
        self._label: tk.Label | None = None
        self._after = ""
        self.text = ""

    def show_soon(self, text: str, x: int, y: int) -> None:
        self.hide()
        self._after = self._root.after(DELAY_MS, lambda: self._show(text, x, y))

    def hide(self) -> None:
        if self._after:
            self._root.after_cancel(self._after)
            self._after = ""
        if self.text and self._top is not None:
            self.text = ""
            self._top.withdraw()

    def _show(self, text: str, x: int, y: int) -> None:
        self._after = ""
        if self._top is None or self._label is None:
            self._top = tk.Toplevel(self._root)
            self._top.withdraw()
            self._top.overrideredirect(True)
            self._label = tk.Label(self._top, justify="left", borderwidth=0, padx=8, pady=5)
            self._label.pack(padx=1, pady=1)
        pixels = style.pixels(self._root, 1) or 1
        self._top.configure(background=style.shade(style.CONTROL_LINE))
        self._label.configure(
            text=text,
            font=style.plain_font(self._root, style.SMALL),
            background=style.shade(style.CARD),
            foreground=style.shade(style.TEXT),
            wraplength=style.pixels(self._root, WRAP),
        )
        self._top.update_idletasks()
        width, height = self._top.winfo_reqwidth(), self._top.winfo_reqheight()
        below = y + BELOW * pixels
        if below + height > self._root.winfo_screenheight():
            below = y - height - 8 * pixels
        left = max(0, min(x, self._root.winfo_screenwidth() - width))
        self._top.geometry(f"+{left}+{max(0, below)}")
        self.text = text
        self._top.deiconify()
        self._top.lift()


def bubble(widget: tk.Misc) -> _Bubble:
    """The one of this widget's window. Tk thread only."""
    root = widget.nametowidget(".")
    key = f"{id(root.tk)}"
    if key not in _shown:
        _shown.clear()  # of windows that are closed
        _shown[key] = _Bubble(root)
    return _shown[key]


def explain(widget: Any, words: Callable[[], str]) -> None:
    """Show `words` while the pointer rests on the widget; nothing where they are empty."""

    def entered(event: Any) -> None:
        if text := words():
            bubble(widget).show_soon(text, event.x_root, event.y_root)

    def left(_event: Any) -> None:
        bubble(widget).hide()

    widget.explained = words
    for sequence, action in (("<Enter>", entered), ("<Leave>", left), ("<Button-1>", left)):
        widget.bind(sequence, action, add="+")

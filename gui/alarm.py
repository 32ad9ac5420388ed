"""A call that Tk makes after a while, again and again."""

import tkinter as tk
from collections.abc import Callable


class Alarm:
    """Calls `action` once, some time after each `set`. Tk thread only.

    `after` makes a command of Tcl each time and deletes it afterwards; here one serves for all,
    for each call of Tk waits for whatever computes.
    """

    def __init__(self, widget: tk.Misc, action: Callable[[], None]) -> None:
        self._widget = widget
        self._action = action
        self._command = ""
        self._after: str | None = None

    def set(self, milliseconds: int) -> None:
        """Ring after so many milliseconds. Nothing where it is set already."""
        if self._after is None:
            self._command = self._command or self._widget.register(self._ring)
            self._after = str(self._widget.tk.call("after", milliseconds, self._command))

    def cancel(self) -> None:
        """Before the widget is destroyed at the latest."""
        if self._after is not None:
            self._widget.tk.call("after", "cancel", self._after)
            self._after = None

    def _ring(self) -> None:
        self._after = None
        self._action()

"""Light, dark, or what the system has.

CustomTkinter asks the system for its theme every 30 ms, on Linux by starting a process each
time. So it is only told light or dark here, and the system is asked now and then, in the
background.
"""

import sys
import tkinter as tk
from collections.abc import Callable

import customtkinter as ctk
import darkdetect

from gui import ttk_style
from gui.background import Background
from gui.icons import ASSETS

ASK_MS = 5000
SCALING_MS = 1000  # between two looks at the scaling of the screen that the window is on


def load(theme: str) -> None:
    """Before the first widget: the program's look and the starting theme."""
    ctk.AppearanceModeTracker.update_loop_interval = ASK_MS  # it has nothing to do
    ctk.ScalingTracker.update_loop_interval = SCALING_MS
    ctk.set_default_color_theme(str(ASSETS / "theme.json"))
    ctk.set_appearance_mode(_resolved(theme))


class Theme:
    """The window's theme: set by the operator, or following the system. Tk thread only."""

    def __init__(
        self, root: tk.Tk, theme: str, background: Background, changed: Callable[[], None]
    ) -> None:
        self._root = root
        self._background = background
        self._changed = changed
        self._wanted = theme
        ttk_style.apply(root)
        self._after = root.after(ASK_MS, self._ask_system)

    def set(self, theme: str) -> None:
        """system, light or dark."""
        self._wanted = theme
        self._show(_resolved(theme))

    def stop(self) -> None:
        self._root.after_cancel(self._after)

    def _show(self, mode: str) -> None:
        if mode != ctk.get_appearance_mode().lower():
            ctk.set_appearance_mode(mode)
            ttk_style.apply(self._root)
            self._changed()

    def _ask_system(self) -> None:
        self._after = self._root.after(ASK_MS, self._ask_system)
        if self._wanted == "system" and sys.platform in ("win32", "darwin"):
            self._background.run(_system_theme, self._answered, slot="theme")

    def _answered(self, mode: str) -> None:
        if self._wanted == "system":
            self._show(mode)


def _resolved(theme: str) -> str:
    return _system_theme() if theme == "system" else theme


def _system_theme() -> str:
    return "dark" if darkdetect.theme() == "Dark" else "light"

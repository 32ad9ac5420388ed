"""Fills and shows a context menu."""

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import Any

from gui import style
from gui.ttk_style import menu_colours

MenuEntry = tuple[str, Callable[[], Any], bool]  # what it says and does, whether it can be chosen


def pop_up_menu(menu: tk.Menu, entries: Sequence[MenuEntry], x: int, y: int) -> None:
    """Show these entries at a place on the screen. Tk thread."""
    menu.delete(0, "end")
    menu.configure({"font": style.plain_font(menu), **menu_colours()})
    for words, action, enabled in entries:
        menu.add_command(label=words, command=action, state="normal" if enabled else "disabled")
    menu.tk_popup(x, y)

"""Fills and shows a context menu."""

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import Any, Literal

from gui import style
from gui.ttk_style import menu_colours

Does = Callable[[], Any] | Sequence["MenuEntry"]  # an action, or the entries of a menu beside it
MenuEntry = tuple[str, Does, bool]  # what it says and does, whether it can be chosen


def pop_up_menu(menu: tk.Menu, entries: Sequence[MenuEntry], x: int, y: int) -> None:
    """Show these entries at a place on the screen. Tk thread."""
    _fill(menu, entries)
    menu.tk_popup(x, y)


def _fill(menu: tk.Menu, entries: Sequence[MenuEntry]) -> None:
    for child in menu.winfo_children():
        child.destroy()
    menu.delete(0, "end")
    menu.configure({"font": style.plain_font(menu), **menu_colours()})
    for words, does, enabled in entries:
        state: Literal["normal", "disabled"] = "normal" if enabled else "disabled"
        if callable(does):
            menu.add_command(label=words, command=does, state=state)
        else:
            beside = tk.Menu(menu, tearoff=False)
            _fill(beside, does)
            menu.add_cascade(label=words, menu=beside, state=state)

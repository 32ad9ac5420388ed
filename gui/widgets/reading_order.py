"""Tab goes as one reads: from the left to the right, line by line.

Tk goes in the order in which widgets lie above each other, which is that of their making; what is
packed from the right is made in the wrong one. They are put in order when Tab is pressed: only
then is it sure that all have their places, and nothing is done for who uses the mouse.
"""

from collections.abc import Callable
from typing import Any

import customtkinter as ctk

from gui.widgets.basics import Card, Row


def tab_as_one_reads(window: Any, container: Callable[[], Any]) -> None:
    """Whenever Tab is pressed in the window, for what `container` names then. Tk thread."""
    for keys in ("<Tab>", "<<PrevWindow>>"):  # before Tk's own, which moves the focus
        window.bind(keys, lambda _event: in_reading_order(container()), add="+")


def in_reading_order(container: Any) -> None:
    """For a view or dialog that is on the screen, with all that lies in it. Tk thread."""
    canvas = getattr(container, "_canvas", None)
    children = [child for child in container.winfo_children() if child is not canvas]
    laid = [child for child in children if child.winfo_manager() in ("grid", "pack")]
    # What is placed lies over the others: an empty state, a message.
    over = [child for child in children if child.winfo_manager() == "place"]
    for child in (*_as_read(laid), *over):
        child.tk.call("raise", str(child))
    for child in laid:
        if type(child) in (Row, Card, ctk.CTkFrame):
            in_reading_order(child)


def _as_read(widgets: list[Any]) -> list[Any]:
    """Line by line: what stands beside each other is one line."""
    lines: list[list[Any]] = []
    bottom = 0
    for widget in sorted(widgets, key=lambda each: each.winfo_rooty()):
        middle = widget.winfo_rooty() + widget.winfo_height() // 2
        if not lines or middle >= bottom:
            lines.append([])
            bottom = widget.winfo_rooty() + widget.winfo_height()
        lines[-1].append(widget)
    return [each for line in lines for each in sorted(line, key=lambda w: w.winfo_rootx())]

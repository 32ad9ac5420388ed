"""What a view shows before there is anything to show."""

import tkinter as tk
from collections.abc import Callable
from typing import Any

import customtkinter as ctk

from gui import style
from gui.icons import icon
from gui.texts import Texts, Words
from gui.widgets.basics import Label
from gui.widgets.buttons import Button


class EmptyState(ctk.CTkFrame):  # type: ignore[misc]
    """What stands in the middle of a view that has nothing to show yet: what will be here
    and how to get it."""

    def __init__(self, master: tk.Misc, picture: str, texts: Texts, title: Words, hint: Words,
                 action: tuple[Words, Callable[[], Any]] | None = None) -> None:  # fmt: skip
        super().__init__(master, fg_color="transparent")
        image = Label(self, image=icon(picture, 48, style.MUTED))
        image.pack(pady=(0, style.GAP))
        heading = Label(self, size=style.HEADING, bold=True, justify="center", anchor="center")
        heading.pack()
        texts.show(heading, title)
        line = Label(self, colour=style.MUTED, justify="center", anchor="center", wraplength=420)
        line.pack(pady=(style.GRID, 0))
        texts.show(line, hint)
        if action is not None:
            button = Button(self, command=action[1], look="primary")
            button.pack(pady=(style.PAD, 0))
            texts.show(button, action[0])

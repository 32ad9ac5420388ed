"""From page to page of a table."""

import tkinter as tk
from collections.abc import Callable

import customtkinter as ctk

from core.i18n import _
from gui import style
from gui.widgets.basics import Label
from gui.widgets.buttons import Button
from gui.widgets.tooltip import explain


class Pager(ctk.CTkFrame):  # type: ignore[misc]
    """'1–100 of 12,408' with a button to each side."""

    def __init__(self, master: tk.Misc, on_page: Callable[[int], None]) -> None:
        super().__init__(master, fg_color="transparent")
        self._on_page = on_page
        self.page = 0
        self.label = Label(self, size=style.SECONDARY, colour=style.MUTED)
        self.label.pack(side="left", padx=(0, style.GAP))
        self.back = Button(self, command=lambda: self._go(-1), look="plain", width=style.CONTROL,
                           image="chevron_left")  # fmt: skip
        explain(self.back, lambda: _("Page before"))
        self.back.pack(side="left", padx=(0, style.GRID))
        self.forward = Button(self, command=lambda: self._go(1), look="plain",
                              width=style.CONTROL, image="chevron_right")  # fmt: skip
        explain(self.forward, lambda: _("Next page"))
        self.forward.pack(side="left")

    def show(self, page: int, text: str, *, has_next: bool) -> None:
        """`page` from 0; `text` says in words what is shown."""
        self.page = page
        self.label.say(text)
        self.back.enable(page > 0)
        self.forward.enable(has_next)

    def _go(self, step: int) -> None:
        self._on_page(self.page + step)

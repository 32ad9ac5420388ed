"""The side bar: the program's name, the six views, and where the data is."""

import tkinter as tk
from collections.abc import Callable
from datetime import datetime
from typing import Any

import customtkinter as ctk

from core.formats import clock, size
from core.i18n import _
from core.phones.program import Program
from gui import style
from gui.icons import icon
from gui.texts import Texts, Words
from gui.views import VIEWS
from gui.widgets.basics import Label


class SideBar(ctk.CTkFrame):  # type: ignore[misc]  # customtkinter is untyped
    """Shows which view is open and opens another one."""

    def __init__(self, master: tk.Misc, texts: Texts, navigate: Callable[[str], Any]) -> None:
        super().__init__(master, width=style.SIDE_BAR_WIDTH, fg_color=style.SIDE_BAR)
        self.grid_propagate(False)
        self.columnconfigure(0, weight=1)
        name = Label(self, "DataMaster", size=style.HEADING, bold=True)
        name.grid(row=0, column=0, sticky="w", padx=22, pady=(20, 0))
        kind = Label(self, size=style.SMALL, colour=style.MUTED)
        kind.grid(row=1, column=0, sticky="w", padx=22, pady=(0, 20))
        texts.show(kind, lambda: _("Phone number collector"))
        self.items: dict[str, _Item] = {}
        for row, spec in enumerate(VIEWS, start=2):
            item = _Item(self, spec.icon, spec.title, f"Ctrl+{row - 1}", texts,
                         lambda key=spec.key: navigate(key))  # type: ignore[misc]  # fmt: skip
            item.grid(row=row, column=0, sticky="ew", padx=GAP_SIDE, pady=2)
            self.items[spec.key] = item
        self.rowconfigure(len(VIEWS) + 2, weight=1)
        self.progress = Label(self, size=style.SMALL, bold=True, colour=style.ACCENT_TEXT,
                              wraplength=LINE)  # fmt: skip
        self.progress.grid(
            row=len(VIEWS) + 2, column=0, sticky="sw", padx=MARGIN, pady=(0, style.GRID)
        )
        self.mark = Label(self, size=style.SMALL, bold=True, colour=style.WARNING, wraplength=LINE)
        self.mark.grid(row=len(VIEWS) + 3, column=0, sticky="w", padx=MARGIN, pady=(0, style.GRID))
        self.footer = Label(self, size=style.SMALL, colour=style.MUTED, wraplength=LINE)
        self.footer.grid(row=len(VIEWS) + 4, column=0, sticky="w", padx=MARGIN, pady=(0, 20))
        # CustomTkinter fills an even number of pixels, what is left shows the other colour.
        line = style.LINE
        edge = ctk.CTkFrame(self, width=1, corner_radius=0, fg_color=line, bg_color=line)
        edge.place(relx=1.0, rely=0, relheight=1.0, anchor="ne")

    def show_place(self, program: Program, file_bytes: int, backed_up: datetime | None) -> None:
        """The lower end: which database this is, how large, and how old its newest backup."""
        self.mark.say(
            _("Demo: made-up data") if program.demo is not None else program.settings.places.profile
        )
        lines = [program.settings.database_path.name]
        if file_bytes:
            lines[0] = f"{lines[0]} · {size(file_bytes)}"
        if backed_up is not None:
            lines.append(_("Backup: {time}").format(time=clock(backed_up)))
        self.footer.say("\n".join(lines))

    def show_run(self, text: str) -> None:
        """How far the run is, in every view; empty where none goes on."""
        self.progress.say(text)

    def choose(self, key: str) -> None:
        for each, item in self.items.items():
            item.choose(each == key)


GAP_SIDE = style.GAP
MARGIN = 24  # of what stands at the lower end
# Of its lines: bold letters are drawn wider than they are measured.
LINE = style.SIDE_BAR_WIDTH - 2 * MARGIN - 8


class _Item(ctk.CTkFrame):  # type: ignore[misc]
    """One view: icon, name, keys. Reached by Tab, opened by Return or Space."""

    def __init__(
        self,
        master: tk.Misc,
        picture: str,
        title: Words,
        keys: str,
        texts: Texts,
        command: Callable[[], Any],
    ) -> None:
        super().__init__(
            master,
            corner_radius=style.RADIUS,
            fg_color=style.SIDE_BAR,
            height=36,
            border_color=style.ACCENT,
        )
        self._picture = picture
        self._chosen = False
        self.columnconfigure(1, weight=1)
        self.rowconfigure(0, weight=1)
        self.grid_propagate(False)
        self._image = Label(self, image=icon(picture, 20, style.MUTED))
        self._image.grid(row=0, column=0, padx=(GAP_SIDE, 10))
        self._text = Label(self, colour=style.MUTED)
        self._text.grid(row=0, column=1, sticky="w")
        texts.show(self._text, title)
        self._keys = Label(self, keys, size=11, colour=style.MUTED)
        self._keys.grid(row=0, column=2, padx=(style.GRID, GAP_SIDE))
        self._command = command
        for widget in (self, self._image, self._text, self._keys):
            widget.bind("<Button-1>", lambda _e: command())
            widget.bind("<Enter>", lambda _e: self._paint(hover=True))
            widget.bind("<Leave>", lambda _e: self._paint())
        self._canvas.configure(takefocus=1)
        self._canvas.bind("<Return>", lambda _e: command())
        self._canvas.bind("<space>", lambda _e: command())
        self._canvas.bind("<<TraverseIn>>", lambda _e: self.configure(border_width=2))
        self._canvas.bind("<FocusOut>", lambda _e: self.configure(border_width=0))

    def invoke(self) -> None:
        self._command()

    def choose(self, chosen: bool) -> None:
        if chosen != self._chosen:
            self._chosen = chosen
            self._text.configure(font=style.font(bold=chosen))
            self._paint()

    def _paint(self, *, hover: bool = False) -> None:
        if self._chosen:
            fill, text = style.ACCENT_SOFT, style.ACCENT_TEXT
        else:
            fill, text = (style.HOVER if hover else style.SIDE_BAR), style.MUTED
        self.configure(fg_color=fill)
        for label in (self._image, self._text, self._keys):
            label.configure(bg_color=fill)
        self._text.paint(text)
        self._keys.paint(text)
        self._image.configure(image=icon(self._picture, 20, text))

"""What to collect: all clients or ticked ones, and limits for a trial."""

import tkinter as tk
from collections.abc import Callable
from typing import Any, cast

from core.i18n import _
from core.phones.run_request import Selection
from gui import style
from gui.dialogs.client_ticks import ClientTicks, read_clients
from gui.dialogs.use_row import UseRow
from gui.shell import Shell
from gui.widgets.basics import Label, Row
from gui.widgets.buttons import Button
from gui.widgets.dialog import Dialog
from gui.widgets.fields import Choice, Field
from gui.widgets.tooltip import explain

MOST = 100_000  # of a limit
NO_SET = ""


class WhatToCollect(Dialog):
    """Search, tick, and say how much."""

    size = (760, 680)
    resizes = True

    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master)
        self.window = cast("Shell", master)
        self.texts.call(lambda: self.title(_("What to collect")))
        self._chosen: Callable[[Selection], Any] = lambda _s: None
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.list = ClientTicks(self, self.texts, self._tell, self._accept)
        self.list.grid(row=0, column=0, sticky="nsew", padx=style.EDGE, pady=(style.EDGE, 0))
        self._build_sets()
        self._build_limits()
        self._build_buttons()

    def ask(self, selection: Selection, chosen: Callable[[Selection], Any]) -> None:
        """Show the present selection; `chosen` gets the new one when it is accepted."""
        self._chosen = chosen
        for field, limit in zip(
            self.limits,
            (selection.limit_clients, selection.limit_projects, selection.max_pages),
            strict=True,
        ):
            field.put("" if limit is None else str(limit))
            field.mark_wrong(False)
        self.list.put(str(client) for client in selection.clients)
        self.wrong.say("")
        self._say_sets()
        self.open()
        path = self.window.program.settings.database_path
        self.window.background.run(lambda: read_clients(path), self.list.show, slot="clients")

    def focus_first(self) -> None:
        self.list.search.focus_set()

    def retheme(self) -> None:
        super().retheme()
        self.list.retheme()

    # --- building ---

    def _build_sets(self) -> None:
        """Clients that are collected together again and again, under a name."""
        row = Row(self)
        row.grid(row=1, column=0, sticky="ew", padx=style.EDGE, pady=(style.GAP, 0))
        self.sets = Choice(row, [NO_SET], self._set_chosen)
        self.sets.pack(side="left")
        self.forget_set = Button(row, command=self._forget_set, look="quiet", image="trash")
        self.forget_set.pack(side="left", padx=(style.GRID, 0))
        explain(self.forget_set, lambda: _("Forget this set"))
        self.keep_set = Button(row, command=self._keep_set)
        self.keep_set.pack(side="right")
        self.texts.show(self.keep_set, lambda: _("Save the set"))
        self.set_name = Field(row, width=180, submitted=self._keep_set, changed=self._tell)
        self.set_name.pack(side="right", padx=(0, style.GRID * 2))
        self.texts.show(self.set_name, lambda: _("Name of a set"), "placeholder_text")
        self.texts.call(self._say_sets)

    def _build_limits(self) -> None:
        row = Row(self)
        row.grid(row=2, column=0, sticky="ew", padx=style.EDGE, pady=(style.PAD, 0))
        title = Label(row, bold=True)
        title.grid(row=0, column=0, columnspan=3, sticky="w", pady=(0, style.GRID))
        self.texts.show(title, lambda: _("Only a trial? The first…"))
        self.limits: list[Field] = []
        words = (lambda: _("clients"), lambda: _("projects of each"), lambda: _("pages of each"))
        for column, word in enumerate(words):
            row.columnconfigure(column, weight=1, uniform="limits")
            cell = Row(row)
            cell.grid(row=1, column=column, sticky="w")
            field = Field(cell, width=56, submitted=self._accept)
            field.pack(side="left")
            label = Label(cell, size=style.SECONDARY, colour=style.MUTED)
            label.pack(side="left", padx=(style.GRID * 2, 0))
            self.texts.show(label, word)
            self.limits.append(field)
        self.wrong = Label(row, size=style.SMALL, colour=style.ERROR)
        self.wrong.grid(row=2, column=0, columnspan=3, sticky="w")

    def _build_buttons(self) -> None:
        self.last = UseRow(self, self._accept)
        self.last.grid(row=3, column=0, sticky="ew", padx=style.EDGE, pady=style.EDGE)

    # --- sets ---

    def _say_sets(self) -> None:
        names = sorted(self.window.kept.sets)
        self.sets.say({NO_SET: _("Saved sets"), **{name: name for name in names}}, [NO_SET, *names])
        if self.sets.value not in names:
            self.sets.set(NO_SET)
        self.sets.enable(bool(names))
        self.forget_set.enable(self.sets.value != NO_SET)

    def _set_chosen(self, name: str) -> None:
        known = {str(row.id) for row in self.list.clients}
        ticked = {key for key in self.window.kept.sets.get(name, []) if key in known}
        self._say_sets()
        self.list.put(ticked, only_ticked=bool(ticked))

    def _keep_set(self) -> None:
        name = self.set_name.get().strip()
        if name and self.list.ticked:
            self.window.kept.sets[name] = sorted(self.list.ticked)
            self.set_name.put("")
            self.sets.set(name)
            self._say_sets()
            self._tell()

    def _forget_set(self) -> None:
        self.window.kept.sets.pop(self.sets.value, None)
        self._say_sets()

    def _tell(self) -> None:
        self.last.tell(len(self.list.ticked), _("All clients are collected"))
        self.keep_set.enable(bool(self.list.ticked) and bool(self.set_name.get().strip()))

    def _accept(self) -> None:
        limits: list[int | None] = []
        for field in self.limits:
            text = field.get().strip()
            right = not text or (text.isdigit() and 0 < int(text) <= MOST)
            field.mark_wrong(not right)
            self.wrong.say("" if right else _("A whole number from 1 on; empty for no limit."))
            if not right:
                field.focus_set()
                return
            limits.append(int(text) if text else None)
        self.close()
        self._chosen(Selection(tuple(sorted(self.list.ticked)), *limits))

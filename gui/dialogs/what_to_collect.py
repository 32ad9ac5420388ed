"""What to collect: all clients or ticked ones, and limits for a trial.

2,411 clients stand in one Treeview; ticking and searching change texts of rows, not widgets.
"""

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Any, cast

from core.database.failures import StorageFailure
from core.formats import number
from core.i18n import _
from core.phones import wording
from core.phones.run_request import Selection
from core.phones.storage.queries.tables import ClientRow, clients
from core.phones.storage.reader import Reader
from gui import style
from gui.icons import icon
from gui.shell import Shell
from gui.texts import exists
from gui.widgets.basics import Card, Label, Row
from gui.widgets.buttons import Button
from gui.widgets.dialog import Dialog
from gui.widgets.fields import Choice, Field, SearchField
from gui.widgets.table_marks import SIDE, FoundMarks
from gui.widgets.tooltip import explain

MOST = 100_000
NO_SET = ""
BOX = 18  # unscaled


class WhatToCollect(Dialog):
    """Search, tick, and say how much."""

    size = (760, 680)
    resizes = True

    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master)
        self.window = cast("Shell", master)
        self.texts.call(lambda: self.title(_("What to collect")))
        self._chosen: Callable[[Selection], Any] = lambda _s: None
        self._clients: Sequence[ClientRow] = ()
        self._ticked: set[str] = set()
        self._ticked_only = False
        self._marking = ""
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self._build_top()
        self._build_list()
        self._build_sets()
        self._build_limits()
        self._build_buttons()

    def ask(self, selection: Selection, chosen: Callable[[Selection], Any]) -> None:
        """Show the present selection; `chosen` gets the new one when it is accepted."""
        self._chosen = chosen
        self._ticked = {str(client) for client in selection.clients}
        for field, limit in zip(
            self.limits,
            (selection.limit_clients, selection.limit_projects, selection.max_pages),
            strict=True,
        ):
            field.put("" if limit is None else str(limit))
            field.mark_wrong(False)
        self.search.field.put("")
        self._ticked_only = False
        self.wrong.say("")
        self._say_sets()
        self.open()
        path = self.window.program.settings.database_path
        self.window.background.run(lambda: _read(path), self._show, slot="clients")

    def focus_first(self) -> None:
        self.search.focus_set()

    def retheme(self) -> None:
        super().retheme()
        self._pictures()

    # --- building ---

    def _build_top(self) -> None:
        top = Row(self)
        top.grid(row=0, column=0, sticky="ew", padx=style.EDGE, pady=(style.EDGE, style.GAP))
        self.search = SearchField(top, lambda _t: self._fill(), width=240, accepted=self._enter)
        self.search.pack(side="left")
        self.only_ticked = Button(top, command=self._show_ticked, look="choice")
        self.only_ticked.pack(side="left", padx=(style.GRID * 2, 0))
        self.texts.show(self.only_ticked, lambda: _("Only ticked"))
        self.texts.show(self.search, lambda: _("Name or number of a client"), "placeholder_text")
        self.none = Button(top, command=lambda: self._tick_all(False))
        self.none.pack(side="right")
        self.texts.show(self.none, lambda: _("Untick all"))
        self.all = Button(top, command=lambda: self._tick_all(True))
        self.all.pack(side="right", padx=(0, style.GRID * 2))
        self.texts.show(self.all, lambda: _("Tick these"))

    def _build_list(self) -> None:
        card = Card(self)
        card.grid(row=1, column=0, sticky="nsew", padx=style.EDGE)
        card.columnconfigure(0, weight=1)
        card.rowconfigure(0, weight=1)
        self.tree = ttk.Treeview(
            card, columns=("id", "projects"), show="tree headings", selectmode="browse"
        )
        # Plain Tk widgets: CustomTkinter scales the distances of its own ones only.
        two, six, eight, ten = (style.pixels(self, size) for size in (2, 6, 8, 10))
        self.tree.grid(row=0, column=0, sticky="nsew", padx=(eight, two), pady=eight)
        bar = ttk.Scrollbar(card, orient="vertical", command=self.tree.yview)
        bar.grid(row=0, column=1, sticky="ns", pady=ten, padx=(0, six))
        self._found = FoundMarks(self.tree)

        def scrolled(first: float, last: float) -> None:
            bar.set(float(first), float(last))
            self._mark_soon()

        self.tree.configure(yscrollcommand=scrolled)
        self.tree.bind("<Configure>", lambda _e: self._mark_soon())
        self.texts.call(self._head)
        self.tree.bind("<ButtonRelease-1>", self._clicked)
        self.tree.bind("<space>", self._key_ticked)
        self.tree.bind("<Return>", self._key_ticked)
        self.hint = Label(card, colour=style.MUTED, justify="center", anchor="center",
                          wraplength=380)  # fmt: skip
        self._pictures()

    def _head(self) -> None:
        self.tree.heading("#0", text=_("Client"), anchor="w")
        self.tree.heading("id", text=_("ID"), anchor="e")
        self.tree.heading("projects", text=_("Projects"), anchor="e")
        self.tree.column("#0", width=style.pixels(self, 300), stretch=True)
        self.tree.column("id", width=style.pixels(self, 110), anchor="e", stretch=False)
        self.tree.column("projects", width=style.pixels(self, 100), anchor="e", stretch=False)

    def _pictures(self) -> None:
        """Boxes of the list in the present theme and scaling."""
        factor = style.scaling(self)
        mode = "dark" if style.is_dark() else "light"
        ticked, empty = icon("box_ticked", BOX, style.ACCENT), icon("box", BOX, style.MUTED)
        self._boxes: dict[bool, Any] = {
            True: ticked.create_scaled_photo_image(factor, mode),
            False: empty.create_scaled_photo_image(factor, mode),
        }
        for key in self.tree.get_children():
            self.tree.item(key, image=self._boxes[key in self._ticked])

    def _build_sets(self) -> None:
        """Clients that are collected together again and again, under a name."""
        row = Row(self)
        row.grid(row=2, column=0, sticky="ew", padx=style.EDGE, pady=(style.GAP, 0))
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
        row.grid(row=3, column=0, sticky="ew", padx=style.EDGE, pady=(style.PAD, 0))
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
        row = Row(self)
        row.grid(row=4, column=0, sticky="ew", padx=style.EDGE, pady=style.EDGE)
        self.count = Label(row, colour=style.MUTED)
        self.count.pack(side="left")
        self.ok = Button(row, command=self._accept, look="primary")
        self.ok.pack(side="right")
        self.texts.show(self.ok, lambda: _("Use"))
        cancel = Button(row, command=self.cancel)
        cancel.pack(side="right", padx=(0, style.GRID * 2))
        self.texts.show(cancel, lambda: _("Cancel"))

    # --- the list ---

    def _show(self, found: Sequence[ClientRow]) -> None:
        self._clients = found
        known = {str(row.id) for row in found}
        names = {row.username: str(row.id) for row in found}
        self._ticked = {names.get(name, name) for name in self._ticked} & (known or self._ticked)
        self._fill()

    def _fill(self) -> None:
        wanted = self.search.text.casefold()
        self.tree.delete(*self.tree.get_children())
        for row in self._clients:
            key = str(row.id)
            if self._ticked_only and key not in self._ticked:
                continue
            if wanted in row.username.casefold() or key.startswith(wanted):
                self.tree.insert("", "end", iid=key, text=f"  {row.username}",
                                 image=self._boxes[key in self._ticked],
                                 values=(key, number(row.projects)))  # fmt: skip
        if self.tree.get_children():
            self.hint.place_forget()
        else:
            self.hint.say(
                _("No client is ticked.") if self._ticked_only and not wanted
                else _("No client has this name.") if self._clients
                else _("The list of clients is known after the first run; until then all are read.")
            )  # fmt: skip
            self.hint.place(relx=0.5, rely=0.5, anchor="center")
        self._tell()
        self._found.look_for(self.search.text)
        self._mark_soon()

    def _mark_soon(self) -> None:
        """Under the found text, once the rows stand."""
        if not self._marking:
            self._marking = self.after_idle(self._mark)

    def _mark(self) -> None:
        self._marking = ""
        if exists(self.tree):
            picture = style.pixels(self, BOX) + style.pixels(self, SIDE)
            self._found.place(("#0", "id"), style.plain_font(self, style.SECONDARY), picture)

    def _show_ticked(self) -> None:
        self._ticked_only = not self._ticked_only
        self._fill()

    def _enter(self) -> None:
        """Enter in the search ticks what it found first, for the next name to be typed; with
        nothing typed it accepts all."""
        keys = self.tree.get_children()
        if not self.search.text:
            self._accept()
        elif keys:
            self._ticked.add(keys[0])
            self.search.field.put("")
            self._fill()
            self.tree.see(keys[0])

    def _say_sets(self) -> None:
        names = sorted(self.window.kept.sets)
        self.sets.say({NO_SET: _("Saved sets"), **{name: name for name in names}}, [NO_SET, *names])
        if self.sets.value not in names:
            self.sets.set(NO_SET)
        self.sets.enable(bool(names))
        self.forget_set.enable(self.sets.value != NO_SET)

    def _set_chosen(self, name: str) -> None:
        known = {str(row.id) for row in self._clients}
        self._ticked = {key for key in self.window.kept.sets.get(name, []) if key in known}
        self._say_sets()
        self._ticked_only = bool(self._ticked)
        self._fill()

    def _keep_set(self) -> None:
        name = self.set_name.get().strip()
        if name and self._ticked:
            self.window.kept.sets[name] = sorted(self._ticked)
            self.set_name.put("")
            self.sets.set(name)
            self._say_sets()
            self._tell()

    def _forget_set(self) -> None:
        self.window.kept.sets.pop(self.sets.value, None)
        self._say_sets()

    def _clicked(self, event: Any) -> None:
        if self.tree.identify_region(event.x, event.y) in ("cell", "tree"):
            self._toggle(self.tree.identify_row(event.y))

    def _key_ticked(self, _event: Any) -> str:
        self._toggle(self.tree.focus())
        return "break"

    def _toggle(self, key: str) -> None:
        if key:
            self._ticked ^= {key}
            self.tree.item(key, image=self._boxes[key in self._ticked])
            self._tell()

    def _tick_all(self, ticked: bool) -> None:
        """Tick what the search shows; untick everything."""
        if ticked:
            self._ticked |= set(self.tree.get_children())
        else:
            self._ticked.clear()
        for key in self.tree.get_children():
            self.tree.item(key, image=self._boxes[key in self._ticked])
        self._tell()

    def _tell(self) -> None:
        if self._ticked:
            text = _("Chosen: {clients}").format(clients=wording.clients(len(self._ticked)))
        else:
            text = _("All clients are collected")
        self.count.say(text)
        self.only_ticked.dress("chosen" if self._ticked_only else "choice")
        self.keep_set.enable(bool(self._ticked) and bool(self.set_name.get().strip()))

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
        self._chosen(Selection(tuple(sorted(self._ticked)), *limits))


def _read(path: Any) -> Sequence[ClientRow]:
    """In a background thread."""
    try:
        with Reader(path) as reader:
            return clients(reader, limit=MOST).rows
    except StorageFailure:
        return ()

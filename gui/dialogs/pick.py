"""Pick one of many: a search field over a list that is read as one types."""

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import Any, cast

from core.i18n import _
from core.phones.storage.reader import Reader
from gui import style
from gui.shell import Shell
from gui.texts import Words
from gui.widgets.basics import Row, frame_of_one
from gui.widgets.buttons import Button
from gui.widgets.dialog import Dialog
from gui.widgets.fields import SearchField
from gui.widgets.table import Column, Table, TableRow
from gui.window_state import memory_of

Found = Sequence[tuple[int, str, str]]  # id, name, remark
Search = Callable[[Reader, str], Found]


class PickDialog(Dialog):
    """`ask` shows it; `chosen` gets (id, name), or None for all."""

    size = (480, 560)
    resizes = True

    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master)
        self.window = cast("Shell", master)
        self._search_for: Search = lambda _reader, _text: ()
        self._chosen: Callable[[tuple[int, str] | None], Any] = lambda _pick: None
        self._names: dict[str, str] = {}
        self._finding = False
        self._accepting = False  # Enter was pressed while it was still looked for
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self.search = SearchField(self, lambda _text: self._find(), width=300, accepted=self._enter)
        self.search.grid(
            row=0, column=0, sticky="ew", padx=style.EDGE, pady=(style.EDGE, style.GAP)
        )
        self.texts.show(self.search, lambda: _("Name or number"), "placeholder_text")
        card = frame_of_one(self)
        card.grid(row=1, column=0, sticky="nsew", padx=style.EDGE)
        self.table = Table(
            card,
            (
                Column("name", lambda: _("Name"), 240, stretch=True),
                Column("remark", lambda: "", 140, stretch=True),
            ),
            self.texts,
            on_open=lambda _key: self._accept(),
            memory=memory_of(self.window.kept, "pick"),
        )
        self.table.grid(row=0, column=0, sticky="nsew", padx=8, pady=8)
        self.texts.call(lambda: self.table.empty.say(_("Nothing found.")))
        row = Row(self)
        row.grid(row=2, column=0, sticky="ew", padx=style.EDGE, pady=style.EDGE)
        self.ok = Button(row, command=self._accept, look="primary")
        self.ok.pack(side="right")
        self.texts.show(self.ok, lambda: _("Choose"))
        cancel = Button(row, command=self.cancel)
        cancel.pack(side="right", padx=(0, style.GRID * 2))
        self.texts.show(cancel, lambda: _("Cancel"))
        self.all = Button(row, command=self._accept_all)
        self.all.pack(side="left")
        self.texts.show(self.all, lambda: _("All"))
        self.search.field.bind("<Down>", lambda _e: self._into_list())

    def ask(
        self, title: Words, search: Search, chosen: Callable[[tuple[int, str] | None], Any]
    ) -> None:
        self.title(title())
        self._search_for, self._chosen = search, chosen
        self.search.field.put("")
        self._find()
        self.open()

    def focus_first(self) -> None:
        self.search.focus_set()

    def retheme(self) -> None:
        self.table.retheme()

    def _enter(self) -> None:
        """Enter in the search: the chosen one, as soon as what was typed is found."""
        if self._finding:
            self._accepting = True
        else:
            self._accept()

    def _find(self) -> None:
        self._finding, self._accepting = True, False
        search, text = self._search_for, self.search.text
        path = self.window.program.settings.database_path

        def work() -> Found:
            with Reader(path) as reader:
                return search(reader, text)

        self.window.background.run(work, self._show, lambda _error: self._show(()), slot="pick")

    def _show(self, found: Found) -> None:
        self._names = {str(key): name for key, name, _remark in found}
        self.table.look_for(self.search.text)
        self.table.show(TableRow(str(key), (name, remark)) for key, name, remark in found)
        if found and not self.table.selected:
            self.table.choose(str(found[0][0]))
        self._finding = False
        if self._accepting:
            self._accepting = False
            self._accept()

    def _into_list(self) -> None:
        self.table.tree.focus_set()

    def _accept(self) -> None:
        keys = self.table.selected
        if keys:
            self.close()
            self._chosen((int(keys[0]), self._names[keys[0]]))

    def _accept_all(self) -> None:
        self.close()
        self._chosen(None)

"""Clients to tick: a search, their list, and how many are ticked.

2,411 clients stand in one Treeview; ticking and searching change texts of rows, not widgets.
"""

import tkinter as tk
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tkinter import ttk
from typing import Any

from core.database.failures import StorageFailure
from core.formats import number
from core.i18n import _
from core.phones.storage.queries.tables import ClientRow, clients
from core.phones.storage.reader import Reader
from gui import style
from gui.icons import icon
from gui.texts import Texts
from gui.widgets.basics import Card, Label, Row
from gui.widgets.buttons import Button
from gui.widgets.fields import SearchField
from gui.widgets.table_marks import FoundMarks, Where

MOST = 100_000
BOX = 18  # unscaled


class ClientTicks(Row):
    """`ticked` are keys: the client's id as text. `changed` is called after each change."""

    def __init__(
        self,
        master: tk.Misc,
        texts: Texts,
        changed: Callable[[], Any],
        accepted: Callable[[], Any],
    ) -> None:
        """`accepted`: Enter was pressed in the search with nothing typed."""
        super().__init__(master)
        self._texts = texts
        self._changed = changed
        self._accepted = accepted
        self.clients: Sequence[ClientRow] = ()
        self.ticked: set[str] = set()
        self._ticked_only = False
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self._build_top()
        self._build_list()

    def put(self, ticked: Iterable[str], *, only_ticked: bool = False) -> None:
        """Tick these and no others; the search is emptied."""
        self.ticked = set(ticked)
        self.search.field.put("")
        self._ticked_only = only_ticked
        self._fill()

    def show(self, found: Sequence[ClientRow]) -> None:
        """The clients that are known. What is ticked by name is then ticked by id, and forgotten
        where no client has it."""
        self.clients = found
        known = {str(row.id) for row in found}
        names = {row.username: str(row.id) for row in found}
        self.ticked = {names.get(name, name) for name in self.ticked} & (known or self.ticked)
        self._fill()

    def retheme(self) -> None:
        """Boxes of the list in the present theme and scaling."""
        factor = style.scaling(self)
        mode = "dark" if style.is_dark() else "light"
        ticked, empty = icon("box_ticked", BOX, style.ACCENT), icon("box", BOX, style.MUTED)
        self._boxes: dict[bool, Any] = {
            True: ticked.create_scaled_photo_image(factor, mode),
            False: empty.create_scaled_photo_image(factor, mode),
        }
        for key in self.tree.get_children():
            self.tree.item(key, image=self._boxes[key in self.ticked])

    # --- building ---

    def _build_top(self) -> None:
        top = Row(self)
        top.grid(row=0, column=0, sticky="ew", pady=(0, style.GAP))
        self.search = SearchField(top, lambda _t: self._fill(), width=240, accepted=self._enter)
        self.search.pack(side="left")
        self.only_ticked = Button(top, command=self._show_ticked, look="choice")
        self.only_ticked.pack(side="left", padx=(style.GRID * 2, 0))
        self._texts.show(self.only_ticked, lambda: _("Only ticked"))
        self._texts.show(self.search, lambda: _("Name or number of a client"), "placeholder_text")
        self.none = Button(top, command=lambda: self._tick_all(False))
        self.none.pack(side="right")
        self._texts.show(self.none, lambda: _("Untick all"))
        self.all = Button(top, command=lambda: self._tick_all(True))
        self.all.pack(side="right", padx=(0, style.GRID * 2))
        self._texts.show(self.all, lambda: _("Tick these"))

    def _build_list(self) -> None:
        card = Card(self)
        card.grid(row=1, column=0, sticky="nsew")
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
        self._found = FoundMarks(self.tree, self._texts_shown)

        def scrolled(first: float, last: float) -> None:
            bar.set(float(first), float(last))
            self._found.place_soon()

        self.tree.configure(yscrollcommand=scrolled)
        self.tree.bind("<Configure>", lambda _e: self._found.place_soon())
        self._texts.call(self._head)
        self.tree.bind("<ButtonRelease-1>", self._clicked)
        self.tree.bind("<space>", self._key_ticked)
        self.tree.bind("<Return>", self._key_ticked)
        self.hint = Label(card, colour=style.MUTED, justify="center", anchor="center",
                          wraplength=380)  # fmt: skip
        self.retheme()

    def _head(self) -> None:
        self.tree.heading("#0", text=_("Client"), anchor="w")
        self.tree.heading("id", text=_("ID"), anchor="e")
        self.tree.heading("projects", text=_("Projects"), anchor="e")
        self.tree.column("#0", width=style.pixels(self, 300), stretch=True)
        self.tree.column("id", width=style.pixels(self, 110), anchor="e", stretch=False)
        self.tree.column("projects", width=style.pixels(self, 100), anchor="e", stretch=False)

    # --- the list ---

    def _fill(self) -> None:
        wanted = self.search.text.casefold()
        self.tree.delete(*self.tree.get_children())
        for row in self.clients:
            key = str(row.id)
            if self._ticked_only and key not in self.ticked:
                continue
            if wanted in row.username.casefold() or key.startswith(wanted):
                self.tree.insert("", "end", iid=key, text=f"  {row.username}",
                                 image=self._boxes[key in self.ticked],
                                 values=(key, number(row.projects)))  # fmt: skip
        if self.tree.get_children():
            self.hint.place_forget()
        else:
            self.hint.say(
                _("No client is ticked.") if self._ticked_only and not wanted
                else _("No client has this name.") if self.clients
                else _("The list of clients is known after the first run; until then all are read.")
            )  # fmt: skip
            self.hint.place(relx=0.5, rely=0.5, anchor="center")
        self._tell()
        self._found.look_for(self.search.text)

    def _texts_shown(self) -> Where:
        face = style.plain_font(self, style.SECONDARY)
        return Where(("#0", "id"), face, style.pixels(self, BOX))

    def _show_ticked(self) -> None:
        self._ticked_only = not self._ticked_only
        self._fill()

    def _enter(self) -> None:
        """Enter in the search ticks what it found first, for the next name to be typed; with
        nothing typed it accepts all."""
        keys = self.tree.get_children()
        if not self.search.text:
            self._accepted()
        elif keys:
            self.ticked.add(keys[0])
            self.search.field.put("")
            self._fill()
            self.tree.see(keys[0])

    def _clicked(self, event: Any) -> None:
        if self.tree.identify_region(event.x, event.y) in ("cell", "tree"):
            self._toggle(self.tree.identify_row(event.y))

    def _key_ticked(self, _event: Any) -> str:
        self._toggle(self.tree.focus())
        return "break"

    def _toggle(self, key: str) -> None:
        if key:
            self.ticked ^= {key}
            self.tree.item(key, image=self._boxes[key in self.ticked])
            self._tell()

    def _tick_all(self, ticked: bool) -> None:
        """Tick what the search shows; untick everything."""
        if ticked:
            self.ticked |= set(self.tree.get_children())
        else:
            self.ticked.clear()
        for key in self.tree.get_children():
            self.tree.item(key, image=self._boxes[key in self.ticked])
        self._tell()

    def _tell(self) -> None:
        self.only_ticked.dress("chosen" if self._ticked_only else "choice")
        self._changed()


def read_clients(database: Path) -> Sequence[ClientRow]:
    """All clients that are known; in a background thread."""
    try:
        with Reader(database) as reader:
            return clients(reader, limit=MOST).rows
    except StorageFailure:
        return ()

"""Tick the clients that something is for; none means all."""

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import Any, cast

from core.i18n import _
from gui import style
from gui.dialogs.client_ticks import ClientTicks, read_clients
from gui.dialogs.use_row import UseRow
from gui.shell import Shell
from gui.widgets.dialog import Dialog

Picked = Sequence[tuple[int, str]]  # id and name


class PickClientsDialog(Dialog):
    size = (560, 560)
    resizes = True

    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master)
        self.window = cast("Shell", master)
        self._chosen: Callable[[Picked], Any] = lambda _picked: None
        self.texts.call(lambda: self.title(_("Clients")))
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.list = ClientTicks(self, self.texts, self._tell, self._accept)
        self.list.grid(row=0, column=0, sticky="nsew", padx=style.EDGE, pady=(style.EDGE, 0))
        self.last = UseRow(self, self._accept)
        self.last.grid(row=1, column=0, sticky="ew", padx=style.EDGE, pady=style.EDGE)

    def ask(self, ticked: Picked, chosen: Callable[[Picked], Any]) -> None:
        """Show what is ticked now; `chosen` gets what is ticked when it is accepted."""
        self._chosen = chosen
        self.list.put(str(client) for client, _name in ticked)
        self.open()
        path = self.window.program.settings.database_path
        self.window.background.run(
            lambda: read_clients(path), self.list.show, slot="clients to pick"
        )

    def focus_first(self) -> None:
        self.list.search.focus_set()

    def retheme(self) -> None:
        super().retheme()
        self.list.retheme()

    def _tell(self) -> None:
        self.last.tell(len(self.list.ticked), _("All clients"))

    def _accept(self) -> None:
        ticked = self.list.ticked
        self.close()
        self._chosen([(r.id, r.username) for r in self.list.clients if str(r.id) in ticked])

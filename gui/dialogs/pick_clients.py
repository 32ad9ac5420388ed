"""Tick the clients that something is for; none means all."""

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import Any, cast

from core.i18n import _
from core.phones import wording
from gui import style
from gui.dialogs.client_ticks import ClientTicks, read_clients
from gui.shell import Shell
from gui.widgets.basics import Label, Row
from gui.widgets.buttons import Button
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
        row = Row(self)
        row.grid(row=1, column=0, sticky="ew", padx=style.EDGE, pady=style.EDGE)
        self.count = Label(row, colour=style.MUTED)
        self.count.pack(side="left")
        self.ok = Button(row, command=self._accept, look="primary")
        self.ok.pack(side="right")
        self.texts.show(self.ok, lambda: _("Use"))
        cancel = Button(row, command=self.cancel)
        cancel.pack(side="right", padx=(0, style.GRID * 2))
        self.texts.show(cancel, lambda: _("Cancel"))

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
        ticked = len(self.list.ticked)
        if ticked:
            self.count.say(_("Chosen: {clients}").format(clients=wording.clients(ticked)))
        else:
            self.count.say(_("All clients"))

    def _accept(self) -> None:
        ticked = self.list.ticked
        self.close()
        self._chosen([(r.id, r.username) for r in self.list.clients if str(r.id) in ticked])

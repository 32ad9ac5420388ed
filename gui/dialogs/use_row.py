"""The last row of a dialog in which clients are ticked: how many are chosen, Cancel and Use."""

from collections.abc import Callable

from core.i18n import _
from core.phones import wording
from gui import style
from gui.widgets.basics import Label, Row
from gui.widgets.buttons import Button
from gui.widgets.dialog import Dialog


class UseRow(Row):
    """Tk thread only."""

    def __init__(self, dialog: Dialog, accept: Callable[[], object]) -> None:
        super().__init__(dialog)
        self.count = Label(self, colour=style.MUTED)
        self.count.pack(side="left")
        self.ok = Button(self, command=accept, look="primary")
        self.ok.pack(side="right")
        dialog.texts.show(self.ok, lambda: _("Use"))
        cancel = Button(self, command=dialog.cancel)
        cancel.pack(side="right", padx=(0, style.GRID * 2))
        dialog.texts.show(cancel, lambda: _("Cancel"))

    def tell(self, ticked: int, none: str) -> None:
        """Say how many are ticked, or `none`."""
        chosen = _("Chosen: {clients}").format(clients=wording.clients(ticked))
        self.count.say(chosen if ticked else none)

"""What the window offers for the safety of the data, as actions of menus and banners.

Each opens its dialog; the work itself is in core.phones.storage. Tk thread only.
"""

from pathlib import Path
from typing import Protocol

from core.database.failures import StorageFailure, StorageProblem
from gui.shell import Shell
from gui.views.base import View

DAMAGE = (StorageProblem.DAMAGED, StorageProblem.NOT_A_DATABASE)


class _Window(Shell, Protocol):
    def view(self, key: str) -> View: ...


class Safekeeping:
    def __init__(self, window: _Window) -> None:
        self._window = window
        self._told: Path | None = None  # the damaged database that was told of without being asked

    def back_up(self) -> None:
        """Make a backup now, shown in the list of all."""
        from gui.dialogs.backups import BackupsDialog

        self._window.dialog(BackupsDialog).ask(back_up=True)

    def show_backups(self) -> None:
        from gui.dialogs.backups import BackupsDialog

        self._window.dialog(BackupsDialog).ask()

    def erase(self, phone: str = "") -> None:
        """Erase a number after asking; with none given it is asked for."""
        from gui.dialogs.forget import ForgetDialog

        self._window.dialog(ForgetDialog).ask(phone)

    def revalidate(self) -> None:
        """Try rejected numbers again."""
        from gui.dialogs.tasks import RevalidateDialog

        self._window.dialog(RevalidateDialog).ask()

    def report(self) -> None:
        """Write a problem report."""
        from gui.dialogs.tasks import ReportDialog

        self._window.dialog(ReportDialog).ask()

    def data_changed(self) -> None:
        """Numbers were erased or added by other than a run: what shows them reads anew."""
        self._window.runs.look_at_place()
        for key in ("dashboard", "data", "runs"):
            view = self._window.view(key)
            if view.built:
                view.data_changed()

    def recover(self) -> None:
        """Open the dialog for a damaged database; not while a run goes on."""
        if not self._window.run.active:
            from gui.dialogs.recovery import RecoveryDialog

            self._window.dialog(RecoveryDialog).ask()

    def found(self, failure: StorageFailure) -> None:
        """A look at the database failed: damage is told at once, but once only."""
        if failure.problem in DAMAGE and self._told != failure.path:
            self._told = failure.path
            self.recover()

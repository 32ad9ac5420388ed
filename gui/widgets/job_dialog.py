"""A dialog for long work: it runs in the background, shows how far it is, and can be cancelled."""

import time
import tkinter as tk
from collections.abc import Callable
from typing import TypeVar, cast

from core.database.failures import StorageFailure
from core.errors import UserError
from core.i18n import _
from core.phones.storage.explain import explain
from core.stop import StopSignal
from core.watch import Cancelled, Watch
from gui import style
from gui.shell import Shell
from gui.widgets.basics import Label, Row
from gui.widgets.dialog import Dialog
from gui.widgets.tiles import Bar

T = TypeVar("T")
STATE_HEIGHT = 40  # unscaled; of what is said below the questions
TELL_SECONDS = 0.1  # between two states of the progress bar


class JobDialog(Dialog):
    """One job at a time. Esc and the cross cancel it; without one they close the dialog."""

    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master)
        self.window = cast("Shell", master)
        self._stop: StopSignal | None = None

    @property
    def busy(self) -> bool:
        return self._stop is not None

    def build_state(self) -> Row:
        """The lines that say what happens, over a progress bar. The caller places the row."""
        state = Row(self)
        state.columnconfigure(0, weight=1)
        self.state_text = Label(state, wraps=True)
        self.state_text.grid(row=0, column=0, sticky="ew")
        self.hint = Label(state, size=style.SECONDARY, colour=style.MUTED, wraps=True)
        self.hint.grid(row=1, column=0, sticky="ew")
        self.bar = Bar(state)
        self.bar.grid(row=2, column=0, sticky="ew", pady=(style.GRID, 0))
        self.bar.grid_remove()
        if self.fits_content:  # two lines may come without the buttons moving
            room = Row(state, width=0, height=STATE_HEIGHT)
            room.grid(row=0, column=1, rowspan=4)
            state.rowconfigure(3, weight=1)
        return state

    def say(self, text: str, colour: style.Colour = style.TEXT, hint: str = "") -> None:
        self.state_text.say(text)
        self.state_text.paint(colour)
        self.hint.say(hint)

    def fit(self) -> None:
        """What can be pressed now has changed: the dialog's own part."""

    def work(
        self,
        doing: str,
        work: Callable[[Watch], T],
        done: Callable[[T], None],
        *,
        cancelled: str,
    ) -> None:
        """Say `doing` and call `work` in a thread; then `done` on the Tk thread.

        An error is said in the dialog; after a cancel `cancelled` is said.
        """
        stop = self.begin(doing)
        watch = Watch(self.teller(stop, self.bar.move), lambda: stop.is_set)

        def finished(result: T) -> None:
            self.ended()
            done(result)

        self.window.background.run(
            lambda: work(watch), finished, lambda error: self.failed(error, cancelled)
        )

    # --- what `work` is made of, for jobs that tell of more than a share ---

    def begin(self, doing: str) -> StopSignal:
        """The dialog is busy until `ended` or `failed`; the job ends soon after the signal."""
        stop = self._stop = StopSignal()
        self.say(doing)
        self.bar.move(0)
        self.bar.grid()
        self.fit()
        return stop

    def teller(self, stop: StopSignal, show: Callable[[T], None]) -> Callable[[T], None]:
        """For the working thread, which calls it often: now and then `show` is called on the Tk
        thread, as long as that job is neither over nor cancelled."""
        told = 0.0

        def show_if_it_goes_on(progress: T) -> None:
            if self._stop is stop and not stop.is_set:
                show(progress)

        def tell(progress: T) -> None:
            nonlocal told
            now = time.monotonic()
            if now - told >= TELL_SECONDS:
                told = now
                self.window.pump.put(lambda: show_if_it_goes_on(progress))

        return tell

    def ended(self) -> None:
        self._stop = None
        self.bar.grid_remove()
        self.fit()

    def failed(self, error: Exception, cancelled: str) -> None:
        """The job ended with this; a cancel is told as `cancelled`."""
        self.ended()
        if isinstance(error, Cancelled):
            self.say(cancelled, style.MUTED)
        else:
            self.say_error(error)

    def say_error(self, error: Exception) -> None:
        """In words here; what has none is a fault of the program and is shown by the window."""
        if isinstance(error, StorageFailure):
            error = explain(error)
        if isinstance(error, UserError):
            self.say(error.message, style.ERROR, error.hint)
        else:
            self.close()
            self.window.show_error(error)

    def cancel(self) -> None:
        if self._stop is not None:
            self._stop.request()
            self.say(_("Cancelling…"), style.MUTED)
        else:
            self.close()

    def end(self) -> None:
        if self._stop is not None:
            self._stop.request()

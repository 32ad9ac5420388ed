"""The parts of the Check view: where a list is brought, and the line that says what happens."""

import tkinter as tk
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tkinter import filedialog
from typing import Any

from core.database.failures import StorageFailure
from core.errors import UserError
from core.i18n import _
from core.phones.storage.explain import explain
from core.stop import StopSignal
from core.watch import Cancelled, Watch
from gui import opening, style
from gui.shell import Shell
from gui.texts import Texts
from gui.views.check_job import Given
from gui.widgets.basics import Card, Label, Row
from gui.widgets.buttons import Button
from gui.widgets.tiles import Bar


class BringCard(Card):
    """What the check is for, a button for a file, and a field to paste numbers into."""

    def __init__(
        self,
        master: tk.Misc,
        texts: Texts,
        bring: Callable[[Given], Any],
        *,
        takes_files: bool,
    ) -> None:
        super().__init__(master)
        self._bring = bring
        self.columnconfigure(0, weight=1)
        self.rowconfigure(3, weight=1)
        about = Label(self, wraps=True, colour=style.MUTED)
        about.grid(row=0, column=0, sticky="ew", padx=style.PAD, pady=(style.PAD, style.GAP))
        texts.show(
            about,
            lambda: _(
                "Bring a list of numbers as it is: Excel, CSV or text, any column, any spelling."
                " The program says which numbers are known, since when and in which projects,"
                " which are new, repeated, or no numbers. Nothing of the list is stored."
            ),
        )
        self.file = Button(self, command=self._choose_file, look="primary", image="folder")
        self.file.grid(row=1, column=0, sticky="w", padx=style.PAD)
        texts.show(self.file, lambda: _("Open a file…"))
        hint = Label(self, size=style.SECONDARY, colour=style.MUTED)
        hint.grid(row=2, column=0, sticky="w", padx=style.PAD, pady=(style.PAD, style.GRID))
        texts.show(hint, _paste_or_drop if takes_files else _paste)
        self.text = tk.Text(self, height=6, wrap="word", borderwidth=0, undo=True)
        self.text.grid(row=3, column=0, sticky="nsew")
        self.text.bind("<Control-Return>", self._pressed)
        self.text.bind("<Tab>", self._leave)
        self.check = Button(self, command=self._check)
        self.check.grid(row=4, column=0, sticky="e", padx=style.PAD, pady=style.PAD)
        texts.show(self.check, lambda: _("Check what was pasted"))
        self.retheme()

    def retheme(self) -> None:
        # A plain Tk widget: CustomTkinter scales the distances of its own ones only.
        self.text.grid(padx=style.pixels(self, style.PAD))
        pad = style.pixels(self, style.GRID * 2)
        self.text.configure(
            font=style.plain_font(self),
            background=style.shade(style.SUNKEN),
            foreground=style.shade(style.TEXT),
            insertbackground=style.shade(style.TEXT),
            highlightthickness=style.pixels(self, 1),
            highlightbackground=style.shade(style.CONTROL_LINE),
            highlightcolor=style.shade(style.ACCENT),
            padx=pad,
            pady=pad,
        )

    def _choose_file(self) -> None:
        chosen = filedialog.askopenfilename(
            parent=self,
            filetypes=(
                (_("Lists"), "*.xlsx *.xlsm *.csv *.txt *.tsv"),
                (_("All files"), "*"),
            ),
        )
        if chosen:
            self._bring(Given(Path(chosen).name, path=Path(chosen)))

    def _check(self) -> None:
        text = self.text.get("1.0", "end")
        if text.strip():
            self._bring(Given(_("Pasted numbers"), text=text))
        else:
            self.text.focus_set()

    def _pressed(self, _event: Any) -> str:
        self._check()
        return "break"

    def _leave(self, _event: Any) -> str:
        self.check.focus_by_key()
        return "break"


def _paste() -> str:
    return _("Or paste numbers here, one a line or with commas:")


def _paste_or_drop() -> str:
    return _("Or drop a file onto the window, or paste numbers here, one a line or with commas:")


class WorkLine(Row):
    """What happens in the background, how far it is, and what went wrong."""

    def __init__(self, master: tk.Misc, window: Shell, texts: Texts) -> None:
        super().__init__(master)
        self._window = window
        self._stop: StopSignal | None = None
        self._file: Path | None = None
        self.columnconfigure(0, weight=1)
        self.state = Label(self, wraps=True)
        self.state.grid(row=0, column=0, sticky="ew")
        self.folder = Button(self, command=self._show_in_folder, image="folder")
        self.folder.grid(row=0, column=1, padx=(style.GAP, 0))
        texts.show(self.folder, lambda: _("Show in folder"))
        self.bar = Bar(self)
        self.bar.grid(row=1, column=0, sticky="ew")
        self.cancel_button = Button(self, command=self.cancel, look="plain")
        self.cancel_button.grid(row=1, column=1, padx=(style.GAP, 0))
        texts.show(self.cancel_button, lambda: _("Cancel"))
        self.say("")

    @property
    def busy(self) -> bool:
        return self._stop is not None

    def say(
        self, text: str, colour: style.Colour = style.MUTED, *, file: Path | None = None
    ) -> None:
        """`file` can be shown in its folder."""
        self.state.say(text)
        self.state.paint(colour)
        self._file = file
        self._show(self.folder, file is not None)
        for part in (self.bar, self.cancel_button):
            self._show(part, self.busy)
        if text or self.busy:
            self.grid()
        else:
            self.grid_remove()

    def do(
        self,
        doing: str,
        work: Callable[[Watch], Any],
        done: Callable[[Any], Any],
        failed: Callable[[], Any],
    ) -> None:
        """Call `work` in a thread, then `done` on the Tk thread; what went wrong is said here,
        and `failed` called. Work that was begun before is cancelled, and nothing of it told."""
        self.cancel()
        stop = self._stop = StopSignal()
        self.bar.move(0)
        self.say(doing)

        def ended() -> bool:
            if self._stop is not stop:
                return False
            self._stop = None
            self.say("")
            return True

        def finished(result: Any) -> None:
            if ended():
                done(result)
            elif hasattr(result, "close"):
                self._window.background.run(result.close, lambda _none: None)

        def went_wrong(error: Exception) -> None:
            if ended():
                self.say_error(error)
                failed()

        def show(fraction: float) -> None:
            if self._stop is stop:
                self.bar.move(fraction)

        watch = Watch(
            lambda fraction: self._window.pump.put(partial(show, fraction)), lambda: stop.is_set
        )
        self._window.background.run(lambda: work(watch), finished, went_wrong)

    def say_error(self, error: Exception) -> None:
        if isinstance(error, StorageFailure):
            error = explain(error)
        if isinstance(error, Cancelled):
            self.say(_("Cancelled."))
        elif isinstance(error, UserError):
            self.say(f"{error.message} {error.hint}".strip(), style.ERROR)
        else:
            self._window.show_error(error)

    def cancel(self) -> None:
        if self._stop is not None:
            self._stop.request()

    def drop(self) -> None:
        """Cancel, and hear nothing more of it."""
        self.cancel()
        self._stop = None
        self.say("")

    def retheme(self) -> None:
        self.bar.retheme()

    def _show(self, part: Any, shown: bool) -> None:
        part.grid() if shown else part.grid_remove()

    def _show_in_folder(self) -> None:
        if self._file is not None:
            opening.show_in_folder(self._file)

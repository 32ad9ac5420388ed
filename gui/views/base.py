"""What all views have in common."""

import tkinter as tk
from collections.abc import Callable, Iterator
from typing import Any

import customtkinter as ctk

from core.phones.events import Event
from gui import style
from gui.shell import Shell
from gui.texts import Texts, Words
from gui.widgets.basics import Label, Row


class View(ctk.CTkFrame):  # type: ignore[misc]  # customtkinter is untyped
    """A view: a header with its title, and `body` below it.

    Everything happens on the Tk thread. A view is built piece by piece (`build` yields where
    a pause is welcome), so that building it never holds up the loop of a running collection.
    It keeps no state of the run: that is in `window.run`.
    """

    title: Words = staticmethod(lambda: "")
    reports_runs = False  # what was made after a run stands in it
    scrolls = False  # its scroll bar stands in the edge, so that cards end where the header ends

    def __init__(self, master: tk.Misc, window: Shell) -> None:
        super().__init__(master, fg_color=style.WINDOW)
        self.window = window
        self.texts = Texts()
        self.visible = False
        self.rowconfigure(1, weight=1)
        self.columnconfigure(0, weight=1)
        self.header = Row(self, height=style.CONTROL + 4)
        self.header.grid(row=0, column=0, sticky="ew", padx=style.EDGE, pady=(20, style.GAP))
        heading = Label(self.header, size=style.TITLE, bold=True)
        heading.pack(side="left")
        self.texts.show(heading, lambda: type(self).title())
        self.body = Row(self)
        right = style.EDGE - (style.BESIDE_BAR if self.scrolls else 0)
        self.body.grid(row=1, column=0, sticky="nsew", padx=(style.EDGE, right), pady=(0, 20))
        self._building = self.build()
        self.built = False

    def build(self) -> Iterator[None]:
        """Make the widgets, yielding between pieces of at most some 20 ms."""
        yield from ()

    def build_step(self) -> bool:
        """Build one more piece; False when there was none left."""
        if not self.built:
            try:
                next(self._building)
            except StopIteration:
                self.built = True
        return not self.built

    def finish_building(self) -> None:
        while self.build_step():
            pass

    @property
    def settled(self) -> bool:
        """Whether everything is there to be seen; nothing is still being read or drawn."""
        return self.built

    @property
    def unsaved(self) -> bool:
        """Whether something is typed that is not saved."""
        return False

    @property
    def right(self) -> bool:
        """Whether all that is typed is allowed."""
        return True

    def save_changes(self, then: Callable[[], Any] = lambda: None) -> None:
        """Keep what is typed, if that is allowed; `then` is called when it is kept."""

    def shown(self) -> None:
        """The view has become visible: show what is new."""

    def hidden(self) -> None:
        """Another view has taken its place."""

    def on_event(self, event: Event) -> None:
        """The engine told something; `window.run` knows it already. Visible or not."""

    def run_changed(self) -> None:
        """The state of the run, or what can be done, has changed (called once it is built)."""

    def end(self) -> None:
        """The window closes: end what goes on in the background."""

    def on_tick(self) -> None:
        """Four times a second while visible, for countdowns and times."""

    def reread(self) -> None:
        """F5: read anew what is shown."""
        self.data_changed()

    def find(self) -> None:
        """Ctrl+F: to the search, where the view has one."""

    def data_changed(self) -> None:
        """Numbers were erased or added by other than a run: read anew what is shown."""
        self.session_changed()

    def session_changed(self) -> None:
        """Another database or collector: forget what was shown of the old one."""

    def retheme(self) -> None:
        """Recolour what CustomTkinter does not: tables, texts, charts (called once it is built)."""

    def retranslate(self) -> None:
        """The language has changed (called once it is built)."""
        self.texts.refresh()

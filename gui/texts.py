"""Texts that follow the language: each widget says once how its text is made.

    texts.show(label, lambda: _("Mode"))

When the language changes, `refresh` asks every text again. A widget that is gone is forgotten.
"""

import tkinter as tk
from collections.abc import Callable
from typing import Any, Protocol

Words = Callable[[], str]


class _Configurable(Protocol):
    def configure(self, **options: Any) -> Any: ...
    def winfo_exists(self) -> Any: ...


class Texts:
    """The changing texts of one view, dialog or frame. Tk thread only."""

    def __init__(self) -> None:
        self._shown: list[tuple[_Configurable | None, Callable[[], None]]] = []

    def show(self, widget: _Configurable, words: Words, option: str = "text") -> None:
        """Set the option now and at every change of language."""

        def say() -> None:
            widget.configure(**{option: words()})

        say()
        self._shown.append((widget, say))

    def call(self, action: Callable[[], None]) -> None:
        """Run an action now and at every change of language, for what is more than one text."""
        action()
        self._shown.append((None, action))

    def refresh(self) -> None:
        alive = [(w, say) for w, say in self._shown if w is None or w.winfo_exists()]
        self._shown = alive
        for _widget, say in alive:
            say()


def exists(widget: tk.Misc) -> bool:
    """Whether the widget is still there; late answers must not touch a closed window."""
    try:
        return bool(widget.winfo_exists())
    except tk.TclError:
        return False

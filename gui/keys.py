"""The keys of the main window; those of fields are in gui.editing."""

import tkinter as tk
from collections.abc import Callable
from functools import partial
from typing import Any

from gui import editing
from gui.shell import Shell
from gui.views import VIEWS


def bind_keys(root: tk.Tk, window: Shell) -> None:
    """F1, F5, Ctrl+Enter, Shift+F5, F6, Ctrl+E, Ctrl+F and Ctrl+1…6. Tk thread, once."""
    keys: dict[str, Callable[[], Any]] = {
        "<F5>": window.reread,
        "<Control-Return>": window.runs.start,
        "<Control-KP_Enter>": window.runs.start,
        "<Shift-F5>": window.runs.stop,
        "<F6>": window.runs.resume,
        "<F1>": window.open_guide,
        "<Control-Key-e>": window.export,
        "<Control-Key-f>": window.find,
        "<Control-Key-s>": window.save,
    }
    for number, spec in enumerate(VIEWS, start=1):
        keys[f"<Control-Key-{number}>"] = partial(window.navigate, spec.key)
    for sequence, action in keys.items():
        root.bind(sequence, partial(_pressed, action))
    root.bind("<Control-KeyPress>", partial(_by_key_code, window))


def _pressed(action: Callable[[], Any], _event: Any) -> str:
    action()
    return "break"


def _by_key_code(window: Shell, event: Any) -> str | None:
    """Ctrl+E and Ctrl+F under another keyboard layout."""
    actions = {"e": window.export, "f": window.find, "s": window.save}
    action = actions.get(editing.latin_letter(event) or "")
    return _pressed(action, event) if action is not None else None

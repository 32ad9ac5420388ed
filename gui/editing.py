"""Copy, paste, cut, select all and undo in every field, whatever the keyboard layout.

Tk binds these to Latin letters, so under a Russian layout Ctrl+С does nothing. Here the
physical key decides. Everything is bound to widget classes, once for the whole program:
Tk prefers its own, more exact binding where the letter is Latin, so nothing happens twice.
"""

import contextlib
import sys
import tkinter as tk
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from core.i18n import _
from gui import style
from gui.ttk_style import menu_colours

# Physical keys by the codes that Tk reports: virtual key codes on Windows, X11 elsewhere.
_WINDOWS_KEYS = {65: "a", 67: "c", 69: "e", 70: "f", 83: "s", 86: "v", 88: "x", 89: "y", 90: "z"}
_X11_KEYS = {38: "a", 54: "c", 26: "e", 41: "f", 39: "s", 55: "v", 53: "x", 29: "y", 52: "z"}
_VIRTUAL = {
    "a": "<<SelectAll>>",
    "c": "<<Copy>>",
    "v": "<<Paste>>",
    "x": "<<Cut>>",
    "y": "<<Redo>>",
    "z": "<<Undo>>",
}
_CLASSES = ("Entry", "Text", "TEntry")
_MENU_KEYS = ("<Shift-F10>", "<App>" if sys.platform == "win32" else "<Menu>")
_UNDO_STEPS = 100

_History = list[tuple[str, int]]  # text and place of the cursor


def latin_letter(event: Any) -> str | None:
    """The letter printed on the pressed key of a Latin keyboard, for the keys used here."""
    if sys.platform == "darwin":
        return None  # macOS reports the Latin letter itself
    codes = _WINDOWS_KEYS if sys.platform == "win32" else _X11_KEYS
    return codes.get(event.keycode)


def install(root: tk.Misc) -> None:
    """Bind everything. Tk thread, once for each root."""
    root.event_delete("<<LineStart>>", "<Control-Key-a>")
    root.event_add("<<SelectAll>>", "<Control-Key-a>")
    root.event_add("<<Redo>>", "<Control-Key-y>")
    for name in _CLASSES:
        root.bind_class(name, "<Control-KeyPress>", _by_key_code, add="+")
    undo = _EntryUndo()
    root.bind_class("Entry", "<FocusIn>", undo.remember, add="+")
    root.bind_class("Entry", "<KeyRelease>", undo.remember, add="+")
    root.bind_class("Entry", "<<Undo>>", undo.undo)
    root.bind_class("Entry", "<<Redo>>", undo.redo)
    root.bind_class("Entry", "<<Paste>>", _paste_over)
    menu = _ContextMenu(root)
    for name in _CLASSES:
        for sequence in ("<Button-3>", *_MENU_KEYS):
            root.bind_class(name, sequence, menu.pop_up)


def bind_letter(widget: tk.Misc, letter: str, action: Callable[[], object]) -> None:
    """Ctrl and a letter on what is no field, such as a table, under any keyboard layout."""

    def pressed(_event: Any) -> str:
        action()
        return "break"

    def by_key_code(event: Any) -> str | None:
        return pressed(event) if latin_letter(event) == letter else None

    widget.bind(f"<Control-{letter}>", pressed)
    widget.bind("<Control-KeyPress>", by_key_code, add="+")


def bind_menu(widget: tk.Misc, action: Callable[[Any], object]) -> None:
    """The keys that open a context menu, besides the right mouse button."""
    for sequence in _MENU_KEYS:
        widget.bind(sequence, action)


def _by_key_code(event: Any) -> str | None:
    virtual = _VIRTUAL.get(latin_letter(event) or "")
    if virtual is None:
        return None
    event.widget.event_generate(virtual)
    return "break"


def _paste_over(event: Any) -> None:
    """Paste in place of what is selected (Tk on X11 leaves it there)."""
    entry: tk.Entry = event.widget
    if entry.cget("state") != "normal":
        return
    with contextlib.suppress(tk.TclError):  # nothing to paste
        text = entry.clipboard_get()
        if entry.selection_present():
            entry.delete("sel.first", "sel.last")
        entry.insert("insert", text.replace("\r", "").replace("\n", " ").strip())
        entry.xview(entry.index("insert"))


class _EntryUndo:
    """Undo for entries (Tk has it only for texts): what stood in them after each key."""

    def __init__(self) -> None:
        self._past: WeakKeyDictionary[tk.Entry, _History] = WeakKeyDictionary()
        self._future: WeakKeyDictionary[tk.Entry, _History] = WeakKeyDictionary()

    def remember(self, event: Any) -> None:
        entry: tk.Entry = event.widget
        past = self._past.setdefault(entry, [])
        text = entry.get()
        if not past or past[-1][0] != text:
            past.append((text, entry.index("insert")))
            del past[:-_UNDO_STEPS]
            self._future.pop(entry, None)

    def undo(self, event: Any) -> None:
        entry: tk.Entry = event.widget
        self.remember(event)
        past = self._past.get(entry, [])
        if len(past) > 1:
            self._future.setdefault(entry, []).append(past.pop())
            self._restore(entry, past[-1])

    def redo(self, event: Any) -> None:
        entry: tk.Entry = event.widget
        if future := self._future.get(entry):
            state = future.pop()
            self._past.setdefault(entry, []).append(state)
            self._restore(entry, state)

    def _restore(self, entry: tk.Entry, state: tuple[str, int]) -> None:
        text, place = state
        entry.delete(0, "end")
        entry.insert(0, text)
        entry.icursor(place)


class _ContextMenu:
    """One menu for all fields, with what makes sense there."""

    def __init__(self, root: tk.Misc) -> None:
        self._menu = tk.Menu(root, tearoff=False)

    def pop_up(self, event: Any) -> str:
        widget = event.widget
        editable = str(widget.cget("state")) == "normal"
        selected = _has_selection(widget)
        secret = bool(widget.winfo_class() == "Entry" and widget.cget("show"))
        menu = self._menu
        menu.delete(0, "end")
        menu.configure({"font": style.plain_font(widget), **menu_colours()})
        entries = (
            (_("Undo"), "<<Undo>>", "Ctrl+Z", editable),
            None,
            (_("Cut"), "<<Cut>>", "Ctrl+X", editable and selected and not secret),
            (_("Copy"), "<<Copy>>", "Ctrl+C", selected and not secret),
            (_("Paste"), "<<Paste>>", "Ctrl+V", editable and _clipboard_holds_text(widget)),
            None,
            (_("Select all"), "<<SelectAll>>", "Ctrl+A", True),
        )
        for entry in entries:
            if entry is None:
                menu.add_separator()
                continue
            label, virtual, keys, enabled = entry
            menu.add_command(
                label=label,
                accelerator=keys,
                state="normal" if enabled else "disabled",
                command=lambda virtual=virtual: widget.event_generate(virtual),  # type: ignore[misc]
            )
        widget.focus_set()
        x, y = event.x_root, event.y_root
        if event.type == tk.EventType.KeyPress:
            x, y = widget.winfo_rootx(), widget.winfo_rooty() + widget.winfo_height()
        menu.tk_popup(x, y)
        return "break"


def _has_selection(widget: Any) -> bool:
    try:
        if widget.winfo_class() == "Text":
            return bool(widget.tag_ranges("sel"))
        return bool(widget.selection_present())
    except tk.TclError:
        return False


def _clipboard_holds_text(widget: tk.Misc) -> bool:
    try:
        return bool(widget.clipboard_get())
    except tk.TclError:
        return False

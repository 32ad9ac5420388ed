"""Keeps Python itself from holding up the window: needless calls from Tk.

What it shares with processes without a window stands in `core.turns`."""

import tkinter as tk

SETTLED_MS = 4_000  # after the start: the views are built


def hear_own_sizes_only(window: tk.Tk | tk.Toplevel) -> None:
    """Let CustomTkinter hear of the window's changes of size, and no more of each label's in it.

    What is bound to a window is called for everything inside it, too: hundreds of times in a run,
    and each time Python would wait for its lock and ask Tk for the size.
    """
    script = window.bind("<Configure>")
    guarded = f'if {{"%W" eq "{window}"}} {{{script}}}'
    window.tk.call("bind", str(window), "<Configure>", guarded)

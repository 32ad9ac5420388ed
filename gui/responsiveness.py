"""Keeps Python itself from holding up the window: turns of threads, collections of garbage,
needless calls from Tk."""

import gc
import sys
import tkinter as tk

SWITCH_SECONDS = 0.001
THRESHOLDS = (5_000, 20, 50)
SETTLED_MS = 4_000  # after the start: the views are built


def share_the_processor() -> None:
    """Let threads take turns every millisecond instead of every five, and collect garbage less
    often. Once, at the start.

    The loop of the window needs the interpreter often and for a moment; behind five workers
    at full speed it would wait for five turns of theirs each time.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(*THRESHOLDS)


def keep_what_is_there() -> None:
    """Leave all present objects out of later collections; once the views are built.

    They stay as long as the window does, and looking through them takes 50 to 100 ms, in which
    no thread gets on.
    """
    gc.freeze()


def hear_own_sizes_only(window: tk.Tk | tk.Toplevel) -> None:
    """Let CustomTkinter hear of the window's changes of size, and no more of each label's in it.

    What is bound to a window is called for everything inside it, too: hundreds of times in a run,
    and each time Python would wait for its lock and ask Tk for the size.
    """
    script = window.bind("<Configure>")
    guarded = f'if {{"%W" eq "{window}"}} {{{script}}}'
    window.tk.call("bind", str(window), "<Configure>", guarded)

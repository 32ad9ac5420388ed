"""Many commands for Tk in one call.

tkinter gives the interpreter's lock away at each call of Tk and queues up for it again behind
whatever computes. A refresh that changes forty things in one call waits once:

    with together(window):
        tell(label, "configure", "-text", text)
        tell(canvas, "coords", item, 0, 0, 9, 0)
"""

import tkinter as tk
from collections.abc import Iterator
from contextlib import contextmanager

_collected: list[tuple[object, ...]] | None = None  # None outside of `together`


def tell(widget: tk.Misc, *words: object) -> None:
    """Give the widget a command whose answer nobody needs. Tk thread only.

    Tuples among the words become lists of Tcl. Inside `together` the command waits for the
    others, so what asks Tk there still sees the state before it.
    """
    command = (str(widget), *words)
    if _collected is None:
        widget.tk.call(*command)
    else:
        _collected.append(command)


@contextmanager
def together(widget: tk.Misc) -> Iterator[None]:
    """What is told in the block goes to Tk at its end, in order. Tk thread only."""
    global _collected
    if _collected is not None:  # part of a larger block
        yield
        return
    _collected = []
    try:
        yield
    finally:
        commands, _collected = tuple(_collected), None
        if commands:
            widget.tk.call("foreach", "one_call", commands, "{*}$one_call")

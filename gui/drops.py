"""Files dropped onto the window from a file manager, by tkdnd: Tk itself knows no drops."""

import logging
import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

_TAKEN, _REFUSED = "copy", "refuse_drop"


def take_files(root: tk.Tk, takes: Callable[[Sequence[Path]], bool]) -> bool:
    """Let files be dropped anywhere onto the window; `takes` is called with them on the Tk thread
    and says whether it wants them. What it does with them begins afterwards: until it returns the
    file manager stands still.

    False where nothing can be dropped: tkdnd is missing or not made for this system. The window
    is as good without.
    """

    def dropped(data: str) -> str:
        files = [Path(name) for name in root.tk.splitlist(data)]
        return _TAKEN if takes(files) else _REFUSED

    try:
        from tkinterdnd2 import TkinterDnD

        TkinterDnD.require(root)
        # The package's own methods are those of parts of a window, not of the window.
        root.tk.call("tkdnd::drop_target", "register", str(root), ("DND_Files",))
        root.tk.call("bind", str(root), "<<Drop>>", f"{root.register(dropped)} %D")
    except (ImportError, RuntimeError, tk.TclError) as error:
        log.info("No files can be dropped onto the window: %s", error)
        return False
    return True

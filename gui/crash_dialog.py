"""The box that is shown when the program has to close unexpectedly."""

import sys
import tkinter as tk
from contextlib import suppress
from tkinter import messagebox
from typing import Any

_TITLE = "DataMaster Collector"
_ERROR_IN_FRONT = 0x10 | 0x10000  # MB_ICONERROR | MB_SETFOREGROUND


def show_crash(text: str) -> None:
    """Show `text` until it is confirmed. Needs nothing of our own window, which may be broken."""
    if sys.platform == "win32":
        import ctypes

        user: Any = ctypes.windll.user32
        user.MessageBoxW(None, text, _TITLE, _ERROR_IN_FRONT)
        return
    with suppress(tk.TclError):
        messagebox.showerror(_TITLE, text)

"""Text in the terminal that a windowed program was started from, on Windows.

Windows gives such a program no stdout and stderr unless they are redirected.
"""

import os
import sys
from typing import Any

_PARENT = -1


def attach_to_parent_terminal() -> None:
    """Open stdout and stderr in the terminal of the parent process, where there is one.

    For the main thread, before anything is written. Changes nothing where there are a stdout and
    a stderr already, and under Task Scheduler, which has no terminal.
    """
    if os.name != "nt" or (sys.stdout is not None and sys.stderr is not None):
        return
    import ctypes

    kernel: Any = getattr(ctypes, "windll").kernel32  # noqa: B009 - exists on Windows only
    if not kernel.AttachConsole(_PARENT):
        return
    sys.stdout = sys.stdout or _terminal()
    sys.stderr = sys.stderr or _terminal()


def _terminal() -> Any:
    return open("CONOUT$", "w", encoding="utf-8", buffering=1)  # noqa: PTH123 - a device

"""Text in the terminal that a windowed program was started from, on Windows.

Windows gives such a program no stdout and stderr unless they are redirected.
"""

import _thread
import os
import signal
import sys
import threading
from typing import Any

_PARENT = -1
_CTRL_C, _CTRL_BREAK = 0, 1  # further kinds of events say that the console closes
_LONGEST_END = 30.0  # seconds; Windows itself gives a process five
_kept: list[Any] = []  # what Windows calls must not be collected as garbage


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
    # With the terminal Windows forgot the handler that Python had put there: Ctrl+C would kill.
    heard = getattr(ctypes, "WINFUNCTYPE")(ctypes.c_int, ctypes.c_uint)(hear)  # noqa: B009
    _kept.append(heard)
    kernel.SetConsoleCtrlHandler(heard, True)


def hear(event: int) -> bool:
    """Ctrl+C is SIGINT here, too, and all else that the terminal tells is SIGTERM.

    False where nobody handles that signal: Windows then ends the process. It does so as well as
    soon as it hears anything at all about a closed terminal: that answer is put off while the run
    is being stopped. Called by Windows, on a thread of its own.
    """
    number = signal.SIGINT if event == _CTRL_C else signal.SIGTERM
    if not callable(signal.getsignal(number)):
        return False
    _thread.interrupt_main(number)
    if event > _CTRL_BREAK:
        threading.Event().wait(_LONGEST_END)
    return True


def _terminal() -> Any:
    return open("CONOUT$", "w", encoding="utf-8", buffering=1)  # noqa: PTH123 - a device

"""The progress in the button of the Windows task bar; elsewhere nothing.

There is no tray icon: Tk has none on Windows, so it would need a package with a message loop on a
thread of its own, beside Tk's, and would tell nothing that this button does not tell.
"""

import logging
import os
import tkinter as tk
from typing import Any

log = logging.getLogger(__name__)

_TASKBAR_LIST = "{56FDF344-FD6D-11D0-958A-006097C9A090}"
_ITASKBAR_LIST_3 = "{EA1AFB91-9E28-4B86-90E9-9E9F8A5EEFAF}"
_HR_INIT, _SET_VALUE, _SET_STATE = 3, 9, 10  # places in the table of ITaskbarList3's methods
_IN_PROCESS = 1
NOTHING, NORMAL, PAUSED = 0, 2, 8
STEPS = 1000


class TaskbarProgress:
    """Tk thread only. A system that refuses is no trouble: it is noted in the log, once."""

    def __init__(self, root: tk.Tk) -> None:
        self._root = root
        self._list: Any = None
        self._refused = os.name != "nt"
        self._shown: tuple[int, int] = (NOTHING, 0)

    def show(self, fraction: float | None, *, waits: bool = False) -> None:
        """From 0 to 1; None takes the bar away. `waits`: the run stands still."""
        state = NOTHING if fraction is None else PAUSED if waits else NORMAL
        wanted = (state, round(STEPS * (fraction or 0.0)))
        if self._refused or wanted == self._shown:
            return
        try:
            self._tell(*wanted)
        except Exception:
            self._refused = True
            log.info("The task bar shows no progress", exc_info=True)
        self._shown = wanted

    def _tell(self, state: int, value: int) -> None:
        import ctypes

        if self._list is None:
            self._list = _open()
        window = ctypes.c_void_p(int(self._root.wm_frame(), 16))
        if state != NOTHING:
            _call(
                self._list, _SET_VALUE, window, ctypes.c_ulonglong(value), ctypes.c_ulonglong(STEPS)
            )
        _call(self._list, _SET_STATE, window, ctypes.c_int(state))


def _open() -> Any:
    """The system's ITaskbarList3. Raises OSError where there is none."""
    import ctypes

    ole: Any = getattr(ctypes, "oledll").ole32  # noqa: B009 - exists on Windows only
    ole.CoInitialize(None)
    found = ctypes.c_void_p()
    identities = []
    for text in (_TASKBAR_LIST, _ITASKBAR_LIST_3):
        identity = (ctypes.c_byte * 16)()
        ole.CLSIDFromString(ctypes.c_wchar_p(text), ctypes.byref(identity))
        identities.append(identity)
    ole.CoCreateInstance(
        ctypes.byref(identities[0]), None, _IN_PROCESS, ctypes.byref(identities[1]),
        ctypes.byref(found),
    )  # fmt: skip
    _call(found, _HR_INIT)
    return found


def _call(interface: Any, place: int, *arguments: Any) -> None:
    """A method of a COM object by its place in the table. Raises OSError for a failure."""
    import ctypes

    table = ctypes.cast(interface, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
    kinds = [type(argument) for argument in arguments]
    make: Any = getattr(ctypes, "WINFUNCTYPE")  # noqa: B009 - exists on Windows only
    failure: Any = getattr(ctypes, "HRESULT")  # noqa: B009 - as above
    method = make(failure, ctypes.c_void_p, *kinds)(table[place])
    method(interface, *arguments)

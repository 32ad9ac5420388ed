"""One window for each data folder: a second start brings the first window forward.

A lock file says that a window is open, a request file asks it to come forward. Nothing
listens on any port.
"""

import contextlib
import os
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from core.stop import StopSignal

ANSWER_SECONDS = 3.0
_STEP = 0.1
_ANY_PROCESS = -1


class OneWindow:
    """Held while the window is open; the system frees it with the process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / "window.lock", thread_local=False)
        self._request = folder / "window.forward"

    def take(self) -> bool:
        """True where this is the first window. A folder that cannot be written counts as such:
        what is wrong with it is said elsewhere."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        except OSError:
            return True
        with contextlib.suppress(OSError):
            self._request.unlink(missing_ok=True)
        return True

    def call_forward(self) -> bool:
        """Ask the open window to come forward; False where it does not answer in time.

        For the process that found the window taken, before it has a window of its own.
        """
        _pass_on_the_foreground()
        try:
            self._request.touch()
        except OSError:
            return False
        pause = StopSignal()
        for _step in range(round(ANSWER_SECONDS / _STEP)):
            pause.wait(_STEP)
            if not self._request.exists():
                return True
        with contextlib.suppress(OSError):
            self._request.unlink(missing_ok=True)
        return False

    def asked_forward(self) -> bool:
        """For the open window: whether somebody asked since the last look. Takes some 10 µs."""
        try:
            self._request.unlink()
        except OSError:
            return False
        return True

    def release(self) -> None:
        if self._lock.is_locked:
            self._lock.release()


def _pass_on_the_foreground() -> None:
    """Windows lets a window come forward only if the program in use, here this one, allows it."""
    if os.name == "nt":
        import ctypes

        user32: Any = getattr(ctypes, "windll").user32  # noqa: B009 - exists on Windows only
        user32.AllowSetForegroundWindow(_ANY_PROCESS)

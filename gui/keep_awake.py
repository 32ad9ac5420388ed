"""Keeps the computer from falling asleep during a run and its waits."""

import logging
from typing import Any

log = logging.getLogger(__name__)


class KeepAwake:
    """Between `begin` and `end` the system does not sleep by itself; the screen may go dark.

    A system that cannot be asked is no trouble: it is noted in the log. Tk thread only.
    """

    def __init__(self) -> None:
        self._mode: Any = None

    @property
    def active(self) -> bool:
        return self._mode is not None and bool(self._mode.active)

    def begin(self) -> None:
        if self._mode is not None:
            return
        from wakepy import keep  # only when a run begins: it takes a while to load

        try:
            self._mode = keep.running(on_fail="pass")
            self._mode.__enter__()
        except Exception:
            log.info("The computer may fall asleep: the system cannot be asked", exc_info=True)
            self._mode = None
            return
        if not self._mode.active:
            log.info("The computer may fall asleep: the system does not allow to prevent it")

    def end(self) -> None:
        mode, self._mode = self._mode, None
        if mode is not None:
            mode.__exit__(None, None, None)

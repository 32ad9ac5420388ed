"""Keeps the computer from falling asleep during a run and its waits."""

import logging
import threading

log = logging.getLogger(__name__)

JOIN_SECONDS = 3.0


class KeepAwake:
    """Between `begin` and `end` the system does not sleep by itself; the screen may go dark.

    A system that cannot be asked is no trouble: it is noted in the log. Both calls return at
    once: asking takes a while, and what asked must also give back, so a thread of its own does
    both. Tk thread only.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._release = threading.Event()

    @property
    def active(self) -> bool:
        return self._thread is not None

    def begin(self) -> None:
        if self._thread is None:
            self._release = threading.Event()
            self._thread = threading.Thread(
                target=_hold, args=(self._release,), name="keep-awake", daemon=True
            )
            self._thread.start()

    def end(self) -> None:
        self._release.set()
        self._thread = None

    def close(self) -> None:
        """End, and wait until the system knows it."""
        thread = self._thread
        self.end()
        if thread is not None:
            thread.join(JOIN_SECONDS)


def _hold(release: threading.Event) -> None:
    from wakepy import keep  # only when a run begins: it takes a while to load

    try:
        with keep.running(on_fail="pass") as mode:
            if not mode.active:
                log.info("The computer may fall asleep: the system does not allow to prevent it")
            release.wait()
    except Exception:
        log.info("The computer may fall asleep: the system cannot be asked", exc_info=True)

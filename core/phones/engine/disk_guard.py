"""Pauses a run before the disk is full, and lets it go on when there is room again."""

import logging
from collections.abc import Callable
from pathlib import Path

from core.asking.limiter import Closed, Limiter
from core.clock import Clock
from core.database.diskspace import Room
from core.phones.events import Activity, ActivityChanged, Notice, Watcher

log = logging.getLogger(__name__)

LOOK_EVERY = 5.0  # seconds


class DiskGuard:
    """Looked after by the run's thread (`look`), a few times a second; it looks less often."""

    def __init__(
        self,
        database: Path,
        room_for: Callable[[Path], Room],
        limiter: Limiter,
        clock: Clock,
        watcher: Watcher,
    ) -> None:
        self._database = database
        self._room_for = room_for
        self._limiter = limiter
        self._clock = clock
        self._watch = watcher
        self._room = Room.PLENTY
        self._next = clock.monotonic()

    def look(self) -> None:
        """Warn once where room gets low; close the gate while there is none."""
        if self._clock.monotonic() < self._next:
            return
        self._next = self._clock.monotonic() + LOOK_EVERY
        before, self._room = self._room, self._room_for(self._database)
        if self._room is before:
            return
        log.warning("free space on the disk of the database: %s", self._room)
        if before is Room.PLENTY:
            self._watch(Notice("disk_low"))
        if self._room is Room.NONE:
            self._limiter.close_gate(Closed.DISK)
            self._watch(Notice("disk_none"))
            self._watch(ActivityChanged(Activity.DISK_LOW))
        elif before is Room.NONE:
            self._limiter.open_gate(Closed.DISK)
            self._watch(ActivityChanged(Activity.READING))
        if self._room is Room.PLENTY:
            self._watch(Notice("disk_ok"))

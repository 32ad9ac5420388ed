"""Says of all claims of this process that it is alive, and hears what is asked of it."""

import logging
import threading
from datetime import timedelta

from core.campaigns.sending.queue import Queue
from core.campaigns.words import Claim, Wish
from core.errors import UserError
from core.stop import StopSignal

log = logging.getLogger(__name__)

WISH_EVERY = 1.0  # seconds between looks at what is asked of the group
REAP_EVERY = 10.0


class Heartbeat:
    """One thread for all workers of a group in this process."""

    def __init__(
        self, queue: Queue, group: str, lease: timedelta, stop: StopSignal, ended: StopSignal
    ) -> None:
        """`stop` is set when somebody asks the group to stop; `ended` ends the heartbeat."""
        self._queue = queue
        self._group = group
        self._lease = lease
        self._stop = stop
        self._ended = ended
        self._lock = threading.Lock()
        self._held: set[str] = set()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        """Wait for its end, after `ended` was set."""
        self._thread.join()

    def hold(self, claim: Claim) -> None:
        with self._lock:
            self._held.add(claim.id)

    def release(self, claim: Claim) -> None:
        with self._lock:
            self._held.discard(claim.id)

    def _beat(self) -> None:
        clock = self._queue.clock
        beat_at = reap_at = clock.monotonic()
        while not clock.wait(self._ended, min(WISH_EVERY, self._lease.total_seconds() / 4)):
            now = clock.monotonic()
            try:
                if now >= beat_at:
                    beat_at = now + self._lease.total_seconds() / 4
                    with self._lock:
                        held = set(self._held)
                    if held:
                        self._queue.keep(held, self._lease)
                if self._queue.wish(self._group) is Wish.STOP:
                    self._stop.request()
                if now >= reap_at:
                    reap_at = now + min(REAP_EVERY, self._lease.total_seconds() / 2)
                    self._queue.reap(self._group)
            except UserError as error:  # it may be back with the next beat
                log.warning("no heartbeat: %s", error)

"""The one road from other threads to the Tk loop.

Any thread puts an item on the queue; the pump takes items off in the Tk loop, a few
milliseconds at a time, so that a flood of events cannot freeze the window. It also measures
how long the loop was away between two ticks.
"""

import logging
import queue
import time
import tkinter as tk
from collections.abc import Callable

from core.phones.events import Event
from core.turns import computing
from gui.alarm import Alarm

log = logging.getLogger(__name__)

TICK_MS = 20
BUDGET_S = 0.008
SLOW_GAP_S = 0.2
Delivery = Callable[[], None]
Item = Event | Delivery


class LoopGaps:
    """How long the Tk loop was away, in a histogram of whole milliseconds (constant memory).

    A gap is the time between the beginnings of two ticks, so it holds the planned pause of
    `TICK_MS` too: what the operator feels, not what flatters.
    """

    def __init__(self, longest_ms: int = 2000) -> None:
        self._counts = [0] * (longest_ms + 1)
        self.count = 0
        self.longest = 0.0

    def add(self, seconds: float) -> None:
        self._counts[min(len(self._counts) - 1, int(seconds * 1000))] += 1
        self.count += 1
        self.longest = max(self.longest, seconds)

    def percentile(self, share: float) -> float:
        """Seconds that this share (0…1) of the gaps does not pass; 0.0 before the first."""
        wanted, seen = share * self.count, 0
        for milliseconds, count in enumerate(self._counts):
            seen += count
            if count and seen >= wanted:
                return min((milliseconds + 1) / 1000, self.longest)
        return 0.0

    def reset(self) -> None:
        self._counts = [0] * len(self._counts)
        self.count = 0
        self.longest = 0.0


class Pump:
    """Drains the queue in the Tk loop.

    `put` may be called from any thread; everything else from the Tk thread only.
    """

    def __init__(self, root: tk.Misc, on_event: Callable[[Event], None]) -> None:
        self._on_event = on_event
        self._items: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._alarm = Alarm(root, self._tick)
        self._last_tick: float | None = None
        self._running = False
        self.gaps = LoopGaps()

    def put(self, item: Item) -> None:
        """Queue an event, or a call that the Tk thread shall make. Never blocks."""
        self._items.put(item)

    def start(self) -> None:
        self._running = True
        self._alarm.set(TICK_MS)

    def stop(self) -> None:
        """No item is delivered after this."""
        self._running = False
        self._alarm.cancel()

    def _tick(self) -> None:
        started = time.perf_counter()
        self._measure(started)
        try:
            if not self._items.empty():
                with computing.window_first():
                    self._drain(started + BUDGET_S)
        finally:
            if self._running:
                self._alarm.set(TICK_MS if self._items.empty() else 1)

    def _drain(self, deadline: float) -> None:
        while self._running:
            try:
                item = self._items.get_nowait()
            except queue.Empty:
                return
            try:
                if callable(item):
                    item()
                else:
                    self._on_event(item)
            except Exception:  # one broken item must not stop the next
                log.exception("The window could not show %s", type(item).__name__)
            if time.perf_counter() >= deadline:
                return

    def _measure(self, now: float) -> None:
        if self._last_tick is not None:
            gap = now - self._last_tick
            self.gaps.add(gap)
            if gap > SLOW_GAP_S:
                log.warning("The window did not answer for %.0f ms", gap * 1000)
        self._last_tick = now

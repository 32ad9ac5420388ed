"""The events of a run for whoever listens over HTTP. A slow listener loses events; nothing waits.

The engine's threads only put an event on a queue. Everything else happens in the server's loop,
where each event is put into words of JSON once, however many listen.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress

from core.phones.as_json import event_as_json
from core.phones.collector import Collector
from core.phones.events import Event
from core.stop import StopSignal

QUEUE = 2000  # events that wait for one listener, some 300 KB
MOST_LISTENERS = 50
HEARTBEAT = 15.0  # seconds


class EventHub:
    """Takes events from any thread (`put` is the watcher) and hands them to listeners in one loop.

    Without listeners an event costs one comparison.
    """

    def __init__(self, collector: Collector, stop: StopSignal) -> None:
        self._collector = collector
        self._stop = stop
        self._listeners: tuple[Listener, ...] = ()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._fresh: deque[Event] = deque()
        self._woken = False
        self._number = 0
        stop.on_request(self._end)

    def put(self, event: Event) -> None:
        """Called by the engine's threads; returns at once."""
        loop = self._loop
        if loop is None or not self._listeners:
            return
        self._fresh.append(event)
        if not self._woken:
            self._woken = True
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._hand_out)

    @contextmanager
    def listening(self) -> Iterator["Listener"]:
        """A listener for the length of a `with` block. In the server's loop."""
        self._loop = asyncio.get_running_loop()
        listener = Listener()
        self._listeners = (*self._listeners, listener)
        try:
            yield listener
        finally:
            self._listeners = tuple(other for other in self._listeners if other is not listener)

    @property
    def is_full(self) -> bool:
        """Whether as many listen as may."""
        return len(self._listeners) >= MOST_LISTENERS

    async def stream(self) -> AsyncIterator[bytes]:
        """Server-sent events until the stop: first where things stand, then whatever happens."""
        with self.listening() as listener:
            yield self._where_things_stand()
            while not self._stop.is_set:
                try:
                    async with asyncio.timeout(HEARTBEAT):
                        await listener.news.wait()
                except TimeoutError:
                    yield b": alive\n\n"
                    continue
                if pieces := listener.take():
                    yield pieces
            self._hand_out()  # the end of a run comes right before the end of the program
            yield listener.take()

    def _end(self) -> None:
        """Wake whoever listens, to see the stop."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for listener in self._listeners:
            listener.news.set()

    def _where_things_stand(self) -> bytes:
        progress = self._collector.progress
        state = {
            "state": self._collector.state.value,
            "progress": event_as_json(progress) if progress is not None else None,
        }
        return _framed("State", json.dumps(state))

    def _hand_out(self) -> None:
        self._woken = False  # before the queue is emptied: what comes later wakes again
        while self._fresh:
            event = self._fresh.popleft()
            self._number += 1
            framed = None
            for listener in self._listeners:
                if framed is None:
                    text = json.dumps(event_as_json(event), ensure_ascii=False)
                    framed = _framed(type(event).__name__, text, self._number)
                listener.put(event, framed)


class Listener:
    """One who listens. In the server's loop only."""

    def __init__(self) -> None:
        self.news = asyncio.Event()
        self._waiting: deque[tuple[Event, bytes]] = deque()
        self._lost = 0

    def put(self, event: Event, framed: bytes) -> None:
        if len(self._waiting) >= QUEUE:
            self._waiting.popleft()
            self._lost += 1
        self._waiting.append((event, framed))
        self.news.set()

    def take(self) -> bytes:
        """All that waits, and before it how many events were lost, if any were."""
        self.news.clear()
        pieces = [framed for _event, framed in self._waiting]
        self._waiting.clear()
        if self._lost:
            pieces.insert(0, _framed("Lost", json.dumps({"events": self._lost})))
            self._lost = 0
        return b"".join(pieces)

    async def next(self) -> Event:
        """The next event, waiting for it."""
        while not self._waiting:
            self.news.clear()
            await self.news.wait()
        return self._waiting.popleft()[0]


def _framed(name: str, data: str, number: int | None = None) -> bytes:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {data}\n\n".encode("utf-8", "backslashreplace")

"""Follows every task that goes on: asks its service, renews its message, tells its end."""

import asyncio
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.hub.database import tasks
from core.hub.database.store import Store
from core.hub.database.tasks import Service, Status, Task
from core.hub.services.all import Services
from core.hub.services.answers import Report
from core.hub.services.trouble import Kind, ServiceTrouble
from core.hub.tasks.keeper import Keeper

log = logging.getLogger(__name__)

ATTENDED_SECONDS = 300.0  # so long after his last press a user counts as looking
SIDE_BY_SIDE = 16  # requests to one service at once
SPREAD = 1.25  # how much faster than needed those that are due are asked
AT_LEAST = 4  # a tick, however few tasks there are


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds between two looks at a task: while its user is looking, and else."""

    attended: float = 15.0
    alone: float = 120.0
    tick: float = 0.1


@dataclass(slots=True)
class _Watched:
    user: int
    service: Service
    task_id: str
    asked_at: float = float("-inf")
    asking: bool = False
    counts: bool = True  # what it is asked; False once it was taken up anew, or is not followed
    said: tuple[Status, dict[str, Any]] | None = field(default=None)


class Watcher:
    """`run` follows for ever, in the hub's loop; `watch` and `look_now` add to it."""

    def __init__(
        self,
        store: Store,
        services: Services,
        keeper: Keeper,
        rhythm: Rhythm | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._services = services
        self._keeper = keeper
        self._rhythm = rhythm or Rhythm()
        self._clock = clock
        self._watched: dict[int, _Watched] = {}
        self._pressed: dict[int, float] = {}
        self._doors = {service: asyncio.Semaphore(SIDE_BY_SIDE) for service in Service}
        self._asking: set[asyncio.Task[None]] = set()
        keeper.watch = self.watch
        keeper.unwatch = self.unwatch

    @property
    def watched(self) -> int:
        """How many tasks are followed."""
        return len(self._watched)

    def note_press(self, user: int) -> None:
        """Somebody pressed a button: his tasks are looked at more often for a while."""
        self._pressed[user] = self._clock()

    def watch(self, task: Task) -> None:
        """Follow a task; it is looked at with the next tick."""
        self.unwatch(task.id)
        self._watched[task.id] = _Watched(task.user, task.service, task.task_id)

    def unwatch(self, number: int) -> None:
        """Follow a task no more; what is being asked of it counts no more either. Any thread."""
        if (watched := self._watched.get(number)) is not None:
            watched.counts = False

    def look_now(self, number: int) -> None:
        """Look at a task with the next tick."""
        if (watched := self._watched.get(number)) is not None:
            watched.asked_at = float("-inf")

    async def run(self) -> None:
        """After a start all that go on are compared with the services at once."""
        for task in await self._store.do(lambda db: tasks.alive(db)):
            if task.task_id:
                self.watch(task)
        try:
            while True:
                self._ask_due()
                await asyncio.sleep(self._rhythm.tick)
        finally:
            for asking in self._asking:
                asking.cancel()
            await asyncio.gather(*self._asking, return_exceptions=True)

    def _ask_due(self) -> None:
        now = self._clock()
        attended = now - ATTENDED_SECONDS
        self._pressed = {user: at for user, at in self._pressed.items() if at > attended}
        for number in [number for number, one in self._watched.items() if not one.counts]:
            del self._watched[number]
        due = []
        for number, watched in self._watched.items():
            looking = watched.user in self._pressed
            pause = self._rhythm.attended if looking else self._rhythm.alone
            if not watched.asking and now - watched.asked_at >= pause:
                due.append((watched.asked_at, number))
        # Spread over the time: two thousand at once would hold up whoever presses a button.
        share = SPREAD * len(self._watched) * self._rhythm.tick / self._rhythm.attended
        for _asked_at, number in sorted(due)[: max(AT_LEAST, math.ceil(share))]:
            watched = self._watched[number]
            watched.asking = True
            asking = asyncio.create_task(self._ask(number, watched))
            self._asking.add(asking)
            asking.add_done_callback(self._asking.discard)

    async def _ask(self, number: int, watched: _Watched) -> None:
        try:
            async with self._doors[watched.service]:
                watched.asked_at = self._clock()
                await self._compare(number, watched)
        except ServiceTrouble as trouble:
            if trouble.kind is Kind.NOT_KNOWN:
                await self._keeper.end(number, Status.LOST, counts=lambda: watched.counts)
                watched.counts = False
            else:
                log.debug("task %d cannot be looked at: %s", number, trouble)
        except Exception:  # one task must not stop the following of the others
            log.exception("task %d could not be followed", number)
        finally:
            watched.asking = False

    async def _compare(self, number: int, watched: _Watched) -> None:
        report = await self._report(watched)
        if not watched.counts or watched.said == (report.status, report.numbers):
            return
        watched.said = (report.status, report.numbers)
        await self._keeper.note_progress(number, report, lambda: watched.counts)
        if report.status.alive:
            return
        await self._keeper.end(
            number, report.status, lambda: report.problem, lambda: watched.counts
        )
        watched.counts = False

    async def _report(self, watched: _Watched) -> Report:
        match watched.service:
            case Service.WORKERS:
                return await self._services.workers.status(watched.task_id)
            case Service.REALTY:
                return await self._services.realty.status(watched.task_id)
            case Service.PHONES:
                return await self._services.phones.status(watched.task_id)

"""Starting, stopping and continuing runs."""

import asyncio
import logging
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query, Request

from core.database.lock import holder_of, is_held
from core.i18n import _
from core.phones import wording
from core.phones.as_json import run_as_json
from core.phones.events import RunFinished, RunStarted, RunState
from core.phones.run_failure import RunFailure
from core.phones.service.events import EventHub
from core.phones.service.shapes import Began, Order
from core.phones.service.standing import Standing, this_process
from core.phones.service_switch import Surroundings
from core.phones.storage.queries.runs import find_run
from core.phones.storage.reader import Reader
from core.web.app import WebApp
from core.web.guard import asker, needs
from core.web.problems import Problem, problem_responses

log = logging.getLogger(__name__)

BEGIN_SECONDS = 20.0  # to wait for the number of a run; before it a backup may be made
_LARGEST_ID = 2**63 - 1


def add_steering(app: WebApp, around: Surroundings, hub: EventHub, standing: Standing) -> None:
    """Their routes."""
    steer: dict[str, Any] = {
        "dependencies": [needs("control")],
        "status_code": 202,
        "response_model": Began,
        "responses": problem_responses(404, 409),
        "tags": ["steering"],
    }
    steering = _Steering(around, hub, standing)

    @app.post("/runs", **steer)
    async def start(order: Order, request: Request) -> dict[str, Any]:
        """Start a run. 409 says who runs already."""
        wanted = order.request()
        _told(request, f"start a run, {wanted.mode}")
        return await steering.begin(lambda: around.collector.start(wanted))

    @app.post("/runs/stop", **steer)
    async def stop(request: Request) -> dict[str, Any]:
        """Stop the run of this process; a second time, without waiting for answers."""
        _told(request, "stop the run")
        return await steering.stop()

    @app.post("/runs/continue", **steer)
    async def resume(
        request: Request, run: Annotated[int | None, Query(ge=1, le=_LARGEST_ID)] = None
    ) -> dict[str, Any]:
        """Continue the newest run, or run `run`, or try again what failed in it."""
        _told(request, "continue a run")
        return await steering.begin(lambda: around.collector.resume(run))


def _told(request: Request, what: str) -> None:
    if (token := asker(request)) is not None:
        log.info("asked over HTTP to %s by token %d (%s)", what, token.id, token.description)


class _Steering:
    """In the server's loop."""

    def __init__(self, around: Surroundings, hub: EventHub, standing: Standing) -> None:
        self._around = around
        self._hub = hub
        self._standing = standing

    async def begin(self, launch: Callable[[], bool]) -> dict[str, Any]:
        """Set a run off and wait until its number is known. Raises Problem, and UserError."""
        self._around.need_token()
        await self._need_nobody()
        with self._hub.listening() as listener:
            if not launch():
                await self._need_nobody()
                raise _busy(this_process())
            try:
                async with asyncio.timeout(BEGIN_SECONDS):
                    while True:
                        match await listener.next():
                            case RunStarted(run_id=run):
                                return await self._now(run)
                            case RunFinished(run_id=0) as finished:
                                raise await self._not_begun(finished)
            except TimeoutError:
                return await self._now(None)

    async def stop(self) -> dict[str, Any]:
        collector = self._around.collector
        if collector.state is RunState.IDLE:
            await self._need_nobody()
            raise Problem(409, _("There is no run that could be stopped."))
        run = self._standing.run
        collector.stop()
        return await self._now(run)

    async def _now(self, run: int | None) -> dict[str, Any]:
        state = self._around.collector.state
        return {"state": state, "run": await asyncio.to_thread(self._read, run) if run else None}

    def _read(self, run: int) -> dict[str, Any] | None:
        with Reader(self._around.database()) as reader:
            found = find_run(reader, run)
        return run_as_json(found, live=is_held(self._around.database())) if found else None

    async def _need_nobody(self) -> None:
        """Raise Problem 409 where a run goes on, here or in another process."""
        if self._around.collector.state is not RunState.IDLE:
            raise _busy({**this_process(), "run": self._standing.run})
        if await asyncio.to_thread(is_held, self._around.database()):
            holder = await asyncio.to_thread(holder_of, self._around.database())
            if holder is None:
                raise _busy({})
            raise _busy({"process": holder.pid, "host": holder.host, "since": holder.since})

    async def _not_begun(self, finished: RunFinished) -> Problem:
        reason = finished.reason or RunFailure.INTERNAL
        detail = _sentence(wording.reason(reason, finished.detail))
        match reason:
            case RunFailure.DATABASE_HELD:
                await self._need_nobody()
                status = 409
            case RunFailure.NOTHING_TO_CONTINUE:
                status = 409
            case RunFailure.UNKNOWN_CLIENTS:
                status = 404
            case _:
                status = 503
        members = {"reason": reason.value}
        if hint := wording.advice(reason, finished.detail):
            members["hint"] = hint
        problem = Problem(status, detail)
        problem.members = members
        return problem


def _busy(who: dict[str, Any]) -> Problem:
    """`running` says who: process, host, and its run or since when."""
    if who.get("process") is None:
        return Problem(409, _("A run is going on in another program."), running=who)
    detail = _("A run is going on in process {process} on {host}.").format(
        process=who["process"], host=who["host"]
    )
    return Problem(409, detail, running=who)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."

"""What can be seen: health, state, runs, what a run would cost."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Path, Query
from starlette.responses import StreamingResponse

from core.database.failures import StorageFailure, StorageProblem
from core.database.lock import is_held
from core.i18n import _
from core.phones.as_json import estimates_as_json, failed_as_json, run_as_json, status_as_json
from core.phones.estimate import estimate
from core.phones.events import Mode
from core.phones.run_request import RunRequest
from core.phones.service.events import EventHub
from core.phones.service.shapes import Cost, Health, Run, RunWithFailures, Status
from core.phones.service_switch import Surroundings
from core.phones.storage.explain import explain
from core.phones.storage.queries.runs import failed_items, find_run, newest_run, run_list
from core.phones.storage.reader import Reader
from core.web.app import WebApp
from core.web.guard import needs
from core.web.health import healthy, unhealthy
from core.web.problems import Problem, problem_responses

_LARGEST_ID = 2**63 - 1


def add_looking(app: WebApp, around: Surroundings, hub: EventHub) -> None:
    """Their routes. What asks the database does so in a thread of its own."""

    @app.get("/health", response_model=Health, responses=problem_responses(503), tags=["looking"])
    async def health() -> dict[str, Any]:
        """Whether it is alive and can read its database, and how the last run ended."""
        return await asyncio.to_thread(_health, around)

    look: dict[str, Any] = {"dependencies": [needs("read")], "tags": ["looking"]}

    @app.get("/status", response_model=Status, **look)
    async def status() -> dict[str, Any]:
        """As `app.py status --json`."""

        def read() -> dict[str, Any]:
            with Reader(around.database()) as reader:
                return status_as_json(reader)

        return await asyncio.to_thread(read)

    @app.get("/runs", response_model=list[Run], **look)
    async def runs(
        limit: Annotated[int, Query(ge=1, le=1000)] = 500,
        before: Annotated[int | None, Query(ge=0, le=_LARGEST_ID)] = None,
    ) -> list[dict[str, Any]]:
        """As `app.py runs --json`: the newest first, those before run `before`."""

        def read() -> list[dict[str, Any]]:
            live = is_held(around.database())
            with Reader(around.database()) as reader:
                return [run_as_json(run, live=live) for run in run_list(reader, limit, before)]

        return await asyncio.to_thread(read)

    @app.get(
        "/runs/{id:int}", response_model=RunWithFailures, responses=problem_responses(404), **look
    )
    async def run(
        number: Annotated[int, Path(alias="id", ge=0, le=_LARGEST_ID)],
        limit: Annotated[int, Query(ge=0, le=1000)] = 1000,
        offset: Annotated[int, Query(ge=0, le=_LARGEST_ID)] = 0,
    ) -> dict[str, Any]:
        """One run, and what failed in it and why."""
        return await asyncio.to_thread(_run, around, number, limit, offset)

    @app.get("/estimate", response_model=dict[str, Cost], **look)
    async def estimates(mode: Mode | None = None) -> dict[str, dict[str, Any]]:
        """As `app.py estimate --json`: what a run would take, of one mode or of each."""

        def read() -> dict[str, dict[str, Any]]:
            engine, now = around.engine(), datetime.now(UTC)
            with Reader(around.database()) as reader:
                modes = [mode] if mode else list(Mode)
                found = {one: estimate(reader, RunRequest(one), engine, now) for one in modes}
            return estimates_as_json(found)

        return await asyncio.to_thread(read)

    @app.get(
        "/events",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {"schema": _EVENT}}}},
        **look,
    )
    async def events() -> StreamingResponse:
        """Server-sent events: `State` first, then each event of the collector as JSON."""
        if hub.is_full:
            raise Problem(503, _("Too many listen already."), headers={"Retry-After": "60"})
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(hub.stream(), media_type="text/event-stream", headers=headers)


# One event of /events, as OpenAPI speaks of server-sent events.
_EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "id": {"type": "string", "description": "Counts events from the start of the program."},
        "event": {"type": "string", "description": "The kind of the event, such as `State`."},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"type": "object"},
        },
    },
}


def _health(around: Surroundings) -> dict[str, Any]:
    facts: dict[str, Any] = {"collecting": is_held(around.database()), "last_run": None}
    try:
        with Reader(around.database()) as reader:
            run = newest_run(reader)
    except StorageFailure as failure:
        if failure.problem is StorageProblem.MISSING:
            return healthy({**facts, "database": "none yet"})
        error = explain(failure)
        raise unhealthy(str(error), {**facts, "database": failure.problem.value}) from failure
    if run is not None:
        facts["last_run"] = {
            "id": run.id,
            "status": run.status.value,
            "ended_at": run.completed_at.isoformat() if run.completed_at else None,
            "reason": run.reason.value if run.reason else None,
        }
    return healthy({**facts, "database": "ok"})


def _run(around: Surroundings, number: int, limit: int, offset: int) -> dict[str, Any]:
    with Reader(around.database()) as reader:
        found = find_run(reader, number)
        if found is None:
            raise Problem(404, _("There is no run {run}.").format(run=number))
        failed = failed_items(reader, number, limit, offset)
    told = run_as_json(found, live=is_held(around.database()))
    return {**told, "failed": [failed_as_json(item) for item in failed]}

"""The phone collector over HTTP (`app.py serve` with SERVICE_HTTP)."""

from dataclasses import dataclass
from typing import Any

from core.hub.database.tasks import Service, Status
from core.hub.services import answers
from core.hub.services.answers import Begun, Report
from core.hub.services.http import Json, ServiceHttp, part
from core.hub.services.trouble import Kind, ServiceTrouble

REPORT_SECONDS = 300.0
MODES = ("full", "quick", "smart")
REPORTS = ("new", "summary", "clients", "phones")
FORMATS = ("csv", "xlsx")


@dataclass(frozen=True, slots=True)
class State:
    """What the collector does now. `run` are the counts of the current or last run."""

    collecting: bool
    phones: int | None
    run: dict[str, Any]


class PhonesService:
    """All methods raise ServiceTrouble."""

    def __init__(self, http: ServiceHttp) -> None:
        self._http = http

    async def healthy(self, seconds: float) -> bool:
        await self._http.get("/health", seconds=seconds)  # 503 where it is not
        return True

    async def state(self) -> State:
        answer = await self._http.get("/status")
        return State(
            collecting=answers.flag(answer, "collecting", Service.PHONES),
            phones=answers.whole(answer, "phones"),
            run=_run(answers.inner(answer, "run")),
        )

    async def start(self, body: Json) -> Begun:
        return self._begun(await self._http.post("/runs", body))

    async def stop(self) -> None:
        await self._http.post("/runs/stop")

    async def resume(self, run: str = "") -> Begun:
        """Continue this run, the newest unfinished one where none is named."""
        which = {"run": run} if run else None
        return self._begun(await self._http.post("/runs/continue", parameters=which))

    async def status(self, task: str) -> Report:
        answer = await self._http.get(f"/runs/{part(task)}")
        run = answers.inner(answer, "run") or answer
        state = answers.status(run, Service.PHONES)
        if run.get("interrupted") is True:  # its process is gone: it can be continued
            state = Status.STOPPED
        return Report(state, _run(run), answers.problem(run, "detail"))

    async def estimate(self, mode: str) -> dict[str, Any]:
        answer = await self._http.get("/estimate", {"mode": mode})
        answer = answers.inner(answer, mode) or answer
        found: dict[str, Any] = answers.counted(
            answer, requests="requests", clients="clients", projects="projects"
        )
        seconds = answer.get("seconds")
        if isinstance(seconds, int | float) and not isinstance(seconds, bool):
            found["seconds"] = float(seconds)
        return found

    async def report(self, name: str, kind: str) -> bytes:
        return await self._http.file(f"/reports/{name}.{kind}", REPORT_SECONDS)

    def _begun(self, answer: Json) -> Begun:
        run = answers.inner(answer, "run") or answer
        number = answers.text(run, "id") or answers.text(run, "run_id")
        if not number.isdecimal():
            raise ServiceTrouble(Service.PHONES, Kind.NONSENSE)
        return Begun(number, Status.RUNNING)


def _run(run: Json) -> dict[str, Any]:
    found: dict[str, Any] = answers.counted(
        run,
        id="id",
        found="total_phones",
        new="new_phones",
        errors="errors_count",
        requests="requests",
    )
    for name in ("mode", "status", "started_at"):
        if word := answers.text(run, name)[:40]:
            found[name] = word
    seconds = run.get("seconds")
    if isinstance(seconds, int | float) and not isinstance(seconds, bool):
        found["seconds"] = float(seconds)
    return found

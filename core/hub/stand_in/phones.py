"""The stand-in of the phone collector's HTTP service."""

import threading
from datetime import UTC, datetime
from typing import Any

from core.hub.stand_in.base import Answer, Call, JsonStandIn
from core.hub.stand_in.work import Work, Works

TOKEN = "stand-in-token-of-the-phone-collector"  # noqa: S105 - opens nothing
REQUESTS = {"full": 900, "quick": 60, "smart": 210}


class PhonesStandIn(JsonStandIn):
    """`works` are its runs, by number."""

    def __init__(self, *, port: int = 0, seconds: float = 45.0) -> None:
        super().__init__(port=port)
        self.works = Works(seconds)
        self._lock = threading.Lock()

    def answer(self, call: Call) -> Answer:
        if call.path != "/health" and call.headers.get("authorization") != f"Bearer {TOKEN}":
            return _problem(401, "A token is missing.")
        match [call.method, *call.parts]:
            case ["GET", "health"]:
                return Answer(body={"status": "ok", "database": "ok"})
            case ["GET", "status"]:
                return Answer(body=self._state())
            case ["GET", "runs", number]:
                work = self.works.find(number)
                return (
                    _problem(404, "There is no such run.")
                    if work is None
                    else Answer(body=_run(work))
                )
            case ["GET", "estimate"]:
                modes = [call.query["mode"]] if "mode" in call.query else list(REQUESTS)
                return Answer(body={mode: _cost(mode) for mode in modes})
            case ["GET", "reports", _name]:
                return Answer(raw=b"phone,client\r\n", kind="text/csv")
            case ["POST", "runs"]:
                return self._start(call.body if isinstance(call.body, dict) else {})
            case ["POST", "runs", "stop"]:
                return self._stop()
            case ["POST", "runs", "continue"]:
                return self._continue(call.query.get("run", ""))
        return _problem(404, "There is nothing here.")

    def _running(self) -> Work | None:
        return next((work for work in self.works.all() if work.look() == "running"), None)

    def _state(self) -> dict[str, Any]:
        works = self.works.all()
        return {
            "collecting": self._running() is not None,
            "phones": 12_000 + 400 * len(works),
            "run": _run(works[-1]) if works else None,
        }

    def _start(self, body: dict[str, Any]) -> Answer:
        with self._lock:
            if self._running() is not None:
                return _problem(409, "A run is going on already.")
            work = self.works.begin(body, str(len(self.works.all()) + 1))
        return Answer(202, {"state": "running", "run": _run(work)})

    def _stop(self) -> Answer:
        running = self._running()
        if running is None:
            return _problem(409, "There is no run that could be stopped.")
        self.works.stop(running.id)
        return Answer(202, {"state": "stopping", "run": _run(running)})

    def _continue(self, number: str) -> Answer:
        works = self.works.all()
        work = self.works.find(number) if number else works[-1] if works else None
        if work is None or work.look() != "stopped":
            return _problem(409, "There is nothing to continue.")
        self.works.resume(work.id)
        return Answer(202, {"state": "running", "run": _run(work)})


def _run(work: Work) -> dict[str, Any]:
    status, share = work.look(), work.share
    return {
        "id": int(work.id),
        "started_at": datetime.now(UTC).isoformat(),
        "completed_at": None,
        "status": status,
        "interrupted": False,
        "mode": work.body.get("mode", "full"),
        "total_phones": int(4000 * share),
        "new_phones": int(400 * share),
        "errors_count": 0,
        "requests": int(900 * share),
        "seconds": round(work.seconds * share, 1),
        "reason": None,
    }


def _cost(mode: str) -> dict[str, Any]:
    count = REQUESTS[mode]
    return {"clients": 60, "projects": 400, "requests": count, "seconds": count * 2}


def _problem(status: int, detail: str) -> Answer:
    return Answer(status, {"type": "about:blank", "title": "", "status": status, "detail": detail})

"""The stand-in of `avito_cian_parser`."""

from datetime import UTC, datetime
from typing import Any

from core.hub.stand_in.base import Answer, Call, JsonStandIn, not_found
from core.hub.stand_in.work import Work, Works

ADS_A_PAGE = 50


class RealtyStandIn(JsonStandIn):
    """`works` are its tasks."""

    def __init__(self, *, port: int = 0, seconds: float = 45.0) -> None:
        super().__init__(port=port)
        self.works = Works(seconds)

    def answer(self, call: Call) -> Answer:
        match [call.method, *call.parts]:
            case ["GET", "health"]:
                return Answer(body={"status": "ok", "version": "2.1.0"})
            case ["POST", "parse", "start"]:
                return self._start(call.body)
            case ["POST", "parse", "stop", task]:
                work = self.works.stop(task)
                return not_found() if work is None else Answer(body={"status": work.look()})
            case ["POST", "parse", "resume", task]:
                work = self.works.resume(task)
                return not_found() if work is None else Answer(body={"status": work.look()})
            case ["GET", "parse", "status", task]:
                work = self.works.find(task)
                return not_found() if work is None else Answer(body=_status(work))
        return not_found("Not Found")

    def _start(self, body: Any) -> Answer:
        if not isinstance(body, dict) or not isinstance(body.get("user_id"), int):
            return Answer(422, {"detail": "user_id is missing"})
        if not (body.get("avito_url") or body.get("cian_url")):
            return Answer(400, {"detail": "avito_url or cian_url is needed"})
        if not 1 <= body.get("pages", 3) <= 100:
            return Answer(422, {"detail": "pages"})
        work = self.works.begin(body)
        return Answer(body={"task_id": work.id, "message": "Parsing started"})


def _status(work: Work) -> dict[str, Any]:
    status, share = work.look(), work.share
    pages = work.body.get("pages", 3)
    page = min(pages, int(pages * share) + (1 if share < 1 else 0))
    now = datetime.now(UTC).isoformat()
    return {
        "task_id": work.id,
        "user_id": work.body["user_id"],
        "status": status,
        "progress": {
            "total_pages": pages,
            "current_page": page,
            "found_ads": int(pages * ADS_A_PAGE * share),
            "filtered_ads": int(pages * ADS_A_PAGE * share * 0.6),
            "source": "avito" if work.body.get("avito_url") else "cian",
        },
        "started_at": now,
        "updated_at": now,
        "completed_at": now if status == "completed" else None,
        "error_message": work.error or None,
        "results": None,
    }

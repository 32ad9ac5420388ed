"""`avito_cian_parser`: property listings of Avito and Cian. Its requests stand in docs/hub.md."""

from core.hub.database.tasks import Service, TaskType
from core.hub.services import answers
from core.hub.services.answers import Begun, Report
from core.hub.services.http import Json, ServiceHttp, part


class RealtyService:
    """All methods raise ServiceTrouble."""

    def __init__(self, http: ServiceHttp) -> None:
        self._http = http

    async def healthy(self, seconds: float) -> bool:
        return answers.well(await self._http.get("/health", seconds=seconds))

    async def start(self, body: Json) -> Begun:
        return answers.begun(await self._http.post("/parse/start", body), Service.REALTY)

    async def stop(self, task: str) -> None:
        await self._http.post(f"/parse/stop/{part(task)}")

    async def resume(self, task: str) -> None:
        await self._http.post(f"/parse/resume/{part(task)}")

    async def status(self, task: str) -> Report:
        answer = await self._http.get(f"/parse/status/{part(task)}")
        numbers = answers.counted(
            answers.inner(answer, "progress"),
            pages="total_pages",
            page="current_page",
            found="found_ads",
            left="filtered_ads",
        )
        return Report(
            answers.status(answer, Service.REALTY),
            numbers,
            answers.problem(answer, "error_message", "detail"),
        )


def start_body(user_id: int, kind: TaskType, answers_given: Json, token: str, chat: str) -> Json:
    """The body of `POST /parse/start`."""
    return {
        "user_id": user_id,
        f"{kind}_url": answers_given["link"],
        "pages": answers_given["pages"],
        "notification_bot_token": token,
        "notification_chat_id": chat,
    }

"""`workers_service`: watches Telegram chats for offers of work in pick-up points.

Its requests and answers stand in docs/hub.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.hub.database.tasks import Service
from core.hub.services import answers
from core.hub.services.answers import Begun, Report
from core.hub.services.http import Json, ServiceHttp, part
from core.hub.services.trouble import shown_detail

CHECK_SECONDS = 25 * 60.0  # the service itself speaks of twenty minutes
HISTORY_DAYS = 3


@dataclass(frozen=True, slots=True)
class Item:
    """One offer that was found."""

    author: str
    date: str
    price: str
    shk: str
    location: str
    link: str


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat of the blacklist."""

    username: str
    title: str
    active: bool
    topic: str


class WorkersService:
    """All methods raise ServiceTrouble."""

    def __init__(self, http: ServiceHttp) -> None:
        self._http = http

    async def healthy(self, seconds: float) -> bool:
        return answers.well(await self._http.get("/health", seconds=seconds))

    async def start(self, body: Json) -> Begun:
        return answers.begun(await self._http.post("/workers/start", body), Service.WORKERS)

    async def stop(self, task: str) -> None:
        await self._http.post(f"/workers/stop/{part(task)}")

    async def status(self, task: str) -> Report:
        answer = await self._http.get(f"/workers/status/{part(task)}")
        numbers = answers.counted(
            answers.inner(answer, "stats"),
            scanned="total_messages_scanned",
            found="items_found",
            told="notifications_sent",
        )
        return Report(
            answers.status(answer, Service.WORKERS),
            numbers,
            answers.problem(answer, "error_message", "error", "detail"),
        )

    async def items(self, task: str, limit: int) -> tuple[list[Item], int]:
        """The newest of the offers that were found, and how many there are."""
        answer = await self._http.get(f"/workers/list/{part(task)}", {"limit": limit})
        found = [_item(one) for one in answers.objects(answer, Service.WORKERS, "items")]
        return found, max(answers.whole(answer, "total") or 0, len(found))

    async def check(self, username: str, session_path: str) -> list[str]:
        """What the blacklist's chats say of somebody, a line each. May take twenty minutes."""
        answer = await self._http.post(
            "/blacklist/check",
            parameters={"username": username, "session_path": session_path},
            seconds=CHECK_SECONDS,
        )
        found = answers.listed(answer, Service.WORKERS, "results", "findings")
        return [_finding(one) for one in found]

    async def chats(self) -> list[Chat]:
        answer = await self._http.get("/blacklist/chats")
        return [
            Chat(
                username=name,
                title=shown_detail(one.get("chat_title")),
                active=one.get("is_active") is not False,
                topic=shown_detail(one.get("topic_name")),
            )
            for one in answers.objects(answer, Service.WORKERS, "chats")
            if (name := shown_detail(one.get("chat_username")))
        ]

    async def add_chat(self, username: str) -> None:
        await self._http.post("/blacklist/chats/add", parameters={"chat_username": username})

    async def remove_chat(self, username: str) -> None:
        await self._http.post("/blacklist/chats/remove", parameters={"chat_username": username})


def start_body(
    user_id: int,
    answers_given: Json,
    session_path: str,
    blacklist_session_path: str,
    token: str,
    chat: str,
) -> Json:
    """The body of `POST /workers/start`."""
    chats: Sequence[str] = answers_given["chats"]
    least, most = answers_given.get("price") or (0, 999_999_999)
    first, last = answers_given.get("date") or (None, None)
    return {
        "user_id": user_id,
        "mode": answers_given["mode"],
        "chats": list(chats),
        "filters": {
            "date_from": first,
            "date_to": last,
            "min_price": least,
            "max_price": most,
            "shk_filter": answers_given["shk"],
            "city_filter": answers_given["city"],
        },
        "session_path": session_path,
        "blacklist_session_path": blacklist_session_path,
        "notification_bot_token": token,
        "notification_chat_id": chat,
        "parse_history_days": HISTORY_DAYS,
    }


def _item(one: Json) -> Item:
    name = shown_detail(one.get("author_full_name"))
    username = shown_detail(one.get("author_username")).lstrip("@")
    link = one.get("message_link")
    plain = isinstance(link, str) and link.startswith("https://t.me/") and link.isprintable()
    return Item(
        author=" ".join(part for part in (name, f"@{username}" if username else "") if part),
        date=answers.text(one, "date")[:10],
        price=answers.text(one, "price")[:20],
        shk=shown_detail(answers.text(one, "shk"))[:40],
        location=shown_detail(one.get("location"))[:80],
        link=str(link)[:200] if plain else "",
    )


def _finding(one: object) -> str:
    """A line for each: one that cannot be read is still a finding."""
    if not isinstance(one, dict):
        return shown_detail(one) or "…"
    chat = shown_detail(one.get("chat_title")) or shown_detail(one.get("chat_username"))
    word = shown_detail(one.get("text")) or shown_detail(one.get("message"))
    return ": ".join(part for part in (chat, word) if part) or "…"

"""The stand-in of `workers_service`: its requests as docs/hub.md has them."""

import threading
from datetime import UTC, datetime
from typing import Any

from core.hub.stand_in.base import Answer, Call, JsonStandIn, not_found
from core.hub.stand_in.work import Work, Works

_PLACES = ("Москва, Митино", "Москва, Выхино", "Санкт-Петербург, Купчино")
_NAMES = (("anna_pvz", "Анна"), ("oleg_pvz", "Олег"), ("", "Ирина"))
MESSAGES = 400
ITEMS = 23


class WorkersStandIn(JsonStandIn):
    """`works` are its tasks, `chats` its blacklist; `check_seconds` how long a check takes."""

    def __init__(self, *, port: int = 0, seconds: float = 45.0, check_seconds: float = 5.0) -> None:
        super().__init__(port=port)
        self.works = Works(seconds)
        self.check_seconds = check_seconds
        self.findings: list[dict[str, str]] = [
            {"chat_title": "Жалобы ПВЗ", "text": "не вышел на смену"}
        ]
        self._lock = threading.Lock()
        self.chats = ["@pvz_complaints", "@pvz_black"]

    def answer(self, call: Call) -> Answer:
        match [call.method, *call.parts]:
            case ["GET", "health"]:
                return Answer(body={"status": "healthy", "version": "1.4"})
            case ["POST", "workers", "start"]:
                return self._start(call.body)
            case ["POST", "workers", "stop", task]:
                work = self.works.stop(task)
                return not_found() if work is None else Answer(body={"status": work.look()})
            case ["GET", "workers", "status", task]:
                work = self.works.find(task)
                return not_found() if work is None else Answer(body=_status(work))
            case ["GET", "workers", "list", task]:
                work = self.works.find(task)
                if work is None:
                    return not_found()
                return Answer(body=_items(work, int(call.query.get("limit", "50"))))
            case ["POST", "blacklist", "check"]:
                self.wait(self.check_seconds)
                return Answer(
                    body={"username": call.query.get("username"), "results": self.findings}
                )
            case ["GET", "blacklist", "chats"]:
                return self._list()
            case ["POST", "blacklist", "chats", verb]:
                return self._change(verb, call.query.get("chat_username", ""))
        return not_found("Not Found")

    def _start(self, body: Any) -> Answer:
        wrong = _wrong_start(body)
        if wrong:
            return Answer(422, {"detail": [{"loc": ["body"], "msg": wrong, "type": "value_error"}]})
        work = self.works.begin(body)
        return Answer(
            body={
                "task_id": work.id,
                "status": "pending",
                "message": "started",
                "started_at": datetime.now(UTC).isoformat(),
            }
        )

    def _list(self) -> Answer:
        with self._lock:
            chats = [
                {
                    "chat_username": name,
                    "chat_title": name.lstrip("@").replace("_", " "),
                    "added_at": "2026-03-01T10:00:00",
                    "is_active": True,
                    "topic_id": None,
                    "topic_name": None,
                }
                for name in self.chats
            ]
        return Answer(body={"chats": chats, "total": len(chats), "active": len(chats)})

    def _change(self, verb: str, name: str) -> Answer:
        with self._lock:
            if verb == "add" and name not in ("@nobody_here",):
                if name not in self.chats:
                    self.chats.append(name)
                return Answer(body={"status": "added"})
            if verb == "remove" and name in self.chats:
                self.chats.remove(name)
                return Answer(body={"status": "removed"})
        return not_found("Chat not found")


def _wrong_start(body: Any) -> str:
    if not isinstance(body, dict):
        return "no body"
    needed = {
        "user_id": int,
        "mode": str,
        "chats": list,
        "filters": dict,
        "session_path": str,
        "blacklist_session_path": str,
        "notification_bot_token": str,
        "notification_chat_id": str,
        "parse_history_days": int,
    }
    for name, kind in needed.items():
        if not isinstance(body.get(name), kind):
            return f"{name} is missing"
    return "" if body["mode"] in ("worker", "employer") and body["chats"] else "mode or chats"


def _status(work: Work) -> dict[str, Any]:
    status, share = work.look(), work.share
    return {
        "task_id": work.id,
        "status": status,
        "mode": work.body["mode"],
        "stats": {
            "total_messages_scanned": int(MESSAGES * share),
            "items_found": int(ITEMS * share),
            "notifications_sent": int(ITEMS * share),
            "last_update": datetime.now(UTC).isoformat(),
        },
        "error": work.error or None,
    }


def _items(work: Work, limit: int) -> dict[str, Any]:
    count = int(ITEMS * work.share)
    items = [
        {
            "id": number,
            "author_username": _NAMES[number % 3][0] or None,
            "author_full_name": _NAMES[number % 3][1],
            "date": f"2026-03-{number % 27 + 1:02}",
            "price": 2000 + 50 * number,
            "shk": "мало" if number % 2 else "много",
            "location": _PLACES[number % 3],
            "message_link": f"https://t.me/pvz_moscow/{1000 + number}",
            "found_at": datetime.now(UTC).isoformat(),
        }
        for number in range(count)
    ]
    return {
        "task_id": work.id,
        "mode": work.body["mode"],
        "total": count,
        "items": items[:limit],
    }

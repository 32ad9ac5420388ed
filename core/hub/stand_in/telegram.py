"""The stand-in of Telegram: the Bot API over HTTP, and the private chats of made-up people.

    with TelegramStandIn() as telegram:
        telegram.say(anna, "/start")
        shown = telegram.wait_for(anna.id, "Main menu")
        telegram.press(anna, shown, "Settings")

What a chat shows is what a person would see: edited messages as they are now, deleted ones gone.
https://core.telegram.org/bots/api: `POST /bot<token>/<method>`, form fields or multipart.
"""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from core.hub.stand_in.base import Answer
from core.stand_in.server import StandInServer
from core.stand_in.wire import Reply, Request

TOKEN = "123456789:AAhub-stand-in-token-nobody-may-see-it"  # noqa: S105 - opens nothing
PATIENCE = 60.0  # seconds until a wait has failed: slow machines shall not fail
_PART = re.compile(rb'name="([^"]+)"(?:; filename="([^"]*)")?')
_SECOND = 1.0


@dataclass(frozen=True, slots=True)
class MadeUpPerson:
    """Somebody with a phone. `language` is that of his Telegram."""

    id: int
    username: str = ""
    first_name: str = "Somebody"
    language: str = "ru"

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "username": self.username or None,
            "language_code": self.language,
        }


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the chat shows it now. `buttons` are rows of (caption, data)."""

    id: int
    chat: int
    text: str
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()
    own: bool = False  # typed by the person
    file: str = ""
    edited: int = 0
    silent: bool = False

    @property
    def captions(self) -> list[str]:
        return [caption for row in self.buttons for caption, _data in row]

    def data(self, caption: str) -> str:
        """What the button with this caption carries; also found by a part of it."""
        pairs = [pair for row in self.buttons for pair in row]
        for found, data in pairs:
            if found == caption:
                return data
        for found, data in pairs:
            if caption in found:
                return data
        raise KeyError(caption)


@dataclass(frozen=True, slots=True)
class Called:
    """A call of the Bot API that was answered well."""

    method: str
    fields: dict[str, Any]
    at: float = field(default_factory=time.monotonic)


Failure = Callable[["TelegramStandIn"], Answer]


def api_error(code: int, description: str, **parameters: Any) -> Answer:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return Answer(code, body | ({"parameters": parameters} if parameters else {}))


def flood(seconds: float) -> Failure:
    return lambda _server: api_error(
        429, f"Too Many Requests: retry after {seconds}", retry_after=seconds
    )


class TelegramStandIn(StandInServer):
    """Any thread may call. `bots` are the tokens that are accepted."""

    def __init__(self, *, port: int = 0, token: str = TOKEN) -> None:
        super().__init__(port=port)
        self.token = token
        self.bots = {token}
        self.changed = threading.Condition()
        self.calls: list[Called] = []
        self.attempts: Counter[str] = Counter()
        self.others: list[tuple[str, str]] = []  # (chat, text) sent by other bots than the hub's
        self.alerts: list[tuple[str, str]] = []  # (press, text) that answered presses
        self._chats: dict[int, dict[int, Shown]] = {}
        self._failures: dict[str, list[Failure]] = {}
        self._updates: list[dict[str, Any]] = []
        self._update = 1000
        self._confirmed = self._update
        self._message = 0
        self._poll = 0

    # What people do

    def say(self, person: MadeUpPerson, text: str) -> int:
        """Type a message; returns its number."""
        with self.changed:
            number = self._next_message()
            shown = Shown(number, person.id, text, own=True)
            self._chat(person.id)[number] = shown
            message = self._as_json(shown) | {"from": person.as_json()}
            if text.startswith("/"):
                length = len(text.split()[0])
                message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
            self._add_update({"message": message})
        return number

    def press(self, person: MadeUpPerson, shown: Shown, caption: str) -> str:
        """Press the button with this caption; returns the press, to find its alert by."""
        return self.press_data(person, shown.id, shown.data(caption))

    def press_data(self, person: MadeUpPerson, message: int, data: str) -> str:
        """Press a button by what it carries, wherever it was copied from."""
        with self.changed:
            press = f"press{self._update + 1}"
            under = self._chat(person.id).get(message) or Shown(message, person.id, "…")
            self._add_update(
                {
                    "callback_query": {
                        "id": press,
                        "from": person.as_json(),
                        "chat_instance": "1",
                        "data": data,
                        "message": self._as_json(under) | {"from": _BOT},
                    }
                }
            )
        return press

    # What people see

    def chat(self, person: int) -> list[Shown]:
        """Everything that a chat shows now, oldest first."""
        with self.changed:
            return list(self._chat(person).values())

    def texts(self, person: int) -> list[str]:
        """What the bot says in a chat now."""
        return [shown.text for shown in self.chat(person) if not shown.own]

    def wait_for(
        self,
        person: int,
        containing: str,
        seconds: float = PATIENCE,
        where: Callable[[Shown], bool] = lambda _shown: True,
    ) -> Shown:
        """The newest message of the bot that says this, as soon as there is one."""

        def found() -> Shown | None:
            for shown in reversed(self._chat(person).values()):
                if not shown.own and containing in shown.text and where(shown):
                    return shown
            return None

        with self.changed:
            if not self.changed.wait_for(lambda: found() is not None, seconds):
                said = "\n---\n".join(shown.text for shown in self._chat(person).values())
                raise AssertionError(f"nobody says {containing!r}; the chat shows:\n{said}")
            shown = found()
        assert shown is not None  # noqa: S101 - waited for
        return shown

    def wait_for_alert(self, press: str, seconds: float = PATIENCE) -> str:
        """The words that answered a press, '' where there were none."""

        def found() -> list[str]:
            return [text for answered, text in self.alerts if answered == press]

        with self.changed:
            if not self.changed.wait_for(lambda: bool(found()), seconds):
                raise AssertionError(f"the press {press} was not answered")
            return found()[0]

    @property
    def is_heard(self) -> bool:
        """Whether the bot has dealt with everything that people did."""
        return self._confirmed >= self._update

    # Bad days

    def fail(self, method: str, *how: Failure) -> None:
        """The next calls of the method go wrong, each in its way."""
        with self.changed:
            self._failures.setdefault(method, []).extend(how)

    # The protocol

    def reply(self, request: Request) -> tuple[Reply, int]:
        _empty, bot, method = request.path.split("?")[0].split("/", 2)
        entry = self.journal.arrived(method)
        token = bot.removeprefix("bot")
        with self.changed:
            self.attempts[method] += 1
            failures = self._failures.get(method)
            failure = failures.pop(0) if failures else None
        if token not in self.bots:
            return api_error(401, "Unauthorized").reply(), entry
        if failure is not None:
            return failure(self).reply(), entry
        fields, name = _fields(request)
        if method == "getUpdates":
            return self._answer_poll(fields).reply(), entry
        with self.changed:
            answer = self._carry_out(method, fields, name, token)
            if answer.status == 200:
                self.calls.append(Called(method, fields))
                self.changed.notify_all()
        return answer.reply(), entry

    def stop(self) -> None:
        with self.changed:
            self._poll += 1  # ends a poll that waits
            self.changed.notify_all()
        super().stop()

    def _answer_poll(self, fields: dict[str, Any]) -> Answer:
        offset, seconds = int(fields.get("offset", 0)), float(fields.get("timeout", 0))
        with self.changed:
            self._poll += 1
            mine = self._poll
            self._confirmed = max(self._confirmed, offset - 1)
            self.changed.notify_all()
            if offset:
                self._updates = [one for one in self._updates if one["update_id"] >= offset]
            # In pieces: a client that died leaves its poll behind, and nobody tells us.
            until = time.monotonic() + seconds
            while not self._updates and self._poll == mine and time.monotonic() < until:
                self.changed.wait(min(_SECOND, until - time.monotonic()))
            if self._poll != mine:
                return api_error(409, "Conflict: terminated by other getUpdates request")
            return Answer(body={"ok": True, "result": self._updates[:100]})

    def _carry_out(self, method: str, fields: dict[str, Any], name: str, token: str) -> Answer:
        match method:
            case "getMe":
                return _good(_BOT)
            case "sendMessage" | "sendDocument" if token != self.token:
                self.others.append((str(fields["chat_id"]), str(fields.get("text", ""))))
                if str(fields["chat_id"]) == "404":
                    return api_error(400, "Bad Request: chat not found")
                return _good(self._as_json(Shown(1, 1, "")))
            case "sendMessage" | "sendDocument":
                return self._post(fields, name)
            case "editMessageText":
                return self._edit(fields)
            case "deleteMessage":
                gone = self._chat(int(fields["chat_id"])).pop(int(fields["message_id"]), None)
                if gone is None:
                    return api_error(400, "Bad Request: message to delete not found")
                return _good(True)
            case "answerCallbackQuery":
                self.alerts.append((str(fields["callback_query_id"]), str(fields.get("text", ""))))
                return _good(True)
            case "setMyCommands":
                return _good(True)
        return api_error(404, "Not Found: method not found")

    def _post(self, fields: dict[str, Any], name: str) -> Answer:
        chat = int(fields["chat_id"])
        text = str(fields.get("text", fields.get("caption", "")))
        if problem := _unfit(text, fields):
            return problem
        shown = Shown(
            self._next_message(),
            chat,
            text,
            _buttons(fields),
            file=name,
            silent=str(fields.get("disable_notification", "")).lower() == "true",
        )
        self._chat(chat)[shown.id] = shown
        return _good(self._as_json(shown))

    def _edit(self, fields: dict[str, Any]) -> Answer:
        chat, number = int(fields["chat_id"]), int(fields["message_id"])
        before = self._chat(chat).get(number)
        if before is None or before.own:
            return api_error(400, "Bad Request: message to edit not found")
        text, buttons = str(fields.get("text", "")), _buttons(fields)
        if problem := _unfit(text, fields):
            return problem
        if (before.text, before.buttons) == (text, buttons):
            return api_error(
                400,
                "Bad Request: message is not modified: specified new message content and"
                " reply markup are exactly the same as a current content",
            )
        shown = replace(before, text=text, buttons=buttons, edited=before.edited + 1)
        self._chat(chat)[number] = shown
        return _good(self._as_json(shown))

    def _chat(self, person: int) -> dict[int, Shown]:
        return self._chats.setdefault(person, {})

    def _next_message(self) -> int:
        self._message += 1
        return self._message

    def _add_update(self, update: dict[str, Any]) -> None:
        self._update += 1
        self._updates.append({"update_id": self._update} | update)
        self.changed.notify_all()

    def _as_json(self, shown: Shown) -> dict[str, Any]:
        return {
            "message_id": shown.id,
            "date": int(time.time()),
            "chat": {"id": shown.chat, "type": "private"},
            "text": shown.text,
        }


_BOT = {"id": 123456789, "is_bot": True, "first_name": "Hub", "username": "hub_bot"}


def _good(result: Any) -> Answer:
    return Answer(body={"ok": True, "result": result})


def _unfit(text: str, fields: dict[str, Any]) -> Answer | None:
    """What Telegram refuses: too long a text, or too much in a button."""
    if not text and "document" not in fields and "caption" not in fields:
        return api_error(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > 4096:
        return api_error(400, "Bad Request: message is too long")
    data = [data for row in _buttons(fields) for _caption, data in row]
    if any(not 1 <= len(one.encode()) <= 64 for one in data):
        return api_error(400, "Bad Request: BUTTON_DATA_INVALID")
    return None


def _buttons(fields: dict[str, Any]) -> tuple[tuple[tuple[str, str], ...], ...]:
    markup = json.loads(fields.get("reply_markup", "{}"))
    return tuple(
        tuple((button["text"], button["callback_data"]) for button in row)
        for row in markup.get("inline_keyboard", [])
    )


def _fields(request: Request) -> tuple[dict[str, Any], str]:
    """The fields of a form, and the name of the file in it."""
    if not request.headers.get("content-type", "").startswith("multipart/"):
        return dict(parse_qsl(request.body.decode(), keep_blank_values=True)), ""
    boundary = request.body.split(b"\r\n", 1)[0]
    fields: dict[str, Any] = {}
    name = ""
    for part in request.body.split(boundary)[1:-1]:
        head, _empty, content = part.strip(b"\r\n").partition(b"\r\n\r\n")
        if (match := _PART.search(head)) is None:
            continue
        if match[2] is not None:
            name = match[2].decode()
            fields["document"] = name
        else:
            fields[match[1].decode()] = content.decode()
    return fields, name

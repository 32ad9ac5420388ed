"""A stand-in for Telegram's Bot API: real HTTP, the published protocol, and bad days on order.

    with BotApi() as api:
        api.say("/status")                 # what a person in the chat types
        api.wait_for("sendMessage")        # what the bot did
        api.fail("sendMessage", flood(2))  # the next call of this method goes wrong

https://core.telegram.org/bots/api: `POST /bot<token>/<method>`, parameters as form fields or
multipart, answers `{"ok": true, "result": …}` or `{"ok": false, "error_code", "description",
"parameters"}`. A second getUpdates ends the first one with 409.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

TOKEN = "123456789:AAstand-in-token-that-nobody-may-ever-see"
CHAT = 700100200
PATIENCE = 60  # seconds until a wait has failed: slow machines shall not fail
BOT = {"id": 123456789, "is_bot": True, "first_name": "Collector", "username": "collector_bot"}

Misbehaviour = Callable[["_Handler"], None]


@dataclass
class Call:
    """One call of the bot; files are kept as (name, content)."""

    method: str
    fields: dict[str, Any]
    files: dict[str, tuple[str, bytes]]
    at: float = field(default_factory=time.monotonic)

    @property
    def text(self) -> str:
        return str(self.fields.get("text", ""))

    @property
    def buttons(self) -> dict[str, str]:
        """Caption to callback data."""
        markup = json.loads(self.fields.get("reply_markup", "{}"))
        return {
            button["text"]: button["callback_data"]
            for row in markup.get("inline_keyboard", [])
            for button in row
        }


def answer(status: int, body: dict[str, Any]) -> Misbehaviour:
    return lambda handler: handler.reply(status, json.dumps(body).encode())


def error(code: int, description: str, **parameters: Any) -> Misbehaviour:
    body = {"ok": False, "error_code": code, "description": description}
    return answer(code, body | ({"parameters": parameters} if parameters else {}))


def flood(seconds: float) -> Misbehaviour:
    description = f"Too Many Requests: retry after {seconds}"
    return error(429, description, retry_after=seconds)


def conflict() -> Misbehaviour:
    return error(
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot"
        " instance is running",
    )


def unauthorized() -> Misbehaviour:
    return error(401, "Unauthorized")


def bad_gateway() -> Misbehaviour:
    return lambda handler: handler.reply(502, b"<html>Bad Gateway</html>", "text/html")


def garbage(status: int = 200) -> Misbehaviour:
    return lambda handler: handler.reply(status, b"\x00<<not json>>", "text/html")


def wrong_shape() -> Misbehaviour:
    return answer(200, {"ok": True, "result": [17, "no update"]})


def drop() -> Misbehaviour:
    def close(handler: "_Handler") -> None:
        handler.close_connection = True
        handler.connection.close()

    return close


def hang(seconds: float) -> Misbehaviour:
    """Say nothing for so long, or until the server closes."""

    def wait(handler: "_Handler") -> None:
        handler.api.closing.wait(seconds)
        handler.close_connection = True

    return wait


class BotApi:
    """The server. Everything may be called from the test's thread while the bot works."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.closing = threading.Event()
        self.changed = threading.Condition()
        self.calls: list[Call] = []
        self.attempts: Counter[str] = Counter()  # calls of each method, answered or not
        self._always: Misbehaviour | None = None
        self._failures: dict[str, list[Misbehaviour]] = {}
        self._updates: list[dict[str, Any]] = []
        self._update = 1000
        self._message = 0
        self._poll = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.api = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "BotApi":
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        with self.changed:
            self.changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # What people do

    def say(self, text: str, chat: int = CHAT) -> None:
        message: dict[str, object] = {"text": text}
        if text.startswith("/"):
            length = len(text.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        self._add_update({"message": self._in_chat(chat) | message})

    def press(self, data: str, chat: int = CHAT, message: int = 1) -> None:
        under = self._in_chat(chat) | {"message_id": message, "text": "…"}
        press = {
            "id": f"press{self._update}",
            "from": {"id": 5, "is_bot": False, "first_name": "Somebody"},
            "chat_instance": "1",
            "data": data,
            "message": under,
        }
        self._add_update({"callback_query": press})

    def post_photo(self, chat: int = CHAT) -> None:
        """A message without text."""
        self._add_update({"message": self._in_chat(chat)})

    # Bad days

    def fail(self, method: str, *how: Misbehaviour) -> None:
        """The next calls of the method go wrong, each in its way."""
        with self.changed:
            self._failures.setdefault(method, []).extend(how)

    def always(self, how: Misbehaviour | None) -> None:
        """Every call of any method goes wrong, until None is set."""
        self._always = how

    # What the bot did

    def of(self, *methods: str) -> list[Call]:
        with self.changed:
            return [call for call in self.calls if call.method in methods]

    def texts(self) -> list[str]:
        """Texts that arrived in the chat, sent or edited, and captions, in order."""
        with self.changed:
            return [
                call.text or str(call.fields.get("caption", ""))
                for call in self.calls
                if call.method.startswith(("send", "edit"))
            ]

    def wait_for(
        self, method: str, containing: str = "", count: int = 1, seconds: float = PATIENCE
    ) -> Call:
        """The `count`-th successful call of the method whose text contains the words."""

        def found() -> list[Call]:
            return [
                call
                for call in self.calls
                if call.method == method
                and containing in (call.text or str(call.fields.get("caption", "")))
            ]

        with self.changed:
            assert self.changed.wait_for(lambda: len(found()) >= count, seconds), (
                f"no {method} with {containing!r}; there were "
                f"{[(call.method, call.text) for call in self.calls if call.text]}"
            )
            return found()[count - 1]

    def wait_for_attempts(self, method: str, count: int, seconds: float = PATIENCE) -> None:
        """Wait until the method was called so often, however that ended."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.attempts[method] >= count, seconds)

    # The protocol

    def handle(self, handler: "_Handler", token: str, method: str) -> None:
        fields, files = handler.parameters()
        with self.changed:
            self.attempts[method] += 1
            self.changed.notify_all()
        if self._always is not None:
            self._always(handler)
            return
        with self.changed:
            failures = self._failures.get(method)
            failure = failures.pop(0) if failures else None
        if token != self.token:
            failure = unauthorized()
        if failure is not None:
            failure(handler)
            return
        call = Call(method, fields, files)
        if method == "getUpdates":
            self._answer_poll(handler, call)
            return
        result = self._result(call)
        if result is None:
            error(404, "Not Found: method not found")(handler)
            return
        with self.changed:
            self.calls.append(call)
            self.changed.notify_all()
        answer(200, {"ok": True, "result": result})(handler)

    def _answer_poll(self, handler: "_Handler", call: Call) -> None:
        offset = int(call.fields.get("offset", 0))
        seconds = float(call.fields.get("timeout", 0))
        with self.changed:
            self.calls.append(call)
            self._poll += 1
            mine = self._poll
            self.changed.notify_all()
            if offset < 0:
                self._updates = self._updates[offset:]
            elif offset:
                self._updates = [u for u in self._updates if u["update_id"] >= offset]
            self.changed.wait_for(
                lambda: self._updates or self.closing.is_set() or self._poll != mine, seconds
            )
            replaced = self._poll != mine
            found = list(self._updates)
        if replaced:
            conflict()(handler)
        else:
            answer(200, {"ok": True, "result": found})(handler)

    def _result(self, call: Call) -> Any:
        match call.method:
            case "getMe":
                return BOT
            case "sendMessage" if len(call.text) > 4096:
                return None
            case "sendMessage" | "sendPhoto" | "sendDocument" | "editMessageText":
                chat = call.fields["chat_id"]
                return self._in_chat(int(chat) if str(chat).lstrip("-").isdigit() else CHAT)
            case "answerCallbackQuery" | "setMyCommands":
                return True
            case _:
                return None

    def _in_chat(self, chat: int) -> dict[str, Any]:
        with self.changed:
            self._message += 1
            kind = "private" if chat > 0 else "supergroup"
            return {
                "message_id": self._message,
                "date": int(time.time()),
                "chat": {"id": chat, "type": kind},
            }

    def _add_update(self, update: dict[str, Any]) -> None:
        with self.changed:
            self._update += 1
            self._updates.append({"update_id": self._update} | update)
            self.changed.notify_all()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def api(self) -> BotApi:
        return self.server.api  # type: ignore[attr-defined,no-any-return]

    def do_POST(self) -> None:
        _, bot, method = self.path.split("/", 2)
        try:
            self.api.handle(self, bot.removeprefix("bot"), method)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def parameters(self) -> tuple[dict[str, Any], dict[str, tuple[str, bytes]]]:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind = self.headers.get("Content-Type", "")
        if not kind.startswith("multipart/"):
            return dict(parse_qsl(body.decode(), keep_blank_values=True)), {}
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        fields: dict[str, Any] = {}
        files: dict[str, tuple[str, bytes]] = {}
        for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
            name = str(part.get_param("name", header="Content-Disposition"))
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            if filename := part.get_filename():
                files[name] = (filename, content)
            else:
                fields[name] = content.decode()
        return fields, files

    def reply(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass

"""A Bot API on 127.0.0.1 with made-up chats that misbehave on order."""

import contextlib
import json
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from core.campaigns.stand_in.chats import REFUSALS, Way
from core.campaigns.stand_in.journal import Journal, Sent
from core.campaigns.stand_in.updates import Updates
from core.clock import Clock, SystemClock

SLOW_MODE_DELAY = 30


@dataclass(slots=True)
class Bot:
    """A bot that the stand-in knows. `started_by`: the private chats that may be written to."""

    token: str
    name: str
    refused: bool = False
    started_by: set[str] = field(default_factory=set)
    updates: Updates = field(default_factory=Updates)


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` None: nothing is answered; `status` 0: the connection ends."""

    status: int
    body: bytes | None


class StandIn:
    """Serves between `start` and `stop`, or as a context manager. Any thread may call."""

    def __init__(
        self,
        ways: Mapping[str, Way] | None = None,
        *,
        clock: Clock | None = None,
        retry_after: int = 1,
        silence: float = 30.0,
        port: int = 0,
    ) -> None:
        """`ways` by chat; who is not named is fine. `retry_after` of floods and slow mode, in
        seconds; a SILENT chat's connection is held for `silence` seconds."""
        self.journal = Journal()
        self.ways = dict(ways or {})
        self.bots: dict[str, Bot] = {}
        self.administrators: set[tuple[str, int]] = set()
        self.moved: dict[str, str] = {}
        self.retry_after = retry_after
        self.down = threading.Event()  # connections are closed unanswered
        self.latency = 0.0  # seconds that each message takes
        self.before_answer = threading.Event()  # cleared: messages are delivered, answers wait
        self.before_answer.set()
        self._clock = clock or SystemClock()
        self._silence = silence
        self._port = port
        self._lock = threading.Lock()
        self._asked: dict[str, int] = {}
        self._message = 0
        self._stopping = threading.Event()
        self._server: _Server | None = None

    # Life

    def start(self) -> None:
        """Begin to listen; raises OSError where the port is taken."""
        self._server = _Server(("127.0.0.1", self._port), self)
        self._port = self._server.server_address[1]
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def stop(self) -> None:
        self._stopping.set()
        self.before_answer.set()
        for bot in self.bots.values():
            bot.updates.close()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def add_bot(self, name: str) -> Bot:
        number = 100_000_000 + len(self.bots)
        bot = Bot(f"{number}:made-up-token-of-{name:_<20}", name)
        self.bots[bot.token] = bot
        return bot

    # Calls

    def reply(self, token: str, method: str, parameters: dict[str, Any]) -> Reply:
        bot = self.bots.get(token)
        if bot is None or bot.refused:
            return _refusal(401, "Unauthorized")
        chat = str(parameters.get("chat_id", ""))
        match method:
            case "getMe":
                return _fine({"id": 1, "is_bot": True, "username": bot.name})
            case "sendMessage":
                return self._send(bot, chat, str(parameters.get("text", "")))
            case "getChat":
                slow = self.ways.get(chat) is Way.SLOW_MODE
                return _fine({"id": chat, "slow_mode_delay": SLOW_MODE_DELAY} if slow else {})
            case "getChatMember":
                is_administrator = (chat, int(parameters["user_id"])) in self.administrators
                return _fine({"status": "administrator" if is_administrator else "member"})
            case "getUpdates":
                offset, seconds = parameters.get("offset"), float(parameters.get("timeout", 0))
                found = bot.updates.take(offset, seconds)
                if found is None:
                    return _refusal(409, "Conflict: terminated by other getUpdates request")
                return _fine(found)
        return _refusal(404, "Not Found")

    def _send(self, bot: Bot, chat: str, text: str) -> Reply:
        with self._lock:
            way = self.ways.get(chat, Way.FINE)
            asked = self._asked[chat] = self._asked.get(chat, 0) + 1
            self._message += 1
            number = self._message
        reply, delivered = self._judge(way, bot, chat, asked, number)
        self.journal.add(Sent(bot.name, chat, text, self._clock.now(), delivered, reply.status))
        if self.latency:
            self._stopping.wait(self.latency)
        self.before_answer.wait()
        if way is Way.SILENT:
            self._stopping.wait(self._silence)
        return reply

    def _judge(self, way: Way, bot: Bot, chat: str, asked: int, number: int) -> tuple[Reply, bool]:
        """The answer, and whether the message arrives."""
        fine = _fine({"message_id": number, "chat": {"id": chat}})
        match way:
            case Way.FLOOD | Way.SLOW_MODE if asked == 1:
                return _refusal(
                    429,
                    f"Too Many Requests: retry after {self.retry_after}",
                    retry_after=self.retry_after,
                ), False
            case Way.MOVED:
                return _refusal(
                    400,
                    "Bad Request: group chat was upgraded to a supergroup chat",
                    migrate_to_chat_id=int(self.moved.get(chat, "-1001234567890")),
                ), False
            case Way.ERROR_500 | Way.ERROR_500_DELIVERED:
                return _refusal(500, "Internal Server Error"), way is Way.ERROR_500_DELIVERED
            case Way.SILENT | Way.CUT:
                return Reply(0, None), True
            case Way.HTML:
                return Reply(200, b"<html>Please wait</html>"), False
            case Way.NOT_STARTED if chat in bot.started_by:
                return fine, True
        if way in REFUSALS:
            return _refusal(*REFUSALS[way]), False
        return fine, True


def _fine(result: object) -> Reply:
    return Reply(200, json.dumps({"ok": True, "result": result}).encode())


def _refusal(code: int, description: str, **parameters: int) -> Reply:
    answer: dict[str, object] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        answer["parameters"] = parameters
    return Reply(code, json.dumps(answer).encode())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], stand_in: StandIn) -> None:
        self.stand_in = stand_in
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # the other side went away


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        if self.path == "/journal":
            self._answer(200, self.server.stand_in.journal.to_lines().encode())
        else:
            self._answer(404, b"")

    def do_POST(self) -> None:
        stand_in = self.server.stand_in
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if stand_in.down.is_set():
            self._hang_up()
            return
        parts = self.path.split("/")
        token, method = (parts[1].removeprefix("bot"), parts[2]) if len(parts) == 3 else ("", "")
        reply = stand_in.reply(token, method, json.loads(body or b"{}"))
        if reply.body is None:
            self._hang_up()
        else:
            self._answer(reply.status, reply.body)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *words: object) -> None:
        pass  # the address holds the token

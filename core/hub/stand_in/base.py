"""What the stand-ins have in common: routes, JSON, and bad days on order."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from core.stand_in.journal import Outcome
from core.stand_in.server import StandInServer
from core.stand_in.wire import HTML_TYPE, After, Reply, Request, http_bytes

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    body: Any  # of JSON; None where there was none
    headers: dict[str, str]
    at: float = field(default_factory=time.monotonic)

    @property
    def parts(self) -> list[str]:
        return [unquote(part) for part in self.path.strip("/").split("/")]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered. `raw` instead of `body`: text that is no JSON."""

    status: int = 200
    body: Any = None
    raw: bytes | None = None
    kind: str = "application/json"
    drop: bool = False

    def reply(self) -> Reply:
        if self.drop:
            return Reply(b"", 0, Outcome.FAILED, After.RESET)
        content = json.dumps(self.body).encode() if self.raw is None else self.raw
        outcome = Outcome.ANSWERED if self.status < 400 else Outcome.FAILED
        return Reply(http_bytes(self.status, content, content_type=self.kind), self.status, outcome)


def not_found(detail: str = "Task not found") -> Answer:
    return Answer(404, {"detail": detail})


def html(status: int = 502) -> Answer:
    return Answer(status, raw=b"<html><h1>Bad Gateway</h1></html>", kind=HTML_TYPE)


# What comes in the place of the right answer; None lets the right one through.
Mood = Callable[[Call, Answer], Answer]


class JsonStandIn(StandInServer):
    """A server of JSON. `answer` is called by many threads at once."""

    def __init__(self, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.calls: list[Call] = []
        self.changed = threading.Condition()
        self._slow = 0.0
        self._mood: Mood | None = None

    def answer(self, call: Call) -> Answer:
        raise NotImplementedError

    def be_slow(self, seconds: float) -> None:
        """Answer everything so late, though it is done at once; 0 also answers what waits."""
        with self.changed:
            self._slow = seconds
            self.changed.notify_all()

    def stop(self) -> None:
        self.be_slow(0.0)
        super().stop()

    def misbehave(self, mood: Mood | None) -> None:
        """Change every answer, until None is set. What is asked is done all the same."""
        self._mood = mood

    def of(self, method: str, path: str = "") -> list[Call]:
        """The calls of a method whose path begins so."""
        with self.changed:
            return [
                call for call in self.calls if call.method == method and call.path.startswith(path)
            ]

    def reply(self, request: Request) -> tuple[Reply, int]:
        call = _call(request)
        entry = self.journal.arrived(call.parts[0])  # it counts few names only
        with self.changed:
            self.calls.append(call)
            self.changed.notify_all()
        answer = self.answer(call)
        with self.changed:
            self.changed.wait_for(lambda: not self._slow, self._slow)
        if self._mood is not None:
            answer = self._mood(call, answer)
        return answer.reply(), entry


def _call(request: Request) -> Call:
    parts = urlsplit(request.path)
    body = None
    if request.body:
        try:
            body = json.loads(request.body)
        except ValueError:
            body = request.body
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Call(request.method, parts.path, query, body, dict(request.headers))

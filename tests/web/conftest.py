"""A small application on the shared HTTP ground, served for real on a free port."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import httpx
import pytest
from fastapi import Query
from pydantic import BaseModel, ConfigDict
from starlette.responses import StreamingResponse

from core.errors import UserError
from core.stop import StopSignal
from core.web.address import Address
from core.web.app import WebApp
from core.web.guard import DOCS, Guard, needs
from core.web.problems import Problem
from core.web.rate import Rate
from core.web.server import HttpServer
from core.web.tokens import StoredToken, TokenRegister, digest

READER, STEERER = "r" * 32, "s" * 32


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: Size
    count: int = 1


class Tokens:
    """A store in memory."""

    def __init__(self) -> None:
        self.known = {
            digest(READER): StoredToken(1, "reader", frozenset({"read"})),
            digest(STEERER): StoredToken(2, "steerer", frozenset({"read", "control"})),
        }
        self.uses: list[tuple[int, datetime]] = []
        self.asked = 0
        self.away = False
        self.read_only = False

    async def find(self, digest: str) -> StoredToken | None:
        self.asked += 1
        if self.away:
            raise UserError("The store is away.", "Bring it back.")
        return self.known.get(digest)

    async def note_use(self, token: StoredToken, now: datetime) -> None:
        if self.read_only:
            raise OSError("read-only")
        self.uses.append((token.id, now))


@dataclass
class Served:
    """What a test holds of the running server."""

    tokens: Tokens
    stop: StopSignal
    server: HttpServer
    streaming: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return self.server.address.url

    @property
    def port(self) -> int:
        return self.server.address.port

    def get(self, path: str, token: str | None = READER, **headers: str) -> httpx.Response:
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return httpx.get(f"{self.url}{path}", headers=headers, timeout=30)

    def post(
        self, path: str, body: object, token: str | None = STEERER, **headers: str
    ) -> httpx.Response:
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return httpx.post(f"{self.url}{path}", json=body, headers=headers, timeout=30)


Serve = Callable[..., AbstractContextManager[Served]]


@pytest.fixture
def serve() -> Serve:
    """Serve the small application; parameters as of `_serve`."""
    return _serve


@pytest.fixture
def served() -> Iterator[Served]:
    with _serve() as running:
        yield running


@contextmanager
def _serve(
    *, per_minute: int = 1000, cache_seconds: float = 0.0, host: str = "127.0.0.1"
) -> Iterator[Served]:
    tokens, stop, address = Tokens(), StopSignal(), Address(host, 0)
    guard = Guard(
        TokenRegister(tokens, cache_seconds),
        Rate(per_minute),
        address,
        nearby=DOCS | {"/metrics"},
    )
    app = WebApp(guard=guard, title="Small", description="For tests.")
    server = HttpServer(app, address, stop, "SMALL_HTTP")
    running = Served(tokens, stop, server)
    _add_routes(app, running)
    server.start()
    try:
        yield running
    finally:
        server.stop()
        assert server.wait(0)


def _add_routes(app: WebApp, running: Served) -> None:
    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/metrics")
    async def metrics() -> str:
        return "up 1"

    @app.get("/things", dependencies=[needs("read")])
    async def things(
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        size: Size | None = None,
        name: Annotated[list[str] | None, Query()] = None,
    ) -> dict[str, object]:
        return {"limit": limit, "size": size, "name": name}

    @app.post("/things", dependencies=[needs("control")], status_code=202)
    async def order(order: Order) -> Order:
        return order

    @app.get("/busy", dependencies=[needs("read")])
    async def busy() -> None:
        raise Problem(409, "Somebody is at work.", who="process 7")

    @app.get("/broken", dependencies=[needs("read")])
    async def broken() -> None:
        raise ZeroDivisionError("token=abcdefghijklmnop")

    @app.get("/away", dependencies=[needs("read")])
    async def away() -> None:
        raise UserError("The database is away.", "Bring it back.")

    @app.get("/endless", dependencies=[needs("read")])
    async def endless() -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            running.streaming.set()
            while True:  # does not heed the stop
                yield b"x" * 100_000
                await asyncio.sleep(0.01)

        return StreamingResponse(pieces())

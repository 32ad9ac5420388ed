"""Clients that mean harm, while a run goes on: it ends with the same numbers, and the program in
time."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress

import httpx
import pytest

from core.phones.datamaster.demo.server import DemoServer
from core.web import connection
from tests.phones.service.conftest import Serve, Served, make_token
from tests.phones.service.test_story import FIVE

StartApi = Callable[..., DemoServer]

SIZE = "--clients 4 --projects 30 --records 20000"


def connect(served: Served) -> socket.socket:
    url = httpx.URL(served.client.url)
    return socket.create_connection((url.host, url.port), timeout=30)


def totals(served: Served) -> list[int]:
    served.client.post("/runs", {})
    run = served.client.wait_for_end(1)
    return [run[name] for name in FIVE]


def flood(served: Served) -> None:
    """A body of 100 MB, to somebody who may not even ask."""
    piece = b"x" * (1 << 20)
    with suppress(OSError), connect(served) as client:
        client.sendall(
            b"POST /runs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 104857600\r\n\r\n"
        )
        for _ in range(100):
            client.sendall(piece)


@pytest.mark.slow
def test_a_run_ends_as_it_would_without_them(
    api: StartApi, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = serve(api(SIZE))
    alone = totals(first)
    first.program.close()
    monkeypatch.setattr(connection, "REQUEST_SECONDS", 2.0)
    served = serve(api(SIZE), RATE_LIMIT_DELAY="0.02")
    with ExitStack() as stack:
        for _ in range(1000):
            with suppress(OSError):
                stack.enter_context(connect(served))
        for path in ("/events", "/reports/phones.csv"):
            with suppress(OSError):
                deaf = stack.enter_context(connect(served))
                ask = f"GET {path} HTTP/1.1\r\nHost: x\r\nX-API-Key: {served.client.token}\r\n\r\n"
                deaf.sendall(ask.encode())
        floods = [threading.Thread(target=flood, args=(served,)) for _ in range(3)]
        for thread in floods:
            thread.start()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:  # until the idle ones were let go
            with suppress(httpx.HTTPError):
                if served.client.post("/runs", {}).status_code == 202:
                    break
            time.sleep(0.1)
        run = served.client.wait_for_end(1)
        for thread in floods:
            thread.join()
        served.program.close()  # with all those connections open
    assert [run[name] for name in FIVE] == alone
    assert not [thread for thread in threading.enumerate() if thread.name == "http"]


def test_no_token_of_anybody_reaches_log_or_database(api: StartApi, serve: Serve) -> None:
    from core.logs.setup import setup_logging, stop_logging

    served = serve(api(), LOG_LEVEL="DEBUG")
    setup_logging(served.program.settings)
    try:
        client = served.client
        other = make_token(served.database, "read")
        client.get("/status")
        client.get("/status", other)
        client.get("/status", "wrong" + other)
        client.get(f"/status?token={other}")
        httpx.get(f"{client.url}/status", headers={"X-API-Key": other})
        client.post("/runs", {})
        client.wait_for_end(1)
        log = served.program.settings.log_file.read_text(encoding="utf-8")
    finally:
        stop_logging()
    assert "GET /status: 200" in log
    assert "asked over HTTP to start a run" in log
    data = b"".join(path.read_bytes() for path in served.database.parent.glob("phones.db*"))
    for token in (client.token, other):
        assert token not in log
        assert token.encode() not in data

"""Serving, stopping and hostile clients, over real sockets."""

import json
import re
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import httpx
import pytest

from core.stop import StopSignal
from core.web import connection
from core.web.address import Address
from core.web.app import WebApp
from core.web.guard import Guard
from core.web.rate import Rate
from core.web.server import AddressUnusable, HttpServer
from core.web.tokens import TokenRegister
from tests.web.conftest import READER, STEERER, Serve, Served, Tokens
from tests.web.test_problems import problem

PATIENCE = 30.0


def connect(served: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE)


def posting(framing: str) -> bytes:
    return (
        f"POST /things HTTP/1.1\r\nHost: x\r\nX-API-Key: {STEERER}\r\n"
        f"Content-Type: application/json\r\n{framing}\r\n\r\n"
    ).encode()


def test_a_taken_port_is_told_with_the_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = Address("127.0.0.1", other.getsockname()[1])
        guard = Guard(TokenRegister(Tokens()), Rate(10), address)
        app = WebApp(guard=guard, title="Small", description="For tests.")
        server = HttpServer(app, address, StopSignal(), "SMALL_HTTP")
        with pytest.raises(AddressUnusable) as told:
            server.start()
    assert str(address) in told.value.message
    assert "SMALL_HTTP" in told.value.hint


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)],
)
def test_which_addresses_only_we_reach(host: str, loopback: bool) -> None:
    assert Address(host, 1).is_loopback is loopback


def test_a_stop_ends_streams_idle_connections_and_those_who_never_read(serve: Serve) -> None:
    with ExitStack() as stack:
        served = stack.enter_context(serve())
        idle = stack.enter_context(connect(served))
        half = stack.enter_context(connect(served))
        half.sendall(b"GET /things HTTP/1.1\r\nHost: x\r\n")
        deaf = stack.enter_context(connect(served))
        ask = f"GET /endless HTTP/1.1\r\nHost: x\r\nX-API-Key: {READER}\r\n\r\n"
        deaf.sendall(ask.encode())
        reading = stack.enter_context(connect(served))
        reading.sendall(ask.encode())
        assert served.streaming.wait(PATIENCE)
        assert reading.recv(100)
        served.stop.request()
        assert served.server.wait(PATIENCE)
        for gone in (idle, half):
            with suppress(ConnectionError):
                assert gone.recv(100) == b""


def test_a_body_of_a_hundred_megabytes_is_refused_before_it_is_read(served: Served) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1600):
            sent += 65536
            yield b"x" * 65536

    with connect(served) as client:
        client.sendall(posting("Content-Length: 104857600"))
        assert b"413" in client.recv(4096)
    headers = {"X-API-Key": STEERER, "Content-Type": "application/json"}
    with suppress(httpx.HTTPError):  # it may be cut off while it still sends
        problem(httpx.post(f"{served.url}/things", content=pieces(), headers=headers), 413)
    assert sent < 50_000_000
    assert served.get("/things").status_code == 200


@pytest.mark.parametrize("framing", ["Content-Length: 4194304", "Transfer-Encoding: chunked"])
def test_a_body_too_large_is_refused_at_its_end_and_the_connection_goes_on(
    served: Served, framing: str
) -> None:
    """Proxies lose an answer that comes while they still send."""
    piece, end = b"x" * 65536, b""
    if "chunked" in framing:
        piece, end = b"10000\r\n" + piece + b"\r\n", b"0\r\n\r\n"
    with connect(served) as client:
        client.sendall(posting(framing) + 60 * piece)
        assert served.get("/things").status_code == 200
        assert not select.select([client], [], [], 0.2)[0], "refused before its end"
        client.sendall(4 * piece + end)
        client.sendall(f"GET /things HTTP/1.1\r\nHost: x\r\nX-API-Key: {READER}\r\n".encode())
        client.sendall(b"Connection: close\r\n\r\n")
        answers = b""
        while got := client.recv(4096):
            answers += got
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"413", b"200"]
    assert b"is larger than" in answers


def test_who_asks_before_sending_a_body_too_large_is_told_at_once(served: Served) -> None:
    with connect(served) as client:
        client.sendall(posting("Content-Length: 4194304\r\nExpect: 100-continue"))
        answer = b""
        while got := client.recv(4096):
            answer += got
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_body_too_large_that_does_not_come_is_not_waited_for(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.web.body.BodyLimit.__init__.__defaults__", (1 << 20, 0.2))
    with serve() as served, connect(served) as client:
        client.sendall(posting("Content-Length: 4194304") + b"x" * 100)
        assert b"413" in client.recv(4096)


def test_who_goes_on_sending_what_was_refused_is_let_go(served: Served) -> None:
    with connect(served) as client:
        client.sendall(b"POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n")
        assert b"401" in client.recv(4096)
        piece, sent = b"x" * 65536, 0
        with suppress(ConnectionError):
            while sent < 1_000_000_000:
                client.sendall(piece)
                sent += len(piece)
        assert sent < 100_000_000


def test_a_body_that_never_ends_is_given_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.web.body.BodyLimit.__init__.__defaults__", (1 << 20, 0.2))
    with serve() as served, connect(served) as client:
        client.sendall(posting("Content-Length: 50") + b'{"size"')
        assert b"408" in client.recv(4096)


def test_who_never_asks_is_let_go(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "REQUEST_SECONDS", 0.2)
    with serve() as served, connect(served) as silent, connect(served) as slow:
        slow.sendall(b"GET /things HTTP/1.1\r\nHost:")
        for client in (silent, slow):
            with suppress(ConnectionError):
                assert client.recv(100) == b""
        assert served.get("/things").status_code == 200


def test_who_never_reads_is_let_go(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "UNREAD_SECONDS", 0.3)
    with serve() as served, connect(served) as deaf:
        ask = f"GET /endless HTTP/1.1\r\nHost: x\r\nX-API-Key: {READER}\r\n\r\n"
        deaf.sendall(ask.encode())
        connections = served.server._server.server_state.connections
        assert served.streaming.wait(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while connections and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not connections


def test_a_thousand_idle_connections_leave_room_for_files_and_for_others(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MOST_CONNECTIONS", 50)
    monkeypatch.setattr(connection, "REQUEST_SECONDS", 1.0)
    with ExitStack() as stack:
        served = stack.enter_context(serve())
        for _ in range(300):
            with suppress(ConnectionError):
                stack.enter_context(connect(served))
        held = served.server._server.server_state.connections
        assert len(held) <= 51
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(httpx.HTTPError):
                if served.get("/things").status_code == 200:
                    break
            time.sleep(0.1)
        else:
            pytest.fail("nobody is let in any more")


def test_nonsense_does_not_end_the_server(served: Served) -> None:
    for nonsense in (b"\x00" * 1000, b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01" + b"a" * 300):
        with connect(served) as client:
            client.sendall(nonsense)
            with suppress(ConnectionError):
                head, _blank, body = client.recv(1000).partition(b"\r\n\r\n")
                assert head.startswith(b"HTTP/1.1 400")
                assert b"application/problem+json" in head
                assert json.loads(body)["status"] == 400
    assert served.get("/things").status_code == 200


def test_no_thread_is_left(serve: Serve) -> None:
    with serve() as served:
        served.get("/things")
    assert not [thread for thread in threading.enumerate() if thread.name == "http"]

"""The API client on the wire: connections, time limits, sizes, breaking off, TLS, proxies."""

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from core.datamaster import transport as transport_module
from core.datamaster.address import UnsafeAddress
from core.datamaster.api import DataMaster, DataMasterSource
from core.upstream import BrokenAnswer, Reason, TemporaryTrouble, UpstreamError
from tests.datamaster.scripted_server import Say, ScriptedServer, answer, hang_up, raw

TOKEN = "marker-token-5d1f"
CLIENTS = b'{"status":"success","result":[{"id":7,"username":"one"}]}'
OK = answer(CLIENTS)


@contextlib.contextmanager
def talking(*script: Say, timeout: float = 5.0) -> Iterator[tuple[ScriptedServer, DataMaster]]:
    with (
        ScriptedServer(*script) as server,
        contextlib.closing(DataMasterSource(server.url, TOKEN, timeout)) as source,
    ):
        yield server, source.open_session()


def trouble_of(session: DataMaster) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        session.clients()
    return caught.value


def test_request_is_a_small_json_post_on_one_connection() -> None:
    with talking(OK, answer(), answer()) as (server, session):
        assert [client.id for client in session.clients()] == [7]
        session.projects(12)
        session.page(34, 5, "2023-09-05")
        heads, bodies = zip(*(r.split(b"\r\n\r\n") for r in server.requests), strict=True)
        assert all(head.startswith(b"POST /api/index.php HTTP/1.1\r\n") for head in heads)
        assert all(b"\r\nUser-Agent: DataMasterCollector/" in head for head in heads)
        start = b'{"token":"' + TOKEN.encode() + b'","command":'
        assert bodies == (
            start + b'"clients"}',
            start + b'"gck_projects","user_id":12}',
            start + b'"gck_phones","id":34,"page":5,"date":"2023-09-05"}',
        )
        assert server.connections == 1


def test_a_token_of_any_letters_is_sent_as_json() -> None:
    with (
        ScriptedServer(OK) as server,
        contextlib.closing(DataMasterSource(server.url, 'a"b\\ключ')) as source,
    ):
        source.open_session().clients()
        assert b'{"token":"a\\"b\\\\\\u043a\\u043b\\u044e\\u0447",' in server.requests[0]


# Connections that break


def test_an_idle_connection_that_was_cut_is_replaced_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport_module, "_IDLE_SECONDS", 0.0)
    with talking(OK, hang_up, OK) as (server, session):
        session.clients()
        assert session.clients()
        assert (len(server.requests), server.connections) == (3, 2)


def test_it_is_replaced_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module, "_IDLE_SECONDS", 0.0)
    with talking(OK, hang_up) as (server, session):
        session.clients()
        assert trouble_of(session).reason is Reason.DROPPED
        assert len(server.requests) == 3


def test_others_that_lay_idle_as_long_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module, "_IDLE_SECONDS", 0.0)
    meet = threading.Barrier(3)

    def together(connection: socket.socket) -> None:
        meet.wait(5)
        OK(connection)

    with talking(together, together, together, hang_up, OK) as (server, session):
        threads = [threading.Thread(target=session.clients) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert session.clients()
        assert (len(server.requests), server.connections) == (5, 4)


def test_a_connection_in_use_that_breaks_is_for_the_engine_to_retry() -> None:
    with talking(OK, hang_up) as (server, session):
        session.clients()
        assert trouble_of(session).reason is Reason.DROPPED
        assert len(server.requests) == 2


def test_a_fresh_connection_that_breaks_is_not_retried() -> None:
    with talking(hang_up) as (server, session):
        error = trouble_of(session)
        assert isinstance(error, TemporaryTrouble)
        assert error.reason is Reason.DROPPED
        assert len(server.requests) == 1


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with contextlib.closing(DataMasterSource(f"http://127.0.0.1:{port}/", TOKEN)) as source:
        error = trouble_of(source.open_session())
    assert (error.reason, error.detail) == (Reason.NO_CONNECTION, "Connection refused")


# Bodies


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n" + CLIENTS), Reason.TIMED_OUT),
        (answer(CLIENTS, length=20), Reason.CUT_SHORT),
        (answer(CLIENTS[:30]), Reason.CUT_SHORT),
        (answer(b""), Reason.NOT_JSON),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), Reason.CUT_SHORT),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), Reason.UNKNOWN_SHAPE),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 70_000 + b"\r\n\r\n"), Reason.UNKNOWN_SHAPE),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"), Reason.UNKNOWN_SHAPE),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + CLIENTS), Reason.TIMED_OUT),
        (answer(b"not gzip", "200 OK", "Content-Encoding: gzip"), Reason.CUT_SHORT),
        (answer(CLIENTS, "200 OK", "Location: https://elsewhere.example/"), None),
        (answer(gzip.compress(CLIENTS), "200 OK", "Content-Encoding: gzip"), None),
        (
            raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 57\r\n\r\n" + CLIENTS),
            None,
        ),
    ],
)
def test_bodies(said: Say, reason: Reason | None) -> None:
    with talking(said, timeout=0.4) as (_server, session):
        if reason is None:
            assert session.clients()
        else:
            error = trouble_of(session)
            assert error.reason is reason
            assert isinstance(error, TemporaryTrouble)


def test_a_body_that_ends_with_the_connection() -> None:
    def say(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + CLIENTS)
        raise ConnectionAbortedError

    with talking(say) as (_server, session):
        assert session.clients()


def test_a_cut_body() -> None:
    def say(connection: socket.socket) -> None:
        answer(CLIENTS, length=5000)(connection)
        raise ConnectionAbortedError

    with talking(say) as (_server, session):
        error = trouble_of(session)
        assert isinstance(error, BrokenAnswer)
        assert error.reason is Reason.CUT_SHORT


@pytest.mark.parametrize("pause", [0.0, 0.05])
def test_a_second_answer_is_not_taken_for_that_to_the_next_request(pause: float) -> None:
    """Sent with the first one, or while nothing is asked."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 57\r\n\r\n"
    first, second = head + CLIENTS, head + CLIENTS.replace(b"7", b"8")

    def twice(connection: socket.socket) -> None:
        if not pause:
            connection.sendall(first + second)
            return
        connection.sendall(first)
        time.sleep(pause)
        connection.sendall(second)
        sent.set()

    sent = threading.Event()
    with talking(twice, OK) as (_server, session):
        assert [client.id for client in session.clients()] == [7]
        if pause:
            assert sent.wait(10)
        assert [client.id for client in session.clients()] == [7]


def announced(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 209715200\r\n\r\n" + CLIENTS)


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        connection.sendall(b" " * 65536)


def bomb(connection: socket.socket) -> None:
    squeezed = gzip.compress(b" " * 8_000_000)
    assert len(squeezed) < 10_000
    answer(squeezed, "200 OK", "Content-Encoding: gzip")(connection)


@pytest.mark.parametrize("say", [announced, endless, bomb])
def test_an_answer_that_is_too_large_is_not_read(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module, "MAX_ANSWER_BYTES", 1_000_000)
    with talking(say, OK) as (_server, session):
        assert trouble_of(session).reason is Reason.TOO_LARGE
        assert session.clients()


# Time


def silent(connection: socket.socket) -> None:
    connection.recv(1)


def slow_head(connection: socket.socket) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 1000:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


def slow_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        connection.sendall(b" ")
        time.sleep(0.05)


def slow_chunks(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(1000):
        connection.sendall(b"1\r\n \r\n")
        time.sleep(0.05)


@pytest.mark.parametrize("say", [silent, slow_head, slow_body, slow_chunks])
def test_no_server_can_hold_a_worker(say: Say) -> None:
    with talking(say, timeout=0.3) as (_server, session):
        began = time.monotonic()
        assert trouble_of(session).reason is Reason.TIMED_OUT
        assert time.monotonic() - began < 0.3 * transport_module.CALL_SECONDS_PER_TIMEOUT + 1.5


@pytest.mark.parametrize("say", [silent, slow_head, slow_body, slow_chunks])
def test_requests_in_flight_can_be_abandoned(say: Say) -> None:
    arrived = threading.Event()

    def noted(connection: socket.socket) -> None:
        arrived.set()
        say(connection)

    with (
        ScriptedServer(noted, OK) as server,
        contextlib.closing(DataMasterSource(server.url, TOKEN, 30)) as source,
    ):
        session = source.open_session()
        errors: list[UpstreamError] = []
        worker = threading.Thread(target=lambda: errors.append(trouble_of(session)))
        worker.start()
        assert arrived.wait(5)
        time.sleep(0.1)
        began = time.monotonic()
        source.abandon_requests()
        worker.join(5)
        assert time.monotonic() - began < 1
        assert [type(error) for error in errors] == [TemporaryTrouble]
        assert session.clients()  # what is asked afterwards works


def test_connecting_can_be_abandoned() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        # Nobody accepts and the queue is full: the system tries and tries.
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        source = DataMasterSource(f"http://127.0.0.1:{full.getsockname()[1]}/", TOKEN, 30)
        errors: list[UpstreamError] = []
        worker = threading.Thread(target=lambda: errors.append(trouble_of(source.open_session())))
        worker.start()
        time.sleep(0.2)
        assert worker.is_alive()
        began = time.monotonic()
        source.abandon_requests()
        worker.join(5)
        assert time.monotonic() - began < 1
        assert [error.reason for error in errors] == [Reason.DROPPED]
        source.close()
        for filler in fillers:
            filler.close()


def test_abandoning_does_not_disturb_idle_connections() -> None:
    with (
        ScriptedServer(OK) as server,
        contextlib.closing(DataMasterSource(server.url, TOKEN)) as source,
    ):
        session = source.open_session()
        session.clients()
        source.abandon_requests()
        session.clients()
        assert server.connections == 1


# Where the token may go


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 T", "308 P"])
def test_redirects_are_not_followed(status: str) -> None:
    with ScriptedServer(OK) as other:
        location = f"Location: {other.url.replace('127.0.0.1', 'localhost')}"
        with talking(answer(b"", status, location)) as (_server, session):
            error = trouble_of(session)
        assert isinstance(error, BrokenAnswer)
        assert (error.reason, error.detail) == (Reason.REDIRECTED, "localhost")
        assert other.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://prostats.info/api/index.php",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "ftp://prostats.info/",
        "prostats.info/api/index.php",
        "https://",
        "https://prostats.info:0/",
        "https://prostats.info:99999/",
        "https://name:password@prostats.info/",
        "https://pro stats.info/",
        "https://[::1/",
        "",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(UnsafeAddress) as caught:
        DataMasterSource(url, TOKEN)
    assert caught.value.message
    assert caught.value.hint
    assert "password" not in str(caught.value).replace("a password", "")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_computer_needs_neither_tls_nor_a_proxy(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with ScriptedServer(OK) as server:
        url = server.url.replace("127.0.0.1", host)
        with contextlib.closing(DataMasterSource(url, TOKEN)) as source:
            assert source.open_session().clients()


def test_https_goes_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def proxy() -> None:
            connection, _ = listener.accept()
            with connection:
                asked.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            done.set()

        thread = threading.Thread(target=proxy)
        thread.start()
        address = f"http://user:hidden@127.0.0.1:{listener.getsockname()[1]}"
        monkeypatch.setenv("HTTPS_PROXY", address)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        source = DataMasterSource("https://prostats.invalid/api", TOKEN, 5)
        with contextlib.closing(source):
            error = trouble_of(source.open_session())
        thread.join()
    assert asked[0].startswith(b"CONNECT prostats.invalid:443 HTTP/1.")
    assert TOKEN.encode() not in asked[0]
    assert error.reason is Reason.NO_CONNECTION
    assert "hidden" not in str(error)


def test_sources_leave_no_threads_behind() -> None:
    before = set(threading.enumerate())
    with talking(OK) as (_server, session):
        session.clients()
    assert set(threading.enumerate()) <= before | {
        thread for thread in threading.enumerate() if thread.name == "connecting"
    }

"""Bodies on the wire: cut, squeezed, too large, one too many."""

import gzip
import socket
import threading
import time

import pytest

from core.asking import transport as transport_module
from core.asking.troubles import BrokenAnswer, Reason, TemporaryTrouble
from tests.phones.datamaster.scripted_server import Say, answer, raw
from tests.phones.datamaster.talking import CLIENTS, OK, talking, trouble_of


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
    timeout = 0.4 if reason is Reason.TIMED_OUT else 30.0
    with talking(said, timeout=timeout) as (_server, session):
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

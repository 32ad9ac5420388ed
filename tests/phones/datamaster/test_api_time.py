"""No server holds a worker longer than its time limit, and whatever waits can be abandoned."""

import contextlib
import socket
import threading
import time

import pytest

from core.asking import transport as transport_module
from core.asking.troubles import Reason, TemporaryTrouble, UpstreamError
from core.phones.datamaster.api import DataMasterSource
from tests.phones.datamaster.scripted_server import Say, ScriptedServer
from tests.phones.datamaster.talking import OK, TOKEN, talking, trouble_of


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
    """Each would take 50 seconds to its end, and a busy machine some of these seconds."""
    with talking(say, timeout=0.3) as (_server, session):
        began = time.monotonic()
        assert trouble_of(session).reason is Reason.TIMED_OUT
        assert time.monotonic() - began < 0.3 * transport_module.CALL_SECONDS_PER_TIMEOUT + 15


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
        assert arrived.wait(20)
        time.sleep(0.1)
        source.abandon_requests()
        worker.join(15)  # by itself it would wait for 30 s
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
        source.abandon_requests()
        worker.join(15)  # by itself it would wait for 30 s
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

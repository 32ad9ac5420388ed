"""The API client on the wire: what it sends, and connections that are kept, break or are none."""

import contextlib
import socket
import threading

import pytest

from core.asking import transport as transport_module
from core.asking.troubles import Reason, TemporaryTrouble
from core.phones.datamaster.api import DataMasterSource
from tests.phones.datamaster.scripted_server import ScriptedServer, answer, hang_up
from tests.phones.datamaster.talking import OK, TOKEN, talking, trouble_of


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


def test_sources_leave_no_threads_behind() -> None:
    before = set(threading.enumerate())
    with talking(OK) as (_server, session):
        session.clients()
    assert set(threading.enumerate()) <= before | {
        thread for thread in threading.enumerate() if thread.name == "connecting"
    }

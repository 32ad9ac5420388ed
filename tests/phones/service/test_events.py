"""Server-sent events: to many, to slow ones, to nobody; nothing waits for a reader."""

import asyncio
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import httpx
import pytest

from core.asking.troubles import Reason
from core.phones.collector import Collector
from core.phones.datamaster.demo.server import DemoServer
from core.phones.events import OutageStarted, PaceChanged, ProjectFinished
from core.phones.service import events as module
from core.phones.service.events import QUEUE, EventHub
from core.stop import StopSignal
from tests.phones.service.conftest import PATIENCE, Serve

StartApi = Callable[..., DemoServer]


class Idle:
    """A collector that does nothing."""

    progress = None

    class state:  # noqa: N801 - as the attribute is called
        value = "idle"


def hub() -> EventHub:
    return EventHub(Idle(), StopSignal())  # type: ignore[arg-type]


def finished(number: int) -> ProjectFinished:
    return ProjectFinished(1, number, "проект «А»", 10, 5, 1, 1)


def test_without_listeners_nothing_is_kept() -> None:
    events = hub()
    for number in range(10):
        events.put(finished(number))
    assert not events._fresh


def test_each_listener_gets_all_in_order_and_a_slow_one_is_told_what_it_lost() -> None:
    async def story() -> None:
        events = hub()
        with events.listening() as quick, events.listening() as slow:
            for number in range(QUEUE + 5):
                events.put(finished(number))
                if number % 100 == 0:
                    await asyncio.sleep(0)
                    assert quick.take()
            await asyncio.sleep(0)
            told = quick.take().decode()
            assert "Lost" not in told
            assert f'"project_id": {QUEUE + 4}' in told
            assert "проект «А»" in told
            late = slow.take().decode()
            assert late.startswith('event: Lost\ndata: {"events": 5}\n\n')
            assert '"project_id": 5,' in late
            assert '"project_id": 4,' not in late

    asyncio.run(story())


def test_a_stop_ends_every_stream_after_the_last_event() -> None:
    async def story() -> None:
        stop = StopSignal()
        events = EventHub(Idle(), stop)  # type: ignore[arg-type]
        stream = events.stream()
        first = await anext(stream)
        assert first.startswith(b"event: State")
        events.put(OutageStarted(Reason.NO_CONNECTION, ""))
        stop.request()
        rest = b"".join([piece async for piece in stream])
        assert b"event: OutageStarted" in rest

    asyncio.run(story())


def test_a_heartbeat_where_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEARTBEAT", 0.01)

    async def story() -> None:
        stream = hub().stream()
        await anext(stream)
        assert await anext(stream) == b": alive\n\n"
        await stream.aclose()

    asyncio.run(story())


def test_not_more_listen_than_may(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LISTENERS", 1)
    served = serve(None, SERVICE_HTTP="0.0.0.0:0")
    client = replace(served.client, url=served.client.url.replace("0.0.0.0", "127.0.0.1"))
    with client.listening():
        refused = client.get("/events")
        assert is_problem(refused, 503)
        assert refused.headers["retry-after"]
    assert is_problem(client.get("/events?since=1"), 422)
    assert is_problem(client.get("/events/1"), 404)
    assert is_problem(client.post("/events"), 405)
    assert is_problem(client.get("/events", token=""), 401)
    assert is_problem(client.get("/events", token="wrong"), 401)


def is_problem(answer: httpx.Response, status: int) -> bool:
    """Whether it is an error of this status, with a sentence."""
    told = answer.json()
    return (
        answer.status_code == told["status"] == status
        and answer.headers["content-type"] == "application/problem+json"
        and str(told["detail"]).endswith(".")
    )


def test_who_does_not_read_holds_up_neither_the_run_nor_others(api: StartApi, serve: Serve) -> None:
    """More events than all buffers hold, so that the deaf one's are full long before the end."""
    served = serve(api("--clients 2 --projects 10 --records 500"))
    address = httpx.URL(served.client.url)
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.connect((address.host, address.port))
    with deaf, served.client.listening() as events:
        ask = f"GET /events HTTP/1.1\r\nHost: x\r\nX-API-Key: {served.client.token}\r\n\r\n"
        deaf.sendall(ask.encode())
        publish = served.program.collector._publish
        for number in range(60_000):
            publish(PaceChanged(number / 1000, "x" * 100))
        served.client.post("/runs", {})
        served.client.wait_for_end(1)
        assert events.wait_for("RunFinished")["status"] == "completed"


def test_events_are_those_that_the_window_gets(api: StartApi, serve: Serve) -> None:
    served = serve(api())
    seen: list[str] = []
    served.program.collector.watch(lambda event: seen.append(type(event).__name__))
    with served.client.listening() as events:
        served.client.post("/runs", {})
        events.wait_for("RunFinished")
        told = [name for name, _fields in events.seen if name != "State"]
    assert told == seen


def test_a_listener_that_goes_away_is_forgotten(api: StartApi, serve: Serve) -> None:
    served = serve(api())
    with served.client.listening():
        pass
    service = served.program.service._service
    assert service is not None
    hub = service._hub
    deadline = time.monotonic() + PATIENCE
    while hub._listeners and time.monotonic() < deadline:
        with suppress(Exception):
            served.client.post("/runs", {})  # something to tell
        time.sleep(0.05)
    assert not hub._listeners
    assert isinstance(served.program.collector, Collector)

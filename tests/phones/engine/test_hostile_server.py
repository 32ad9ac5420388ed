"""A run against a server that sends what no server should: that item fails, the run goes on."""

import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.asking.troubles import Reason
from core.logs.log_text import LogFormatter
from core.phones.collector import Collector, CollectorSetup
from core.phones.datamaster.api import DataMasterSource
from core.phones.engine.session import EngineSettings
from core.phones.events import ItemFailed, RunFinished, RunStatus
from core.phones.run_request import RunRequest
from tests.phones.datamaster.scripted_server import Say, ScriptedServer, answer, raw
from tests.phones.storage.collected import Rows
from tests.phones.storage.consistency import contradictions

TOKEN = "marker-token-5520"
FORGED = "d.client\x00\r\n2026-01-01 00:00:00 INFO  all is well\x1b[2J\u202e"
GOOD = [{"phone": "79571234567", "created_at": "2023-09-05 10:30:05"}]
ODD = [
    {"phone": "7957\x001234568", "created_at": "2023-\x0009"},
    {"phone": -79571234569, "created_at": None},
    {"phone": 10**400, "created_at": "9" * 100_000},
    {"phone": "я" * 1_000_000},
]


def success(result: Any) -> Say:
    return answer(json.dumps({"status": "success", "result": result}).encode())


def announced(connection: socket.socket) -> None:
    """200 MB, as far as anybody reads them."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n")
    for _ in range(200):
        connection.sendall(b" " * 1_000_000)


def cut_short(connection: socket.socket) -> None:
    answer(b'{"status":"success","result":[]}', length=90)(connection)
    connection.shutdown(socket.SHUT_WR)


PROJECTS: dict[int, tuple[Say, Reason | None]] = {
    11: (answer(b"[" * 100_000 + b"]" * 100_000), Reason.UNKNOWN_SHAPE),
    12: (announced, Reason.TOO_LARGE),
    13: (success(GOOD), None),
    14: (answer(b"", "302 Found", "Location: https://example.com/"), Reason.REDIRECTED),
    15: (answer(b"", "302 Found", "Location: http://127.0.0.1/"), Reason.REDIRECTED),
    16: (success(ODD), None),
    17: (success([{"phone": "79571234567", "created_at": {"deep": []}}]), None),
    18: (answer(b'{"status":"success","result":["\xff\xfe"]}'), Reason.NOT_JSON),
    19: (cut_short, Reason.CUT_SHORT),
    20: (raw(b"\x00\x01\x02 what is this\r\n\r\n"), Reason.UNKNOWN_SHAPE),
    2**63 - 1: (success([]), None),
}
LISTS = {
    1: [{"id": number, "name": FORGED * 50_000} for number in PROJECTS],
    2: [{"id": 2**70, "name": "too large"}],
    3: [{"id": -31, "name": "negative"}],
}
CLIENTS = [
    *({"id": number, "username": FORGED} for number in LISTS),
    *({"id": number, "username": "x"} for number in (-4, 0, 10**400)),
]


@pytest.fixture
def hostile() -> Iterator[ScriptedServer]:
    def say(connection: socket.socket) -> None:
        asked = json.loads(server.requests[-1].partition(b"\r\n\r\n")[2])
        match asked["command"]:
            case "clients":
                success(CLIENTS)(connection)
            case "gck_projects":
                success(LISTS[int(asked["user_id"])])(connection)
            case _:
                first = asked["page"] == 1
                (PROJECTS[int(asked["id"])][0] if first else success([]))(connection)

    with ScriptedServer(say) as server:
        yield server


def test_each_item_fails_alone(
    hostile: ScriptedServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    events: list[Any] = []
    path = tmp_path / "phones.db"
    collector = Collector(
        CollectorSetup(
            path,
            EngineSettings(workers=1, delay=0.0, max_retries=0),
            lambda: DataMasterSource(hostile.url, TOKEN, timeout=5.0),
        )
    )
    collector.watch(events.append)
    with caplog.at_level(logging.DEBUG):
        assert collector.start(RunRequest())
        assert collector.wait(60)
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert finished.status is RunStatus.COMPLETED
    told = [event for event in events if isinstance(event, ItemFailed)]
    failed = {event.id: event.reason for event in told if event.id}
    wanted = {project: reason for project, (_say, reason) in PROJECTS.items() if reason}
    assert failed == {**wanted, 2: Reason.UNKNOWN_SHAPE, 3: Reason.UNKNOWN_SHAPE}
    assert finished.totals.errors == len(told) == len(failed) + len(CLIENTS) - len(LISTS)

    rows = Rows(path)
    assert rows("SELECT phone FROM phones ORDER BY 1") == [
        ("+79571234567",),
        ("+79571234568",),
        ("+79571234569",),
    ]
    assert rows.one("SELECT count(*) FROM rejected_phones") == 3
    assert rows.one("SELECT count(*) FROM clients") == len(LISTS)
    assert not contradictions(path)
    sizes = "SELECT max(length(name)), max(length(created_at_api)) FROM projects, project_phones"
    assert all(size < 1000 for size in rows(sizes)[0])
    texts = [*rows("SELECT username FROM clients"), *rows("SELECT name FROM projects")]
    lines = [LogFormatter().format(record).split("\n")[0] for record in caplog.records]
    for text in [*(row[0] for row in texts), *lines]:
        assert text.isprintable()
        assert TOKEN not in text

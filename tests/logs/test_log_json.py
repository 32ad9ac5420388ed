"""LOG_FORMAT=json: one object a line, masked as the text is."""

import json
import logging
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from core.logs.log_json import JsonFormatter, note_run
from core.logs.log_text import register_secret


def told(record: logging.LogRecord) -> dict[str, Any]:
    line = JsonFormatter().format(record)
    assert "\n" not in line
    found: dict[str, Any] = json.loads(line)
    return found


def record(message: str, *arguments: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("core.x", logging.INFO, "x.py", 1, message, arguments, None)
    made.__dict__.update(extra)
    return made


@pytest.fixture(autouse=True)
def no_run() -> Iterator[None]:
    yield
    note_run(None)


def test_time_level_event_run_and_message() -> None:
    note_run(42)
    found = told(record("client %d: %d projects", 100001, 932))
    assert found["level"] == "INFO"
    assert found["event"] == "log"
    assert found["run"] == 42
    assert found["message"] == "client 100001: 932 projects"
    assert datetime.fromisoformat(found["time"]).tzinfo is not None


def test_fields_of_an_event() -> None:
    fields = {"client_id": 100001, "username": "d.client-one", "totals": {"new": 3}, "wait": None}
    found = told(record("", event="ClientFinished", fields=fields))
    assert found["event"] == "ClientFinished"
    assert "message" not in found
    assert found["totals"] == {"new": 3}
    assert found["wait"] is None
    assert found["client_id"] == 100001


def test_masked_in_every_field_and_still_json() -> None:
    register_secret('secret "with" quotes')
    fields = {
        "detail": 'said secret "with" quotes',
        "deep": [{"number": "+79571234567"}],
        "phone": 79571234567,
        "line": "a\nb\u2028c\ud800",
    }
    line = JsonFormatter().format(record("token=abcdef", event="X", fields=fields))
    line.encode("utf-8")
    found = json.loads(line)
    assert "secret" not in found["detail"]
    assert found["deep"][0]["number"] == "+7957•••4567"
    assert found["phone"] == "7957•••4567"
    assert "abcdef" not in found["message"]
    assert found["line"].startswith("a\nb")


def test_a_traceback_is_a_field() -> None:
    try:
        int("number 79571234567")
    except ValueError:
        made = record("failed")
        made.exc_info = sys.exc_info()
    found = told(made)
    assert "ValueError" in found["exception"]
    assert "79571234567" not in found["exception"]


def test_never_raises() -> None:
    assert "not to be formatted" in told(record("%d", "no number"))["message"]
    assert told(record("x", fields={"odd": object()}))["odd"]

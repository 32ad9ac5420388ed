"""The log for other programs: each record is one JSON object on a line, masked as the text is."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from core.logs.log_text import appendix, masked, message_of

_LONG_NUMBER = 10**9  # ten digits: it may be a phone, whatever it is called

_present: dict[str, int | None] = {"run": None}


def note_run(run: int | None) -> None:
    """The run that goes on in this process from now on: it stands in every line. Any thread."""
    _present["run"] = run


class JsonFormatter(logging.Formatter):
    """`{"time": "2026-11-21T12:00:00.123+00:00", "level": "INFO", "event": "log", …}`.

    Whoever logs an event gives its name and its fields as `extra={"event": …, "fields": …}`; all
    other records are the event `log`, with their text as `message`. `run` is what `note_run` said.
    Never raises.
    """

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "event": getattr(record, "event", "log"),
            "run": _present["run"],
            "logger": record.name,
        }
        if message := message_of(record):
            told["message"] = message
        told |= getattr(record, "fields", {})
        if trouble := appendix(record):
            told["exception"] = trouble
        return json.dumps(_safe(told), ensure_ascii=False, default=str)


def _safe(value: Any) -> Any:
    """`value` with every text in it masked. Lone surrogates, which UTF-8 cannot hold, are shown."""
    match value:
        case dict():
            return {str(key): _safe(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_safe(inner) for inner in value]
        case bool() | float() | None:
            return value
        case int():
            return value if abs(value) < _LONG_NUMBER else masked(str(value))
        case _:
            return masked(str(value)).encode("utf-8", "backslashreplace").decode()

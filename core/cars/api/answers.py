"""Rows of either database as JSON, and the answer that carries them."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from core.cars.api.columns import Kind, Served

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def as_objects(columns: Sequence[Served], rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """One object a row. JSON columns stay the text that they are, which is not read again."""
    names = [column.name for column in columns]
    odd = [
        (number, _CONVERT[column.kind])
        for number, column in enumerate(columns)
        if column.kind in _CONVERT
    ]
    found = []
    for row in rows:
        values = list(row)
        for number, convert in odd:
            if values[number] is not None:
                values[number] = convert(values[number])
        found.append(dict(zip(names, values, strict=True)))
    return found


def moment(value: datetime | str) -> datetime:
    """A time of either database."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


def _json(value: Any) -> orjson.Fragment:
    return orjson.Fragment(value if isinstance(value, str | bytes) else orjson.dumps(value))


def _day(value: date | str) -> str:
    return value if isinstance(value, str) else value.isoformat()


_CONVERT: dict[Kind, Callable[[Any], Any]] = {
    Kind.JSON: _json,
    Kind.TIME: moment,
    Kind.DAY: _day,
    Kind.FLAG: bool,
    Kind.DECIMAL: float,
}


def as_json(body: Any) -> bytes:
    """JSON text, UTF-8; times in UTC with a Z."""
    return orjson.dumps(body, default=_other, option=_OPTIONS)


def _other(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError


def answer(request: Request, body: bytes) -> Response:
    """The body with its ETag; 304 where the asker has it already."""
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = request.headers.get("if-none-match", "")
    if known and (known.strip() == "*" or tag in _tags(known)):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def _tags(text: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in text.split(",")}

"""HTTP/1.1 as far as the built-in API needs it: requests off a socket, replies as bytes.

Not http.server: that spends more time on one small request than all the rest together, and cannot
send answers that are broken on purpose.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus

from core.stand_in.journal import Outcome

_MAX_HEAD = 64 * 1024
_MAX_BODY = 1024 * 1024

JSON_TYPE = "application/json; charset=utf-8"
HTML_TYPE = "text/html; charset=utf-8"


class After(Enum):
    """What happens to the connection once a reply was sent."""

    KEEP = auto()
    CLOSE = auto()
    RESET = auto()


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was read."""

    method: str
    path: str
    body: bytes
    keep_alive: bool
    headers: Mapping[str, str]  # names in small letters


@dataclass(frozen=True, slots=True)
class Reply:
    """The bytes of an answer, and what the journal says of it."""

    data: bytes
    status: int
    outcome: Outcome
    after: After = After.KEEP
    filler: int = 0  # bytes of made-up rows to send behind `data`


class BadRequest(Exception):
    """What came over the socket is not a request that this server understands."""


def read_request(connection: socket.socket, buffer: bytearray) -> Request | None:
    """The next request, None where the other side has closed.

    `buffer` holds what was read beyond the last request. Raises BadRequest and OSError.
    """
    while (end := buffer.find(b"\r\n\r\n")) < 0:
        if len(buffer) > _MAX_HEAD:
            raise BadRequest
        received = connection.recv(65536)
        if not received:
            return None
        buffer += received
    head = bytes(buffer[:end]).decode("latin-1")
    first, *lines = head.split("\r\n")
    words = first.split(" ")
    if len(words) != 3:
        raise BadRequest
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
    }
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > _MAX_BODY or "transfer-encoding" in headers:
        raise BadRequest
    upto = end + 4 + int(length)
    while len(buffer) < upto:
        received = connection.recv(65536)
        if not received:
            return None
        buffer += received
    body = bytes(buffer[end + 4 : upto])
    del buffer[:upto]
    keep_alive = words[2] == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
    return Request(words[0], words[1], body, keep_alive, headers)


def http_bytes(
    status: int,
    body: bytes,
    *,
    content_type: str = JSON_TYPE,
    headers: tuple[str, ...] = (),
    length: int | None = None,
) -> bytes:
    """A whole answer; `length` may say something else than the truth."""
    extra = "".join(f"{line}\r\n" for line in headers)
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        f"Content-Type: {content_type}\r\n"
        f"Content-Length: {len(body) if length is None else length}\r\n"
        f"{extra}\r\n"
    )
    return head.encode("latin-1") + body

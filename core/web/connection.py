"""A connection that cannot be held against us: too many, never asking, never reading."""

import asyncio
import logging
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from core.i18n import _
from core.web.problems import MEDIA_TYPE, Problem, problem_response

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 250  # each is an open file; a process has 1,024, and the run needs its own
REQUEST_SECONDS = 15.0  # for the headers of a request to arrive
MOST_UNREAD = 16 << 20  # bytes of bodies after their answer, before who sends them is let go
UNREAD_SECONDS = 60.0  # with a full buffer, before whoever does not read is let go


# uvicorn warns of each request that is none: whoever sends many would fill the log with them.
_quiet = logging.getLogger("uvicorn.connection")
_quiet.setLevel(logging.ERROR)


class WatchedConnection(HttpToolsProtocol):
    """uvicorn's connection with limits of number and of time."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.logger = _quiet
        self._asked_by: asyncio.TimerHandle | None = None
        self._read_by: asyncio.TimerHandle | None = None
        self._unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            log.debug("a connection too many is refused")
            transport.abort()
            return
        self._expect_a_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._asked()
        self._reads()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._asked_by is None and (self.cycle is None or self.cycle.response_complete):
            self._expect_a_request()
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self._asked()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self.cycle.response_complete:
            self._unread += len(body)
            if self._unread > MOST_UNREAD:
                self._let_go("still sends what was refused")
        super().on_body(body)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._read_by = self.loop.call_later(UNREAD_SECONDS, self._let_go, "does not read")

    def resume_writing(self) -> None:
        self._reads()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP reaches no route; it is answered as every other error all the same."""
        body = problem_response(Problem(400, _("This is no HTTP request."))).body
        head = (
            f"HTTP/1.1 400 Bad Request\r\ncontent-type: {MEDIA_TYPE}\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + bytes(body))
        self.transport.close()

    def _expect_a_request(self) -> None:
        self._asked_by = self.loop.call_later(REQUEST_SECONDS, self._let_go, "does not ask")

    def _asked(self) -> None:
        if self._asked_by is not None:
            self._asked_by.cancel()
            self._asked_by = None

    def _reads(self) -> None:
        if self._read_by is not None:
            self._read_by.cancel()
            self._read_by = None

    def _let_go(self, why: str) -> None:
        log.debug("a connection is closed: whoever is there %s", why)
        self.transport.abort()

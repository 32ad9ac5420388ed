"""Takes no body that is too large or never ends."""

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.formats import number
from core.i18n import _
from core.web.problems import Problem, problem_response

MOST_BYTES = 1 << 20
LONGEST_SECONDS = 20.0
MOST_READ_OFF = 16 << 20  # bytes of a body that is refused


class BodyLimit:
    """Refuses a body that is too long, by its announced length or when it has become so, and one
    that takes too long.

    One that is too long is read to its end and thrown away before it is refused, within
    `MOST_READ_OFF` and the same time: proxies lose an answer that comes while they still send
    (of 150, Caddy 2.6 answered five by 502). One whose client asks first (Expect) is refused
    at once, and so is one that is announced as longer than that.
    """

    def __init__(
        self, app: ASGIApp, most: int = MOST_BYTES, seconds: float = LONGEST_SECONDS
    ) -> None:
        self._app = app
        self._most = most
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        deadline = asyncio.get_running_loop().time() + self._seconds
        headers = Headers(scope=scope)
        given = headers.get("content-length", "0")
        announced = int(given) if given.isdecimal() else MOST_READ_OFF + 1
        if announced > self._most:
            asks_first = "expect" in headers
            if announced <= MOST_READ_OFF and not asks_first:
                await _read_off(receive, deadline)
            await problem_response(self._too_large(close=asks_first))(scope, receive, send)
            return
        taken, complete = 0, False

        async def limited() -> Message:
            nonlocal taken, complete
            if complete:  # from here on it waits for the end of the connection
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise Problem(
                    408, _("The body did not come in time."), headers={"Connection": "close"}
                ) from None
            taken += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if taken > self._most:
                if not complete:
                    await _read_off(receive, deadline)
                raise self._too_large(close=False)
            return message

        await self._app(scope, limited, send)

    def _too_large(self, *, close: bool) -> Problem:
        detail = _("The body is larger than {bytes} bytes.").format(bytes=number(self._most))
        return Problem(413, detail, headers={"Connection": "close"} if close else None)


async def _read_off(receive: Receive, deadline: float) -> None:
    left = MOST_READ_OFF
    with suppress(TimeoutError):
        async with asyncio.timeout_at(deadline):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body", False):  # its end, or the connection's
                    return

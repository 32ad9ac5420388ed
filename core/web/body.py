"""Takes no body that is too large or never ends."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.formats import number
from core.i18n import _
from core.web.problems import Problem, problem_response

MOST_BYTES = 1 << 20
LONGEST_SECONDS = 20.0


class BodyLimit:
    """Refuses a body by its announced length before it is read, and one that is not announced
    as soon as it is too long or takes too long."""

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
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdecimal() or int(announced) > self._most:
            await problem_response(self._too_large())(scope, receive, send)
            return
        deadline = asyncio.get_running_loop().time() + self._seconds
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
                raise self._too_large()
            return message

        await self._app(scope, limited, send)

    def _too_large(self) -> Problem:
        detail = _("The body is larger than {bytes} bytes.").format(bytes=number(self._most))
        # What is left of it is not read: the connection cannot be used again.
        return Problem(413, detail, headers={"Connection": "close"})

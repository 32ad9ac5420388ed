"""A line of the log for each request: without its query and its headers, which may hold secrets."""

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)


class RequestLog:
    """Logs at DEBUG; what failed by our own fault as a warning."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            token = scope.get("state", {}).get("token")
            log.log(
                logging.WARNING if status >= 500 else logging.DEBUG,
                "%s %s: %d, %.0f ms, %s",
                scope["method"],
                scope["path"],
                status,
                (time.monotonic() - began) * 1000,
                f"token {token.id}" if token else "no token",
            )

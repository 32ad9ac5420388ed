"""Serves an application in a thread of its own, and ends when asked to."""

import asyncio
import errno
import logging
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import uvicorn

from core.errors import UserError
from core.i18n import _
from core.stop import StopSignal
from core.system_words import system_reason
from core.web.address import Address
from core.web.connection import WatchedConnection

log = logging.getLogger(__name__)

GRACE_SECONDS = 1  # for answers in flight, once a stop is asked for
END_SECONDS = 3.0
_BACKLOG = 128


class AddressUnusable(UserError):
    """Nobody can listen at the address: taken, not of this computer, or not allowed."""

    exit_code = 2


class HttpServer:
    """uvicorn with our log and our stop. All methods from any thread.

    Ends by itself as soon as `stop` is asked for. Streams of the application should end then,
    too; those that do not are cut off after `GRACE_SECONDS`. `setting` names, for a sentence,
    where the address comes from.
    """

    def __init__(
        self, app: Callable[..., Any], address: Address, stop: StopSignal, setting: str
    ) -> None:
        self._address = address
        self._stop = stop
        self._setting = setting
        self._thread: threading.Thread | None = None
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                http=WatchedConnection,
                ws="none",
                lifespan="on",
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )

    @property
    def address(self) -> Address:
        """Where it listens; with the real port once it is started."""
        return self._address

    def start(self) -> None:
        """Listen, and return: whoever connects from now on is answered.

        Raises AddressUnusable.
        """
        logging.getLogger("uvicorn").setLevel(logging.WARNING)
        listener = self._listen()
        self._address = Address(self._address.host, listener.getsockname()[1])
        self._thread = threading.Thread(
            target=self._work, args=(listener,), name="http", daemon=True
        )
        self._thread.start()
        self._stop.on_request(self._end)
        log.info("answering at %s", self._address.url)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end; True where it has come."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def stop(self) -> None:
        """Ask for the end, and wait for it; at most `END_SECONDS`."""
        self._stop.request()
        if not self.wait(END_SECONDS):
            log.warning("the HTTP server did not end in time and is left behind")

    def _end(self) -> None:
        self._server.should_exit = True

    def _listen(self) -> socket.socket:
        host, port = self._address.host, self._address.port
        try:
            family, _kind, _protocol, _name, target = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            return socket.create_server(target[:2], family=family, backlog=_BACKLOG)
        except OSError as error:
            raise AddressUnusable(
                self._why_not(error),
                _("Choose another address in {setting}.").format(setting=self._setting),
            ) from error

    def _why_not(self, error: OSError) -> str:
        if error.errno == errno.EADDRINUSE:
            sentence = _("Another program answers at {address} already.")
        else:
            sentence = _("Nothing can be answered at {address}: {reason}.")
        return sentence.format(address=self._address, reason=system_reason(error))

    def _work(self, listener: socket.socket) -> None:
        try:
            factory = self._server.config.get_loop_factory()
            with asyncio.Runner(loop_factory=factory) as runner:
                runner.run(self._serve(listener))
        except Exception:
            log.exception("the HTTP server ended")
        finally:
            with suppress(OSError):
                listener.close()

    async def _serve(self, listener: socket.socket) -> None:
        await self._server.serve(sockets=[listener])
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()  # whoever still holds one is not waited for
        await asyncio.sleep(0)

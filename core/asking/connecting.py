"""Connecting, which nothing can break off: neither the search for the server's address nor
the system's attempts to reach it. So it happens in a thread that can be left behind."""

import contextlib
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError


class Connecting:
    """One attempt to connect. `abandon` may be called from any thread."""

    def __init__(self, connect: Callable[[], socket.socket]) -> None:
        self._connect = connect
        self._future: Future[socket.socket] = Future()

    def result(self) -> socket.socket:
        """The connected socket; raises what `connect` raised, or ConnectionAbortedError."""
        threading.Thread(target=self._work, name="connecting", daemon=True).start()
        return self._future.result()

    def abandon(self) -> None:
        """Let `result` raise now; the connection is closed should it still come about."""
        with contextlib.suppress(InvalidStateError):  # it was decided already
            self._future.set_exception(ConnectionAbortedError())

    def _work(self) -> None:
        with contextlib.suppress(InvalidStateError):  # nobody waits any more
            try:
                made = self._connect()
            except BaseException as error:
                self._future.set_exception(error)
                return
            try:
                self._future.set_result(made)
            except InvalidStateError:
                made.close()

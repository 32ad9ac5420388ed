"""A server on 127.0.0.1 that can be out of reach, for `--demo`, for tests and for benchmarks."""

import contextlib
import os
import select
import socket
import struct
import threading
from abc import ABC, abstractmethod
from typing import Self

from core.stand_in.faults import OutageKind
from core.stand_in.journal import Journal, Outcome
from core.stand_in.outage import OutageSwitch
from core.stand_in.trouble import FILLER, dropped
from core.stand_in.wire import After, BadRequest, Reply, Request, http_bytes, read_request

JOURNAL_PATH = "/journal"

# SO_LINGER of no seconds: close without saying goodbye. Windows has shorter fields.
_RESET = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
_TICK = 0.02  # seconds between looks at what cannot wake a thread


class StandInServer(ABC):
    """Answers between `start` and `stop`, or as a context manager.

    One thread a connection. All attributes and methods may be used from any thread while it runs.
    """

    def __init__(self, *, port: int = 0, journal: Journal | None = None) -> None:
        """`port` 0 takes a free one."""
        self.journal = Journal() if journal is None else journal  # an empty one is false
        self._port = port
        self._outage = OutageSwitch()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._listener: socket.socket | None = None
        self._acceptor: threading.Thread | None = None

    @abstractmethod
    def reply(self, request: Request) -> tuple[Reply, int]:
        """The answer to `request`, and its number in the journal. Any thread may call."""

    @property
    def origin(self) -> str:
        """The beginning of its addresses, without a path."""
        return f"http://127.0.0.1:{self._port}"

    # Life

    def start(self) -> None:
        """Begin to listen; raises OSError where the port is taken."""
        self._listener = self._listen()
        self._port = self._listener.getsockname()[1]
        self._wake_read, self._wake_write = socket.socketpair()
        self._acceptor = threading.Thread(target=self._accept, name="stand-in", daemon=True)
        self._acceptor.start()

    def stop(self) -> None:
        """Close all connections and end all threads; harmless when called twice."""
        if self._acceptor is None:
            return
        self._stopping.set()
        self._wake_write.send(b"x")
        self._acceptor.join()
        self._acceptor = None
        self._cut_connections()
        with self._lock:
            threads = list(self._connections.values())
        for thread in threads:
            thread.join(5)
        self._wake_read.close()
        self._wake_write.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def wait(self, seconds: float) -> None:
        """For answers that take their time; ends with the server."""
        self._stopping.wait(seconds)

    # Outages

    def go_down(self, kind: OutageKind = "reset", seconds: float | None = None) -> None:
        """Be out of reach (see `faults.Outage`) for `seconds` or until `come_back`."""
        self._outage.go_down(kind, seconds)
        self._wake_write.send(b"x")
        if kind != "hang":
            self._cut_connections()

    def come_back(self) -> None:
        """End an outage."""
        self._outage.come_back()

    # Connections

    def _listen(self) -> socket.socket:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if os.name == "posix":  # elsewhere it would let two programs share the port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", self._port))
            listener.listen(128)
        except OSError:
            listener.close()
            raise
        return listener

    def _accept(self) -> None:
        while not self._stopping.is_set():
            if self._listener is None:
                self._listen_again()
                continue
            select.select([self._listener, self._wake_read], [], [])
            while select.select([self._wake_read], [], [], 0)[0]:
                self._wake_read.recv(64)
            kind = self._outage.kind
            if kind == "refuse":
                self._listener.close()
                self._listener = None
            elif select.select([self._listener], [], [], 0)[0]:
                self._welcome(self._listener.accept()[0], kind)
        if self._listener:
            self._listener.close()

    def _listen_again(self) -> None:
        """After a 'refuse' outage take the same port again, as soon as it can be had."""
        self._stopping.wait(_TICK)
        if self._outage.kind != "refuse":
            with contextlib.suppress(OSError):
                self._listener = self._listen()

    def _welcome(self, connection: socket.socket, kind: OutageKind | None) -> None:
        if kind == "reset":
            self.journal.settle(self.journal.arrived("connect"), Outcome.FAILED, 0)
            _close(connection, After.RESET)
            return
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        thread = threading.Thread(
            target=self._serve, args=(connection,), name="stand-in-connection", daemon=True
        )
        with self._lock:
            self._connections[connection] = thread
        thread.start()

    def _cut_connections(self) -> None:
        with self._lock:
            for connection in self._connections:
                # Wakes the thread that reads from it: shutting down does on Linux, closing
                # does on Windows.
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                connection.close()

    def _serve(self, connection: socket.socket) -> None:
        """Answer the requests of one connection until it ends."""
        buffer = bytearray()
        after = After.CLOSE
        try:
            while not self._stopping.is_set():
                request = read_request(connection, buffer)
                if request is None:
                    break
                after = self._answer(connection, request)
                if after is not After.KEEP or not request.keep_alive:
                    break
        except BadRequest:
            with contextlib.suppress(OSError):
                connection.sendall(http_bytes(400, b""))
        except OSError:
            pass  # the other side went away, or an outage or stop cut us off
        finally:
            with self._lock:
                self._connections.pop(connection, None)
            _close(connection, after)

    # Requests

    def _answer(self, connection: socket.socket, request: Request) -> After:
        if request.path == JOURNAL_PATH and request.method == "GET":
            body = "".join(f"{line}\n" for line in self.journal.to_lines()).encode()
            connection.sendall(http_bytes(200, body, content_type="application/x-ndjson"))
            return After.KEEP
        reply, entry = self.reply(request)
        return self._send(connection, reply, entry)

    def _send(self, connection: socket.socket, reply: Reply, entry: int) -> After:
        while self._outage.kind == "hang" and not self._stopping.wait(_TICK):
            reply = dropped(After.CLOSE)
        if self._outage.kind is not None or self._stopping.is_set():
            reply = dropped()
        # Noted before it is sent: who has read an answer finds it in the journal.
        self.journal.settle(entry, reply.outcome, reply.status)
        try:
            if reply.data:
                connection.sendall(reply.data)
            for _ in range(reply.filler // len(FILLER)):
                connection.sendall(FILLER)
        except OSError:
            self.journal.settle(entry, Outcome.FAILED, 0)
            raise
        return reply.after


def _close(connection: socket.socket, after: After) -> None:
    with contextlib.suppress(OSError):
        if after is After.RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        connection.close()

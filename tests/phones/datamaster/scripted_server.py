"""An HTTP server that says exactly what a test tells it to, byte by byte."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

Say = Callable[[socket.socket], None]


def answer(
    body: bytes = b'{"status":"success","result":[]}',
    status: str = "200 OK",
    *headers: str,
    length: int | None = None,
) -> Say:
    """Say an answer; `length` may differ from the truth."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    data = "\r\n".join([*lines, *headers, "", ""]).encode() + body
    return lambda connection: connection.sendall(data)


def raw(data: bytes) -> Say:
    """Say these bytes."""
    return lambda connection: connection.sendall(data)


def hang_up(_connection: socket.socket) -> None:
    """Say nothing and close."""
    raise ConnectionAbortedError


class ScriptedServer:
    """Answers request n with `script[n]`, the last one for ever; keeps what it was sent."""

    def __init__(self, *script: Say, tls: ssl.SSLContext | None = None) -> None:
        self.script = script
        self.requests: list[bytes] = []
        self.connections = 0
        self.ending = threading.Event()
        self._tls = tls
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}/api/index.php"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> "ScriptedServer":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.ending.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            with connection:
                for request in _requests(connection):
                    self.requests.append(request)
                    self.script[min(len(self.requests), len(self.script)) - 1](connection)


def _requests(connection: socket.socket) -> Iterator[bytes]:
    buffer = b""
    while True:
        while b"\r\n\r\n" not in buffer:
            received = connection.recv(65536)
            if not received:
                return
            buffer += received
        head, _, rest = buffer.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(rest) < length:
            rest += connection.recv(65536)
        buffer = rest[length:]
        yield head + b"\r\n\r\n" + rest[:length]

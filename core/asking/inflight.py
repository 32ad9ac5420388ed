"""Requests in flight, so that they can be broken off from another thread.

A thread that waits in `recv` cannot be told to stop. Shutting its socket down ends the wait at
once, on every system, whatever it was waiting for: the handshake, the headers or the body. The
second Stop uses it, and so does the deadline: timeouts of a socket are per read, and a server
that sends a byte every few seconds never runs into them.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from core.asking.connecting import Connecting
from core.asking.troubles import Reason

_LOOK_EVERY = 0.5  # seconds between looks for calls that passed their deadline


class Call:
    """One request of one thread."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.broken_off: Reason | None = None
        self.idle_before: float | None = None  # how long its connection lay idle; None: fresh
        self._handle: socket.socket | None = None
        self._connecting: Connecting | None = None

    def connect(self, connect: Callable[[], socket.socket]) -> socket.socket:
        """The socket that `connect` makes; ConnectionAbortedError where broken off meanwhile."""
        self._connecting = Connecting(connect)
        if self.broken_off is not None:
            self._connecting.abandon()
        return self._connecting.result()

    def use(self, handle: socket.socket) -> None:
        """This call now waits on that socket."""
        self._handle = handle
        if self.broken_off is not None:
            _shut_down(handle)

    def break_off(self, reason: Reason) -> None:
        """End the wait of the call's thread; it then finds out why from `broken_off`."""
        if self.broken_off is None:
            self.broken_off = reason
        if self._connecting is not None:
            self._connecting.abandon()
        if self._handle is not None:
            _shut_down(self._handle)


def _shut_down(handle: socket.socket) -> None:
    with contextlib.suppress(OSError):  # closed or not connected: nobody waits on it
        handle.shutdown(socket.SHUT_RDWR)


class InFlight:
    """All calls of one source. Any thread may call any method."""

    def __init__(self, seconds_a_call: float) -> None:
        self._seconds_a_call = seconds_a_call
        self._calls: dict[int, Call] = {}  # by thread: a thread has one call at a time
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._watchdog: threading.Thread | None = None
        self._distrusted_until = float("-inf")

    @contextlib.contextmanager
    def call(self) -> Iterator[Call]:
        """The call of this thread for the length of a `with` block."""
        thread = threading.get_ident()
        call = Call(time.monotonic() + self._seconds_a_call)
        with self._lock:
            self._calls[thread] = call
            if self._watchdog is None and not self._closed.is_set():
                self._watchdog = threading.Thread(
                    target=self._watch_deadlines, name="request deadlines", daemon=True
                )
                self._watchdog.start()
        try:
            yield call
        finally:
            with self._lock:
                del self._calls[thread]

    def current(self) -> Call | None:
        """The call of this thread, None where it has none."""
        return self._calls.get(threading.get_ident())

    def distrust_idle(self) -> None:
        """Let no connection be used again that lay idle until now: it may be cut unnoticed."""
        self._distrusted_until = time.monotonic()

    def trusts(self, idle_since: float) -> bool:
        """Whether a connection that was last used then may be used again."""
        return idle_since > self._distrusted_until

    def break_off_all(self, reason: Reason) -> None:
        """Break off what is in flight now; later calls are not affected."""
        with self._lock:  # so that no call ends meanwhile and hands its connection on
            for call in self._calls.values():
                call.break_off(reason)

    def close(self) -> None:
        """End the watch over deadlines."""
        self._closed.set()
        if self._watchdog is not None:
            self._watchdog.join()

    def _watch_deadlines(self) -> None:
        while not self._closed.wait(_LOOK_EVERY):
            now = time.monotonic()
            with self._lock:
                for call in self._calls.values():
                    if call.deadline < now:
                        call.break_off(Reason.TIMED_OUT)


def tracked(connection_class: type[Any], in_flight: InFlight) -> type[Any]:
    """`connection_class` of urllib3 whose sockets belong to the call that uses them."""

    class Tracked(connection_class):  # type: ignore[misc]
        # A second handle of the same socket: TLS replaces the first one in mid-handshake.
        _handle: socket.socket | None = None
        _idle_since: float | None = None

        def _new_conn(self) -> socket.socket:
            call = in_flight.current()
            connect: Callable[[], socket.socket] = super()._new_conn
            made = connect() if call is None else call.connect(connect)
            self._handle = socket.fromfd(made.fileno(), made.family, made.type)
            self._idle_since = None
            self._belongs_to(call)
            return made

        @property
        def is_connected(self) -> bool:
            # The pool asks before it hands out an idle connection, and opens a fresh one on 'no'.
            idle_since = self._idle_since
            if idle_since is not None and not in_flight.trusts(idle_since):
                return False
            return bool(super().is_connected)

        def request(self, *args: Any, **kwargs: Any) -> None:
            self._belongs_to(in_flight.current())
            super().request(*args, **kwargs)

        def _belongs_to(self, call: Call | None) -> None:
            if call is None or self._handle is None:
                return
            if self._idle_since is not None:
                call.idle_before = time.monotonic() - self._idle_since
            call.use(self._handle)

        def getresponse(self) -> Any:
            response = super().getresponse()
            self._idle_since = time.monotonic()
            return response

        def close(self) -> None:
            handle, self._handle = self._handle, None
            if handle is not None:
                handle.close()
            super().close()

    return Tracked

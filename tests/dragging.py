"""Drags files onto a window as a file manager on X11 does: the XDND protocol, version 5.

    python -m tests.dragging X Y FILE…

drops them on what lies at that point of the screen and prints `dropped`, or `refused`. A process
of its own, because the window has to answer meanwhile; it waits for no more than `PATIENCE`.
"""

import ctypes
import ctypes.util
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PATIENCE = 60.0  # seconds
_VERSION = 5
_CLIENT_MESSAGE, _SELECTION_REQUEST, _SELECTION_NOTIFY = 33, 30, 31
_Id = ctypes.c_ulong  # windows, atoms and times


def drag(display: str, x: int, y: int, files: Sequence[Path | str]) -> "subprocess.Popen[str]":
    """Begin to drag, in a process of its own; the point is one of the screen."""
    words = [sys.executable, "-m", "tests.dragging", str(x), str(y), *map(str, files)]
    environment = {"DISPLAY": display, "PATH": ""}
    root = Path(__file__).parent.parent
    return subprocess.Popen(words, cwd=root, env=environment, stdout=subprocess.PIPE, text=True)


class _Any(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", _Id),
    )


class _Message(ctypes.Structure):
    _fields_ = (
        *_Any._fields_,
        ("message_type", _Id),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
    )


class _Request(ctypes.Structure):
    _fields_ = (
        *_Any._fields_,
        ("requestor", _Id),
        ("selection", _Id),
        ("target", _Id),
        ("property", _Id),
        ("time", _Id),
    )


class _Answer(ctypes.Structure):
    _fields_ = (
        *_Any._fields_,
        ("selection", _Id),
        ("target", _Id),
        ("property", _Id),
        ("time", _Id),
    )


class _Event(ctypes.Union):
    _fields_ = (
        ("any", _Any),
        ("message", _Message),
        ("request", _Request),
        ("answer", _Answer),
        ("room", ctypes.c_long * 24),
    )


class _Source:
    def __init__(self) -> None:
        self.x11: Any = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        for name in ("XDefaultRootWindow", "XCreateSimpleWindow", "XInternAtom"):
            getattr(self.x11, name).restype = _Id
        self.display = ctypes.c_void_p(self.x11.XOpenDisplay(None))
        assert self.display, "no screen"
        self.root = _Id(self.x11.XDefaultRootWindow(self.display))
        self.window = _Id(
            self.x11.XCreateSimpleWindow(self.display, self.root, 0, 0, 1, 1, 0, _Id(0), _Id(0))
        )

    def drag(self, x: int, y: int, files: Sequence[str]) -> bool:
        """Whether what lies there takes files."""
        uris = "".join(f"{Path(file).absolute().as_uri()}\r\n" for file in files).encode()
        target = self._aware(x, y)
        selection = self._atom("XdndSelection")
        self.x11.XSetSelectionOwner(self.display, selection, self.window, _Id(0))
        kind = self._atom("text/uri-list")
        self._send(target, "XdndEnter", _VERSION << 24, kind.value)
        where = (x << 16) | y
        copy = self._atom("XdndActionCopy").value
        for _twice in range(2):  # as a hand moves
            self._send(target, "XdndPosition", 0, where, 0, copy)
            status = self._wait("XdndStatus", uris)
        if not status.data[1] & 1:
            self._send(target, "XdndLeave")
            self.x11.XSync(self.display, 0)
            return False
        self._send(target, "XdndDrop", 0, 0)
        self._wait("XdndFinished", uris)
        return True

    def _aware(self, x: int, y: int) -> _Id:
        """The window at that point that takes drops, found as file managers find it."""
        aware, window, root_x = self._atom("XdndAware"), self.root, ctypes.c_int()
        root_y, child = ctypes.c_int(), _Id()
        while True:
            self.x11.XTranslateCoordinates(
                self.display, self.root, window, x, y,
                ctypes.byref(root_x), ctypes.byref(root_y), ctypes.byref(child),
            )  # fmt: skip
            if not child.value:
                raise SystemExit("nothing takes drops there")
            window = _Id(child.value)
            if self._has(window, aware):
                return window

    def _has(self, window: _Id, name: _Id) -> bool:
        kind, form, count, left = _Id(), ctypes.c_int(), _Id(), _Id()
        data = ctypes.c_void_p()
        self.x11.XGetWindowProperty(
            self.display, window, name, ctypes.c_long(0), ctypes.c_long(1), 0, _Id(0),
            ctypes.byref(kind), ctypes.byref(form), ctypes.byref(count), ctypes.byref(left),
            ctypes.byref(data),
        )  # fmt: skip
        return bool(kind.value)

    def _wait(self, name: str, uris: bytes) -> _Message:
        """Give the files to who asks for them until the message arrives."""
        wanted = self._atom(name).value
        end = time.monotonic() + PATIENCE
        event = _Event()
        while time.monotonic() < end:
            if not self.x11.XPending(self.display):
                time.sleep(0.01)
                continue
            self.x11.XNextEvent(self.display, ctypes.byref(event))
            if event.any.type == _SELECTION_REQUEST:
                self._give(event.request, uris)
            elif event.any.type == _CLIENT_MESSAGE and event.message.message_type == wanted:
                return _Message.from_buffer_copy(event.message)
        raise SystemExit(f"no {name}")

    def _give(self, asked: _Request, uris: bytes) -> None:
        requestor, kept = _Id(asked.requestor), _Id(asked.property)
        self.x11.XChangeProperty(
            self.display, requestor, kept, _Id(asked.target), 8, 0, uris, len(uris)
        )
        event = _Event()
        answer = event.answer
        answer.type, answer.window = _SELECTION_NOTIFY, asked.requestor
        answer.selection, answer.target = asked.selection, asked.target
        answer.property, answer.time = asked.property, asked.time
        self.x11.XSendEvent(self.display, requestor, 0, ctypes.c_long(0), ctypes.byref(event))
        self.x11.XFlush(self.display)

    def _send(self, target: _Id, name: str, *words: int) -> None:
        event = _Event()
        message = event.message
        message.type, message.window = _CLIENT_MESSAGE, target.value
        message.message_type, message.format = self._atom(name).value, 32
        message.data[0] = self.window.value
        for place, word in enumerate(words, start=1):
            message.data[place] = word
        self.x11.XSendEvent(self.display, target, 0, ctypes.c_long(0), ctypes.byref(event))
        self.x11.XFlush(self.display)

    def _atom(self, name: str) -> _Id:
        return _Id(self.x11.XInternAtom(self.display, name.encode(), 0))


if __name__ == "__main__":
    left, top, *given = sys.argv[1:]
    print("dropped" if _Source().drag(int(left), int(top), given) else "refused", flush=True)

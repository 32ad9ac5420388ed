"""Text for whoever started the process; silent where there is nothing to write it to.

A windowed program on Windows has neither stdout nor stderr; a pipe may be closed, a terminal
gone, the disk of a redirection full. None of these is a reason to end a run.
"""

import errno
import os
import sys
from contextlib import suppress
from typing import TextIO

# What a pipe answers whose reader has ended: EPIPE, on Windows also EINVAL.
_READER_GONE = (errno.EPIPE, errno.EINVAL, errno.ESHUTDOWN, errno.EIO)

_lost: list[OSError] = []
_matters = True


def losses_do_not_matter() -> None:
    """What is said here is beside the work: a run goes on, and is judged by itself."""
    global _matters
    _matters = False


def lost() -> OSError | None:
    """Why a part of what was to be said on stdout could not be written; None also where only
    the reader has gone, who has read enough."""
    return _lost[0] if _lost and _matters else None


def say(text: str = "") -> None:
    """A line on stdout."""
    _write(sys.stdout, f"{text}\n")


def say_error(text: str) -> None:
    """A line on stderr."""
    _write(sys.stderr, f"{text}\n")


def draw(text: str) -> None:
    """Text on stderr as it is, for what changes in place."""
    _write(sys.stderr, text)


def give_up(stream: TextIO | None) -> None:
    """Nobody reads `stream` any more: what is left in it would fail again when Python ends, and
    take the place of our exit code."""
    if stream is None:
        return
    with suppress(OSError):  # a stream that is no file
        handle = stream.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, handle)
        os.close(nowhere)


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:
        return
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()
    except OSError as error:
        if stream is sys.stdout and error.errno not in _READER_GONE:
            _lost.append(error)
        give_up(stream)

"""Text for whoever started the process; silent where there is no terminal to write to."""

import sys
from contextlib import suppress


def say(text: str = "") -> None:
    """A line on stdout. A windowed program on Windows has none; a closed pipe is no error."""
    if sys.stdout is None:
        return
    with suppress(BrokenPipeError):
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")
        sys.stdout.flush()

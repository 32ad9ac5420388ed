"""A screen in memory, for machines without one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from devtools.problem import Problem


@contextmanager
def virtual_screen(size: str = "1280x1024x24", dpi: int = 96) -> Iterator[str]:
    """Run Xvfb for the length of the block; gives the value for DISPLAY.

    Xvfb itself chooses a free number and tells it when it is ready, so two runs at a time
    do not meet.

    Raises:
        Problem: Xvfb is missing or did not start.
    """
    ready, tell = os.pipe()
    words = ["Xvfb", "-displayfd", str(tell), "-screen", "0", size, "-nolisten", "tcp", "-noreset"]
    words += ["-dpi", str(dpi)]
    try:
        server = subprocess.Popen(words, pass_fds=(tell,), stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        raise Problem("There is no Xvfb here; on Debian: apt-get install xvfb") from None
    finally:
        os.close(tell)
    try:
        with os.fdopen(ready) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise Problem("Xvfb did not start.")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()

"""Ends a PostgreSQL of tests that were killed, and removes its folder.

    python tests/postgres_end.py FOLDER

Started by those who start the server, and waits until its stdin ends: with them, however they end.
"""

import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

PATIENCE = 600
TICK = 0.05


def main(folder: Path) -> None:
    sys.stdin.buffer.read()
    note = folder / "data" / "postmaster.pid"  # the server removes it as it ends
    with suppress(OSError, ValueError, IndexError):
        os.kill(int(note.read_text().splitlines()[0]), signal.SIGQUIT)
        for _ in range(PATIENCE):
            if not note.exists():
                break
            time.sleep(TICK)
    shutil.rmtree(folder, ignore_errors=True)


main(Path(sys.argv[1]))

"""A disk that is soon full."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """A file system of `size` ("3m") in a new folder; without the rights for it the test is
    skipped."""
    if sys.platform == "win32" or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root on Linux")
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    tried = subprocess.run(command, capture_output=True, check=False)
    if tried.returncode:
        pytest.skip(f"no small disk here: {tried.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)

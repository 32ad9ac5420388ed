"""Tells whether something has to be made anew."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

_MADE_BY_RUNNING = {"__pycache__", ".DS_Store"}


def fingerprint(root: Path, names: Iterable[str], *more: str) -> str:
    """A hash of these files and folders under `root`, with their names, and of `more`."""
    total = hashlib.sha256()
    for name in names:
        top = root / name
        for file in [top] if top.is_file() else sorted(top.rglob("*")):
            if file.is_file() and not _MADE_BY_RUNNING.intersection(file.parts):
                content = hashlib.sha256(file.read_bytes()).hexdigest()
                total.update(f"{file.relative_to(root).as_posix()} {content}\n".encode())
    total.update("\n".join(more).encode())
    return total.hexdigest()

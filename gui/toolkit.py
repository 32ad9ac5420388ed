"""Loads CustomTkinter so that no window that is open already suffers from it.

On Linux it copies its fonts over those in ~/.fonts each time that it is imported. A window that is
open has them mapped into its memory, and a file cut short under its feet ends it with a bus error:
a second start, or the window of another account, would kill the first. So a font is copied only
where it is missing or another one, and put into place complete.
"""

import filecmp
import os
import shutil
import sys
import tempfile
from pathlib import Path


def load_toolkit() -> None:
    """Import CustomTkinter; to be called before anything else imports it. Main thread only."""
    if "customtkinter" in sys.modules or not sys.platform.startswith("linux"):
        return
    usual = shutil.copy
    shutil.copy = _copy_font  # type: ignore[assignment]
    try:
        import customtkinter  # noqa: F401
    finally:
        shutil.copy = usual


def _copy_font(source: str, folder: str) -> str:
    """As `shutil.copy` into a folder. Raises OSError, which CustomTkinter tells on stderr."""
    target = Path(folder) / Path(source).name
    if target.exists() and filecmp.cmp(source, target, shallow=False):
        return str(target)
    handle, part = tempfile.mkstemp(prefix=f".{target.name}-", dir=folder)
    os.close(handle)
    shutil.copyfile(source, part)
    Path(part).chmod(0o644)
    Path(part).replace(target)
    return str(target)

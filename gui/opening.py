"""Opens files and folders with what the system has for them."""

import logging
import os
import subprocess
import sys
from pathlib import Path

from core.private_files import usual_umask

log = logging.getLogger(__name__)


def open_path(path: Path) -> bool:
    """Show a file or folder in the system's program; False where there is none for it.

    Returns at once; the other program lives on its own.
    """
    try:
        if sys.platform == "win32":
            os.startfile(path)  # noqa: S606 - a path of ours, opened as a double click would
        else:
            opener = "open" if sys.platform == "darwin" else "xdg-open"
            subprocess.Popen(  # noqa: S603 - no shell, and the path is one of ours
                [opener, str(path)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                umask=usual_umask(),
            )
    except OSError as error:
        log.warning("%s could not be opened: %s", path.name, error)
        return False
    return True


def show_in_folder(file: Path) -> bool:
    """Show the folder of a file, with the file selected where the system can do that."""
    system: str = sys.platform
    if system not in ("win32", "darwin"):
        return open_path(file.parent)
    explorer = Path(os.environ.get("SYSTEMROOT", "C:/Windows"), "explorer.exe")
    finder = ["open", "-R", str(file)]
    # As one text: in a list a path with blanks would be put into quotation marks together with
    # /select, and one with a comma into none. Explorer then shows another folder.
    command = finder if system == "darwin" else f'"{explorer}" /select,"{file}"'
    try:
        subprocess.Popen(command, umask=usual_umask())  # noqa: S603 - no shell, a path of ours
    except OSError as error:
        log.warning("The folder of %s could not be shown: %s", file.name, error)
        return open_path(file.parent)
    return True


def open_folder(folder: str) -> bool:
    """Show a folder, which is made where it is missing."""
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    return open_path(path)

"""The licences of everything that is packed into the program."""

import importlib.metadata
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

_NAMES = ("licen", "copying", "notice", "authors")


def licence_files(packed: Iterable[str]) -> list[tuple[str, str]]:
    """(file, folder inside the program) for Python, Tcl/Tk and each packed distribution.

    Args:
        packed: the names of the modules in the program, with dots.
    """
    top_names = {name.partition(".")[0] for name in packed}
    providers = importlib.metadata.packages_distributions()
    names = {name for top in top_names for name in providers.get(top, ())}
    files = [
        (str(path), f"licenses/{name}") for name in sorted(names) for path in _of_distribution(name)
    ]
    return files + [(str(path), f"licenses/{folder}") for path, folder in _of_python()]


def _of_distribution(name: str) -> list[Path]:
    files = importlib.metadata.files(name) or []
    return [
        Path(str(file.locate()))
        for file in files
        if ".dist-info" in str(file) and any(word in file.name.lower() for word in _NAMES)
    ]


def _of_python() -> list[tuple[Path, str]]:
    folders = [Path(sys.base_prefix), Path(sysconfig.get_path("stdlib"))]
    python = [(folder / "LICENSE.txt", "Python") for folder in folders]
    tcl = [
        (path, path.parent.name) for path in Path(sys.base_prefix).glob("tcl/t*8.6/license.terms")
    ]
    return [(path, name) for path, name in python + tcl if path.exists()]

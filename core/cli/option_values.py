"""What options may be given: the text as a value, or what argparse shall say of it."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from core.errors import UsageError
from core.i18n import _


def whole_number(text: str) -> int:
    """From 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(_("must be a whole number, 1 or more"))
    return int(text)


def some_path(text: str) -> Path:
    """An empty one, such as that of a variable that is not set, would be the present folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError(_("must not be empty"))
    return Path(text)


@dataclass(frozen=True, slots=True)
class Output:
    """Where to write. `is_folder`: it ends in a slash, or is a folder already."""

    path: Path
    is_folder: bool

    def need_folder(self) -> None:
        """Raise UsageError where a folder is meant that is not there, perhaps not connected: a
        file of its name would take its place."""
        if self.is_folder and not _is_folder(self.path):
            raise UsageError(
                _("There is no folder {path}.").format(path=self.path),
                _("Make or connect it first, or name a file."),
            )


def output(text: str) -> Output:
    path = some_path(text).absolute()
    return Output(path, text.rstrip().endswith(("/", os.sep)) or _is_folder(path))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # the name is too long, or may not be looked at: writing tells which
        return False


def minutes(text: str) -> float:
    """More than 0."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(_("must be a number of minutes, more than 0"))
    return value

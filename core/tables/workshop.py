"""Files appear complete or not at all.

Everything is written in a hidden folder beside the target and moved into place when it is
finished; leaving the `with` block removes what was not.
"""

import errno
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from core.leftovers import is_left, own_mark
from core.private_files import usual_umask
from core.tables.problems import held_by_another, refuse_program_file

WORKSHOP_PREFIX = ".export-"
REPLACE_SECONDS = 3.0  # how long to try where another program holds the target
REPLACE_PAUSE = 0.1

# What Windows answers for a file that is open elsewhere: access denied, sharing violation.
_HELD = {errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY}


class Workshop:
    """A hidden folder for files in the making. Raises OSError.

    `pause` waits so many seconds and says True where the wait is to end at once. What is made
    in a folder of the user's choice may be read as the user's umask says; with `own`, the
    program's own folder, by nobody else, unless the user has opened that folder to others.
    """

    def __init__(self, folder: Path, pause: Callable[[float], bool], *, own: bool = False) -> None:
        self._made = _missing_parts(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"{WORKSHOP_PREFIX}*"):
            if is_left(left):
                shutil.rmtree(left, ignore_errors=True)
        if not own:
            for made in self._made:
                made.chmod(0o777 & ~usual_umask())
        private = own and not folder.stat().st_mode & 0o077
        self._mode = 0o600 if private else 0o666 & ~usual_umask()
        self._folder = Path(tempfile.mkdtemp(prefix=f"{WORKSHOP_PREFIX}.{own_mark()}-", dir=folder))
        self._pause = pause
        self._finished: list[tuple[Path, Path]] = []
        self._moved = False

    def new_path(self, suffix: str) -> Path:
        """Where to write the next file."""
        return self._folder / f"{len(list(self._folder.iterdir()))}{suffix}"

    def finish(self, made: Path, target: Path) -> None:
        """`made` is complete and goes to `target` with all others."""
        self._finished.append((made, target))

    def deliver(self) -> tuple[Path, ...]:
        """Put every finished file in its place; the files that were there are replaced.

        Raises ExportFailed where another program holds one of them, UsageError where one is a
        file that the program needs.
        """
        for made, target in self._finished:
            refuse_program_file(target)
            made.chmod(self._mode)
            self._replace(made, target)
            self._moved = True
        return tuple(target for _, target in self._finished)

    def _replace(self, made: Path, target: Path) -> None:
        deadline = time.monotonic() + REPLACE_SECONDS
        while True:
            try:
                made.replace(target)
            except OSError as error:
                if target.is_dir() or error.errno not in _HELD or not target.exists():
                    raise
                if time.monotonic() > deadline or self._pause(REPLACE_PAUSE):
                    raise held_by_another(target) from error
            else:
                return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        if not self._moved:
            for folder in self._made:  # the innermost first; only those that we made
                _remove_empty(folder)


def _missing_parts(folder: Path) -> list[Path]:
    """The folders above and including `folder` that do not exist, innermost first."""
    missing = []
    while not folder.exists() and folder.parent != folder:
        missing.append(folder)
        folder = folder.parent
    return missing


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:  # somebody else has put something there
        return

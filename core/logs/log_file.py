"""A log file of limited size that never troubles whoever logs."""

import logging
import os
import time
from contextlib import suppress
from io import FileIO
from pathlib import Path

FILE_BYTES = 5_000_000
BACKUPS = 5
_RETRY_SECONDS = 60.0
LOOK_SECONDS = 1.0  # between looks at what other programs have done with the file


class LogFile(logging.Handler):
    """Appends to `path`; when full, `path` becomes `path.1`, that one `path.2` and so on.

    Made for what logging's own RotatingFileHandler does not bear: on Windows a file that
    another process holds open cannot be renamed (then the file grows on, and the renaming is
    tried again a minute later); a full or missing disk (then lines are lost, and nothing is
    raised or printed: what is logged must not appear elsewhere unmasked); another process that
    has renamed the file (then the new one is used).

    Each record is one write. Any thread may log. Times are monotonic seconds.
    """

    def __init__(self, path: Path, file_bytes: int = FILE_BYTES, backups: int = BACKUPS) -> None:
        """Open the file and create its folder; raises OSError where that cannot be done."""
        super().__init__()
        self._path = path
        self._file_bytes = file_bytes
        self._backups = backups
        self._file: FileIO | None = None
        self._size = 0
        self._next_rotation = 0.0
        self._next_look = 0.0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._open()

    @property
    def path(self) -> Path:
        """The file that is written to; the full ones before it have a number behind its name."""
        return self._path

    def emit(self, record: logging.LogRecord) -> None:
        """Called by logging, which holds this handler's lock."""
        line = (self.format(record) + "\n").encode("utf-8", "backslashreplace")
        with suppress(OSError):
            self._look()
            if self._size + len(line) > self._file_bytes:
                self._rotate()
            file = self._open()  # it sets the size, so not within the sum
            self._size += file.write(line)

    def close(self) -> None:
        self.acquire()
        try:
            with suppress(OSError):
                self._close_file()
        finally:
            self.release()
        super().close()

    def _open(self) -> FileIO:
        if self._file is None:
            # Unbuffered: what a full disk refuses is dropped, not kept to fail again at exit.
            self._file = FileIO(self._path, "ab")
            self._size = os.fstat(self._file.fileno()).st_size
        return self._file

    def _close_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _look(self) -> None:
        """See how large the file is, and whether it still has its name; now and then."""
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_SECONDS
        self._follow_the_name()
        self._size = os.fstat(self._open().fileno()).st_size

    def _follow_the_name(self) -> None:
        """Let go of a file that was renamed or removed by another program."""
        if self._file is None or os.name == "nt":  # Windows does not allow that
            return
        try:
            same = os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        except OSError:
            same = False
        if not same:
            self._close_file()
            self._path.parent.mkdir(parents=True, exist_ok=True)

    def _rotate(self) -> None:
        now = time.monotonic()
        if now < self._next_rotation or not self._size:
            return
        self._close_file()
        # The full file first, under a name of its own: where that fails, no backup has moved.
        full = self._path.with_name(self._path.name + ".full")
        try:
            self._path.replace(full)
            for number in range(self._backups - 1, 0, -1):
                with suppress(FileNotFoundError):
                    self._backup(number).replace(self._backup(number + 1))
            full.replace(self._backup(1))
        except OSError:
            self._next_rotation = now + _RETRY_SECONDS

    def _backup(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")

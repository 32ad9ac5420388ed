"""Opens a list, whatever kind of file it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from core.tables.reading.problems import locked_or_old, not_a_list, unreadable
from core.tables.reading.text_list import PastedText, Rows, TextFile
from core.tables.reading.workbook import Workbook

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_SQLITE = b"SQLite format 3\0"
# Files that hold bytes, not letters.
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"MZ", b"GIF8")


class ListSource(Protocol):
    """Rows of texts, as often as wanted from the beginning."""

    @property
    def done(self) -> float:
        """How far it is read, 0 to 1."""
        ...

    def batches(self) -> Iterator[Rows]:
        """Raises ListUnreadable."""
        ...

    def close(self) -> None: ...


@contextmanager
def open_list(path: Path) -> Iterator[ListSource]:
    """The list at `path`, open for the length of a `with` block.

    Told by its contents, not by its name. Raises ListUnreadable.
    """
    try:
        source = _open(path)
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        yield source
    finally:
        source.close()


@contextmanager
def pasted(text: str) -> Iterator[ListSource]:
    """What somebody pasted, as a list."""
    yield PastedText(text)


def _open(path: Path) -> ListSource:
    if path.is_dir():
        raise not_a_list(path.name)
    with path.open("rb") as file:
        beginning = file.read(16)
    if beginning.startswith(_ZIP):
        return Workbook(path)
    if beginning.startswith(_OLD_OFFICE):
        raise locked_or_old(path.name)
    if beginning.startswith((_SQLITE, *_OTHERS)):
        raise not_a_list(path.name)
    return TextFile(path)


def is_sqlite(path: Path) -> bool:
    """Whether the file says of itself that it is a SQLite database. Raises ListUnreadable."""
    try:
        with path.open("rb") as file:
            return file.read(16) == _SQLITE
    except OSError as error:
        raise unreadable(path, error) from error

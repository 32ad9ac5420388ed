"""Opens an older base, whatever kind of file it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.phones.imports.sqlite_list import SqliteList
from core.tables.reading.list_file import ListSource, is_sqlite, open_list


@contextmanager
def open_base(path: Path) -> Iterator[ListSource]:
    """A SQLite file or a list, open for the length of a `with` block. Raises ListUnreadable."""
    if is_sqlite(path):
        source = SqliteList(path)
        try:
            yield source
        finally:
            source.close()
    else:
        with open_list(path) as source_of_rows:
            yield source_of_rows

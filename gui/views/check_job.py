"""What the check of a list reads and writes, away from the Tk thread."""

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from core.phones.lookup.answers import Answer, Shown, page
from core.phones.lookup.check import CheckedList, Counts, check_list
from core.phones.lookup.columns import ListColumns, look_at
from core.phones.lookup.writing import write_answers
from core.phones.numbers.outcome import Accept
from core.phones.reports.names import Format
from core.tables.dialect import usual_delimiter
from core.tables.reading.list_file import ListSource, open_list, pasted
from core.watch import Watch

PAGE = 100


@dataclass(frozen=True, slots=True)
class Given:
    """The list that was brought: a file, or what was pasted."""

    name: str
    path: Path | None = None
    text: str = ""

    def open(self) -> AbstractContextManager[ListSource]:
        return open_list(self.path) if self.path is not None else pasted(self.text)


@dataclass(slots=True)
class Answered:
    """A checked list, for any background thread; one at a time has it."""

    given: Given
    columns: ListColumns
    column: int
    counts: Counts
    _checked: CheckedList = field(repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _closed: bool = False

    @property
    def has_registry(self) -> bool:
        return self._checked.has_registry

    def page(self, shown: Shown, after: int) -> Sequence[Answer]:
        """Rows behind the row `after`; none once it is closed. Raises StorageFailure."""
        with self._lock:
            return () if self._closed else page(self._checked, shown, after, PAGE + 1)

    def write(self, target: Path, shown: Shown, watch: Watch) -> tuple[tuple[Path, ...], int]:
        """As core.phones.lookup.writing.write_answers; the format by the file's name."""
        form = Format.CSV if target.suffix.casefold() == ".csv" else Format.XLSX
        with self._lock:
            return write_answers(self._checked, target, form, usual_delimiter(), shown, watch=watch)

    def close(self) -> None:
        """Give the scratch file back."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._checked.close()


def look(given: Given, accept: Accept) -> ListColumns:
    """The columns of the list. Raises ListUnreadable."""
    with given.open() as source:
        return look_at(source, accept)


def check(
    database: Path, given: Given, columns: ListColumns, column: int, accept: Accept, watch: Watch
) -> Answered:
    """Raises what core.phones.lookup.check.check_list raises."""
    with given.open() as source:
        checked = check_list(database, source, columns, column, accept, watch)
    return Answered(given, columns, column, checked.counts, checked)

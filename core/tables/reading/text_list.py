"""CSV and text as rows: the delimiter is found in the file itself."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TextIO

from core.i18n import _
from core.tables.reading.encoding import encoding_of
from core.tables.reading.problems import ListUnreadable

ROWS_A_BATCH = 5_000
_DELIMITERS = ";\t,|"
_LOOKED_AT = 200  # lines
_AGREE = 0.8  # of the lines have the delimiter equally often
_LONGEST_CELL = 1 << 20

Rows = Sequence[Sequence[str]]


class TextFile:
    """A text file. `done` says how far it is read, 0 to 1. One thread at a time."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self._name = path.name
        self._size = max(1, path.stat().st_size)
        self._raw = path.open("rb")
        self._file = io.TextIOWrapper(
            self._raw, encoding=encoding_of(path), errors="replace", newline=""
        )

    @property
    def done(self) -> float:
        return min(1.0, self._raw.tell() / self._size)

    def batches(self) -> Iterator[Rows]:
        """All rows from the first, those without any text left out. Raises ListUnreadable."""
        self._file.seek(0)
        return rows_of_text(self._file, self._name)

    def close(self) -> None:
        self._file.close()


class PastedText:
    """What somebody pasted: a list as any file, or numbers side by side in one line."""

    def __init__(self, text: str) -> None:
        lines = text.strip("\r\n").splitlines()
        if len(lines) == 1:
            lines = re.split(r"[;,\t]", lines[0])
        self._text = "\n".join(lines)
        self.done = 0.0

    def batches(self) -> Iterator[Rows]:
        """As `TextFile.batches`."""
        self.done = 0.0
        yield from rows_of_text(io.StringIO(self._text, newline=""), _("the pasted text"))
        self.done = 1.0

    def close(self) -> None:
        """Nothing is held."""


def rows_of_text(file: TextIO, name: str) -> Iterator[Rows]:
    """The rows of `file` from its beginning, in batches."""
    csv.field_size_limit(_LONGEST_CELL)
    delimiter = _delimiter(list(islice(file, _LOOKED_AT)))
    file.seek(0)
    # One column: a quote may stand in the line of a list that was never CSV.
    rows: Iterator[Sequence[str]] = (
        csv.reader(file, delimiter=delimiter)
        if delimiter
        else ((line.rstrip("\r\n").strip('"'),) for line in file)
    )
    filled = (row for row in rows if any(map(str.strip, row)))
    try:
        while batch := list(islice(filled, ROWS_A_BATCH)):
            yield batch
    except csv.Error as error:
        raise ListUnreadable(
            _("{name} is not CSV: somewhere a quote opens that nothing closes.").format(name=name),
            _("Save it as XLSX, or take the quotes out, and choose it again."),
        ) from error


def _delimiter(lines: Sequence[str]) -> str:
    """The sign by which most rows have equally many columns; empty where there is one column."""
    best, most = "", 0.0
    for sign in _DELIMITERS:
        rows = [row for row in csv.reader(lines, delimiter=sign) if any(map(str.strip, row))]
        widths = Counter(map(len, rows))
        total = max(1, widths.total())
        del widths[1]
        if not widths:
            continue
        _width, agreeing = widths.most_common(1)[0]
        share = agreeing / total
        if share >= _AGREE and share > most:
            best, most = sign, share
    return best

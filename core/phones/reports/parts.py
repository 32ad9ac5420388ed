"""A table cut into parts that Excel can open, each with the header."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from core.tables.columns import Columns

ROWS_A_PART = 1_000_000


class Table(Protocol):
    """One file in the making."""

    def write(self, columns: Columns) -> None: ...

    def close(self) -> None:
        """Finish the file."""
        ...

    def abandon(self) -> None:
        """Let go of the file; it will be thrown away."""
        ...


class Parts:
    """Takes any number of rows; opens the next part when one is full."""

    def __init__(
        self,
        new_path: Callable[[], Path],
        open_table: Callable[[Path], Table],
        rows_a_part: int = ROWS_A_PART,
    ) -> None:
        self._new_path = new_path
        self._open_table = open_table
        self._room = rows_a_part
        self._rows_a_part = rows_a_part
        self.rows = 0
        self.paths: list[Path] = []
        self._open_next()

    def _open_next(self) -> None:
        path = self._new_path()
        self._table = self._open_table(path)
        self.paths.append(path)
        self._room = self._rows_a_part

    def write(self, columns: Columns) -> None:
        count = len(columns[0]) if columns else 0
        start = 0
        while start < count:
            if not self._room:
                self._table.close()
                self._open_next()
            end = min(count, start + self._room)
            whole = start == 0 and end == count
            self._table.write(columns if whole else [cells[start:end] for cells in columns])
            self._room -= end - start
            start = end
        self.rows += count

    def close(self) -> None:
        """Finish the last part."""
        self._table.close()

    def abandon(self) -> None:
        """Let go of the part in the making, after a failure."""
        self._table.abandon()

    def targets(self, target: Path) -> list[Path]:
        """Names for the parts: the target itself, or numbered ones where there are several."""
        if len(self.paths) == 1:
            return [target]
        digits = len(str(len(self.paths)))
        return [
            target.with_name(f"{target.stem}_{number:0{digits}d}{target.suffix}")
            for number in range(1, len(self.paths) + 1)
        ]

"""How wide the columns of a table are: what people set, else what their texts ask for."""

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from gui.texts import Words

LEAST_SHARE = 0.5  # of its width that a stretching column keeps before the table scrolls sideways
SPARE_SHARE = 0.8  # below it the columns that can be missed make room
LEAST = 32  # unscaled


@dataclass(frozen=True, slots=True)
class Column:
    """A column: numbers stand to the right; those that stretch share spare and missing width
    (all of them, where none says so), the others hold their texts whole. A `spare` column is left
    out where there is little room."""

    key: str
    title: Words
    width: int = 100
    number: bool = False
    stretch: bool = False
    sortable: bool = False
    spare: bool = False


class ColumnWidths:
    """Pixels by column. `memory` keeps what people set, in unscaled pixels, between starts."""

    def __init__(self, memory: MutableMapping[str, Any]) -> None:
        self._memory = memory
        self._needed: dict[str, int] = {}
        self.scaling = 1.0

    @property
    def own(self) -> Mapping[str, float]:
        """What people have set."""
        kept = self._memory.get("widths")
        return kept if isinstance(kept, dict) else {}

    def set_own(self, key: str, pixels: float) -> None:
        """Somebody has made the column so wide."""
        self._memory["widths"] = {**self.own, key: round(pixels / self.scaling, 1)}

    def forget_own(self) -> None:
        self._memory.pop("widths", None)

    def need(self, key: str, pixels: int) -> bool:
        """The column's texts ask for so much; it does not become narrower again. True where that
        changes anything."""
        wider = pixels > self._needed.get(key, 0)
        if wider:
            self._needed[key] = pixels
        return wider

    def forget_needs(self) -> None:
        self._needed.clear()

    def share(
        self, columns: Sequence[Column], available: int
    ) -> tuple[Sequence[Column], dict[str, int]]:
        """Those of the columns to show and their widths; wider together than `available` where
        they must be: then the table scrolls sideways."""
        if not self.own and self._narrowest(columns, SPARE_SHARE) > available:
            columns = tuple(column for column in columns if not column.spare)
        own = {
            column.key: max(LEAST, round(float(self.own[column.key]) * self.scaling))
            for column in columns
            if isinstance(self.own.get(column.key), int | float)
        }
        others = [column for column in columns if column.key not in own]
        widths = own | self._shared(others, available - sum(own.values()))
        return columns, {column.key: widths[column.key] for column in columns}

    def _shared(self, columns: Sequence[Column], available: int) -> dict[str, int]:
        widths = {column.key: self._wished(column) for column in columns}
        spare = available - sum(widths.values())
        if spare >= 0:
            elastic = [column for column in columns if column.stretch] or columns
            for column in elastic:
                widths[column.key] += spare // len(elastic)
            return widths
        least = {column.key: self._least(column) for column in columns}
        slack = {key: widths[key] - least[key] for key in widths}
        give = min(1.0, -spare / max(1, sum(slack.values())))
        return {key: int(width - slack[key] * give) for key, width in widths.items()}

    def _wished(self, column: Column) -> int:
        return max(round(column.width * self.scaling), self._needed.get(column.key, 0))

    def _least(self, column: Column, share: float = LEAST_SHARE) -> int:
        """Numbers and dates are held whole; texts that stretch give way first."""
        if column.stretch:
            return int(column.width * self.scaling * share)
        return self._needed.get(column.key, 0)

    def _narrowest(self, columns: Iterable[Column], share: float) -> int:
        return sum(self._least(column, share) for column in columns)

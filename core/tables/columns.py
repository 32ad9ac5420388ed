"""What a table is made of: its columns, and the cells that stand in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

Cell = str | int | float | None
Columns = Sequence[Sequence[Cell]]
"""Rows as columns of equal length, because that is how they are checked and written fast."""


class Kind(StrEnum):
    """What stands in a column."""

    TEXT = "text"  # from outside: may hold anything
    TIME = "time"  # ISO text made by us
    INTEGER = "integer"
    DECIMAL = "decimal"


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in characters, for the sheet."""

    name: str
    kind: Kind = Kind.TEXT
    width: int = 14

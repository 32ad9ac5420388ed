"""What a chart shows, without any drawing: plain data that tests can read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from gui import style


class Shape(StrEnum):
    AREA = "area"  # a line with its area filled: totals
    LINE = "line"
    BARS = "bars"


class Unit(StrEnum):
    """How the values are written beside the axis."""

    COUNT = "count"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Series:
    """Values by place; None leaves a gap. `chosen` is the place drawn in the accent."""

    values: Sequence[float | None]
    shape: Shape
    colour: style.Colour = style.SECOND
    chosen: int | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A field with an axis of its own; several stand above each other over the same places."""

    series: Sequence[Series]
    unit: Unit = Unit.COUNT
    name: str = ""  # what the axis counts, where a chart has several panels


@dataclass(frozen=True, slots=True)
class ChartData:
    """`labels` are written under the places, `hover` beside the pointer; both by place.

    `keys` say what a click on a place means (a run), None where it means nothing.
    """

    labels: Sequence[str]
    hover: Sequence[str]
    panels: Sequence[Panel]
    keys: Sequence[int | None] = ()


@dataclass(frozen=True, slots=True)
class RankingRow:
    label: str
    value: float
    text: str
    hover: str = ""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows with a bar each, the largest first."""

    rows: Sequence[RankingRow]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn chart: RGBA bytes, and where its places are, in pixels.

    `across`: places lie side by side; else below each other.
    """

    width: int
    height: int
    rgba: bytes
    places: Sequence[float] = field(default=())
    top: float = 0
    bottom: float = 0
    across: bool = True

"""What the bot needs of the program around it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.phones.storage.queries.runs import GrowthRow

if TYPE_CHECKING:  # the command line imports this, and `app.py status` needs no collector
    from core.phones.collector import Collector

# Draws the growth run by run as a PNG; None where it cannot. It is given from outside, because
# core/ draws nothing.
DrawGrowth = Callable[[Sequence[GrowthRow]], bytes | None]

# When the next daily run begins, with a time zone; None for never. Any thread may ask.
NextDaily = Callable[[], datetime | None]


def never() -> datetime | None:
    """The NextDaily of a program without a daily run."""
    return None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Without `draw_growth` messages have no picture."""

    collector: "Collector"
    database: Path
    draw_growth: DrawGrowth | None = None
    next_daily: NextDaily = never

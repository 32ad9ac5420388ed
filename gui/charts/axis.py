"""Round steps for an axis, and its values in few characters."""

import math
from collections.abc import Sequence

from core.formats import duration, number
from core.i18n import _
from gui.charts.model import Unit

LETTER, APART = 7, 14  # unscaled pixels that a letter of a label and the gap after it take
SPARSE = 78  # from label to label where not all fit
_TIME_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)


def round_steps(largest: float, unit: Unit, steps: int = 4) -> list[float]:
    """Values from 0 to at least `largest`, at steps that people count in."""
    step = _time_step(largest / steps) if unit is Unit.SECONDS else _count_step(largest / steps)
    count = max(1, math.ceil(largest / step - 1e-9))
    return [step * place for place in range(count + 1)]


def _count_step(wanted: float) -> float:
    if wanted <= 1:
        return 1
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(f * power for f in (1, 2, 2.5, 5, 10) if f * power >= wanted * 0.999)


def _time_step(wanted: float) -> float:
    for step in _TIME_STEPS:
        if step >= wanted:
            return step
    return 86_400.0 * math.ceil(wanted / 86_400)


def short(value: float, unit: Unit) -> str:
    """A value beside the axis: 1,500,000 as `1.5 M`."""
    if unit is Unit.SECONDS:
        return duration(value) if value else "0"
    for size, words in ((1e9, _("{n} bn")), (1e6, _("{n} M")), (1e3, _("{n} K"))):
        if value >= size:
            scaled = value / size
            digits = (
                0 if scaled == round(scaled) else (1 if scaled * 10 == round(scaled * 10) else 2)
            )
            return words.format(n=number(scaled, digits))
    return number(value)


def places_to_label(labels: Sequence[str], width: float) -> list[int]:
    """Which places get their label on an axis of so many (unscaled) pixels; the last one always.

    All, where they fit; else few, for many close together are hard to tell apart.
    """
    count = len(labels)
    if count * (LETTER * max(map(len, labels), default=0) + APART) <= width:
        return list(range(count))
    room = max(1, int(width / SPARSE))
    return sorted(range(count - 1, -1, -max(1, -(-count // room))))

"""When the made-up records came to be: times that grow with a record's number in its project."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_EPOCH = date(2023, 9, 1)
DAY = 86_400

FIRST_SPAN_DAYS = 1_000  # generation 0 ends here
GENERATION_DAYS = 7  # each later generation is a week of its own
_START_SPREAD_DAYS = 700  # a project starts somewhere within these

# Looked up a million times a run, so computed once: `2023-09-01 `, `00:00:`, `00`.
_DAYS = [f"{_EPOCH + timedelta(days=day)} " for day in range(10_000)]
_MINUTES = [f"{minute // 60:02}:{minute % 60:02}:" for minute in range(24 * 60)]
_SECONDS = [f"{second:02}" for second in range(60)]


def day_start(day: date) -> int:
    """The second at which `day` begins, counted from the first day of the data."""
    return (day - _EPOCH).days * DAY


@dataclass(frozen=True, slots=True)
class Segment:
    """Records of one project that came in one generation: `first` and on, `step` seconds apart."""

    first: int
    count: int
    start: int
    step: int

    def second(self, serial: int, jitter: int) -> int:
        """When record `serial` came; the jitter never lets two records change places."""
        return self.start + (serial - self.first) * self.step + jitter % self.step


def segment(first: int, count: int, generation: int, draw: int) -> Segment:
    """The segment that a generation adds after `first` records; `draw` varies the start."""
    if generation == 0:
        start = draw % (_START_SPREAD_DAYS * DAY)
        end = FIRST_SPAN_DAYS * DAY
    else:
        start = (FIRST_SPAN_DAYS + (generation - 1) * GENERATION_DAYS) * DAY
        end = start + GENERATION_DAYS * DAY
    return Segment(first, count, start, max(1, (end - start) // (count + 1)))


def segment_of(segments: Sequence[Segment], serial: int) -> Segment:
    """The segment in which record `serial` lies."""
    return segments[bisect_right(segments, serial, key=lambda part: part.first) - 1]


def times(segments: Sequence[Segment], first: int, jitters: Sequence[int]) -> list[str]:
    """The texts for neighbouring records from serial `first` on, one for each jitter."""
    texts: list[str] = []
    for part in segments:
        low = max(first, part.first)
        high = min(first + len(jitters), part.first + part.count)
        begin, step = part.start + (low - part.first) * part.step, part.step
        seconds = [
            begin + number * step + jitter % step
            for number, jitter in enumerate(jitters[low - first : max(low, high) - first])
        ]
        texts += [
            _DAYS[second // DAY] + _MINUTES[second % DAY // 60] + _SECONDS[second % 60]
            for second in seconds
        ]
    return texts

"""A chart is read at a glance: at most some 60 bars. Older runs and days are put together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from core.phones.storage.queries.growth import DayCount

MOST_BARS = 60
SINGLE = 40  # so many of the newest stay single where older ones are put together

T = TypeVar("T")


def grouped(items: Sequence[T]) -> list[Sequence[T]]:
    """The items in order, older ones in groups of equal size, `MOST_BARS` at most."""
    if len(items) <= MOST_BARS:
        return [items[place : place + 1] for place in range(len(items))]
    older = len(items) - SINGLE
    size = -(-older // (MOST_BARS - SINGLE))
    groups = [items[place : min(place + size, older)] for place in range(0, older, size)]
    return groups + [items[place : place + 1] for place in range(older, len(items))]


class Step(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Span:
    """A day, week, month, quarter or year with its links; `first` and `last` are its days."""

    first: date
    last: date
    links: int


_BEGINNINGS: dict[Step, Callable[[date], date]] = {
    Step.DAY: lambda day: day,
    Step.WEEK: lambda day: day - timedelta(days=day.weekday()),
    Step.MONTH: lambda day: day.replace(day=1),
    Step.QUARTER: lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    Step.YEAR: lambda day: day.replace(month=1, day=1),
}


EARLIEST = date(1990, 1, 1)  # 1970-01-01 and 0001-01-01 are what programs write for 'no date'
LATEST = timedelta(days=31)  # after today; 9999-12-31 means 'never'


def believable(days: Sequence[DayCount], today: date) -> tuple[list[DayCount], int]:
    """The days that a record can have been made on, and how many links have another one."""
    good = [each for each in days if EARLIEST <= each.day <= min(date.max - LATEST, today) + LATEST]
    return good, sum(each.links for each in days) - sum(each.links for each in good)


def by_time(days: Sequence[DayCount]) -> tuple[Step, list[Span]]:
    """The finest step that needs no more than `MOST_BARS`, with empty spans in between.

    Where even years are too many (dates that cannot be right), only the newest are shown.
    """
    if not days:
        return Step.DAY, []
    first, last = days[0].day, days[-1].day
    for step in Step:
        begins = _between(step, first, last)
        if len(begins) <= MOST_BARS:
            break
    begins = begins[-MOST_BARS:]
    counts = dict.fromkeys(begins, 0)
    for each in days:
        begin = _BEGINNINGS[step](each.day)
        if begin in counts:
            counts[begin] += each.links
    return step, [Span(begin, _last_day(step, begin), counts[begin]) for begin in begins]


def _between(step: Step, first: date, last: date) -> list[date]:
    """Beginnings of all spans from the newest back to the oldest, but not endlessly many."""
    begin_of = _BEGINNINGS[step]
    begins = [begin_of(last)]
    while begins[-1] > begin_of(first) and (len(begins) <= MOST_BARS or step is Step.YEAR):
        begins.append(begin_of(begins[-1] - timedelta(days=1)))
    begins.reverse()
    return begins


def _last_day(step: Step, begin: date) -> date:
    days = {Step.DAY: 0, Step.WEEK: 6, Step.MONTH: 27, Step.QUARTER: 80, Step.YEAR: 364}[step]
    # Far enough to lie near the end of the span, then day by day until the next one begins.
    last = begin + timedelta(days=days)
    while last < date.max and _BEGINNINGS[step](last + timedelta(days=1)) == begin:
        last += timedelta(days=1)
    return last

"""When a number was seen first, as lists write it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from core.phones.lookup.columns import ListColumns, cells
from core.tables.reading.text_list import Rows

_RUSSIAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,? +(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_SECONDS = re.compile(r"1\d{9}")  # since 1970, of the years 2001 to 2033
_HEADING = re.compile(r"дата|впервые|создан|добавлен|date|first|seen|created|added", re.IGNORECASE)
_EARLIEST = 315_532_800  # 1980: an earlier day is a slip, or stands for 'unknown'
_SHARE = 0.5  # of the filled cells


@lru_cache(maxsize=100_000)
def seconds_of(text: str) -> int | None:
    """Unix seconds of a day or moment; local time where it names no other. None: no date."""
    text = text.strip()
    moment: datetime | None = None
    if found := _RUSSIAN.fullmatch(text):
        day, month, year, *clock = (int(part or 0) for part in found.groups())
        try:
            hour, minute, second = clock
            moment = datetime(year, month, day, hour, minute, second).astimezone()
        except ValueError:
            return None
    elif _SECONDS.fullmatch(text):
        return int(text)
    else:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
    try:
        seconds = int(moment.timestamp())
    except (OverflowError, OSError, ValueError):
        return None
    return seconds if seconds >= _EARLIEST else None


def date_column(found: ListColumns) -> int | None:
    """The column of the first dates; None where no column holds dates.

    One whose heading speaks of a date goes before others.
    """
    dated = [
        column
        for column in range(len(found.names))
        if column != found.column and _are_dates(cells(found.sample, column))
    ]
    named = [column for column in dated if _HEADING.search(found.names[column])]
    return next(iter(named or dated), None)


def dates_of(rows: Rows, column: int | None) -> Sequence[int | None]:
    """The first date of each row."""
    if column is None:
        return [None] * len(rows)
    return list(map(seconds_of, cells(rows, column)))


def _are_dates(texts: Sequence[str]) -> bool:
    filled = [text for text in texts if text.strip()]
    return bool(filled) and sum(seconds_of(t) is not None for t in filled) >= _SHARE * len(filled)


@dataclass(frozen=True, slots=True)
class ImportColumns:
    """Which columns an import reads: places from 0."""

    phone: int
    date: int | None

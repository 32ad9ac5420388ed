"""How many listings a filter finds, and which values occur, from memory.

Counting 250,000 rows for each new set of filters would be what the database does all day. So the
filtered columns of all listings on sale are kept as arrays of numbers, some 60 bytes a listing,
and what changed is read by its version every second. Everything here runs in the server's loop, but
for reading the first time, which goes in pieces.
"""

import asyncio
import logging
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import orjson

from core.cars.api.answers import moment
from core.cars.api.filters import CHOICES
from core.cars.api.offers_sql import Bounds, Statement, Wanted
from core.cars.api.reading import Reading, Rows
from core.errors import UserError

log = logging.getLogger(__name__)

REFRESH_SECONDS = 1.0
_PIECE = 2000  # rows that are asked for at once
_SLICE = 200  # of them are taken in before others get their turn: some milliseconds
_NUMBERS = ("year", "price", "km_age", "displacement", "power")
_MISSING = -1
_COLUMNS = (*CHOICES, *_NUMBERS, "is_dealer", "updated_at", "normalized_data")
_READ = (
    f"SELECT version, inner_id, active_status, {', '.join(_COLUMNS)} FROM processed_data "
    "WHERE (version, inner_id) > (?, ?) ORDER BY version, inner_id LIMIT ?"
)


class Counts:
    """`version` is the newest that is counted in; it changes when any answer may."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._clear()

    def _clear(self) -> None:
        self.version = -1  # nothing was read yet
        self._place = (-1, "")
        self._row_of: dict[str, int] = {}
        self._codes: dict[str, dict[str, int]] = {column: {} for column in CHOICES}
        self._folded: dict[str, dict[str, list[str]]] = {column: {} for column in CHOICES}
        self._arrays = {
            column: np.full(1024, _MISSING, np.int32) for column in (*CHOICES, *_NUMBERS)
        }
        self._arrays["is_dealer"] = np.full(1024, _MISSING, np.int8)
        self._updated = np.zeros(1024, np.int64)
        self._on_sale = np.zeros(1024, np.bool_)
        self._problems: dict[int, tuple[str, ...]] = {}  # of the few listings that have some

    async def follow(self) -> None:
        """Read what changed, for ever, once a second. Cancelled at the end."""
        away = False
        while True:
            try:
                await self.refresh()
                away = False
            except UserError as error:
                if not away:
                    log.warning("listings cannot be counted: %s", error)
                away = True
            await asyncio.sleep(REFRESH_SECONDS)

    async def refresh(self) -> None:
        """Take in what changed since the last time. Raises UserError."""
        [[version]] = await self._reading.rows(Statement("SELECT version FROM sync_state"))
        if version == self.version:
            return
        if version < self.version:  # another database, or an older one: restored meanwhile
            self._clear()
        while True:
            rows = await self._reading.rows(Statement(_READ, [*self._place, _PIECE]))
            for begin in range(0, len(rows), _SLICE):
                self._take(rows[begin : begin + _SLICE])
                await asyncio.sleep(0)
            if len(rows) < _PIECE:
                break
        self.version = max(version, self._place[0])

    def _take(self, rows: Rows) -> None:
        for version, inner_id, status, *values in rows:
            self._place = (version, inner_id)
            row = self._row_of.get(inner_id)
            if row is None:
                if status != 0:
                    continue
                row = self._row_of[inner_id] = len(self._row_of)
                if row >= len(self._on_sale):
                    self._grow()
            self._on_sale[row] = status == 0
            if status == 0:
                self._set(row, dict(zip(_COLUMNS, values, strict=True)))

    def _set(self, row: int, values: Mapping[str, Any]) -> None:
        for column in CHOICES:
            self._arrays[column][row] = self._code(column, values[column])
        for column in _NUMBERS:
            value = values[column]
            if column == "displacement" and value is not None:
                value = _hundredths(value)
            self._arrays[column][row] = _MISSING if value is None else value
        dealer = values["is_dealer"]
        self._arrays["is_dealer"][row] = _MISSING if dealer is None else int(dealer)
        self._updated[row] = _microseconds(moment(values["updated_at"]))
        self._problems.pop(row, None)
        if '"problems"' in values["normalized_data"]:
            problems = orjson.loads(values["normalized_data"]).get("problems", ())
            self._problems[row] = tuple(f"{one['field']}: {one['problem']}" for one in problems)

    def _code(self, column: str, value: str | None) -> int:
        if value is None:
            return _MISSING
        codes = self._codes[column]
        if value not in codes:
            codes[value] = len(codes)
            self._folded[column].setdefault(value.casefold(), []).append(value)
        return codes[value]

    def _grow(self) -> None:
        for column, array in self._arrays.items():
            self._arrays[column] = np.concatenate([array, np.full_like(array, _MISSING)])
        self._updated = np.concatenate([self._updated, np.zeros_like(self._updated)])
        self._on_sale = np.concatenate([self._on_sale, np.zeros_like(self._on_sale)])

    def values_of(self, column: str, folded: Sequence[str]) -> list[str]:
        """The values as the database has them, in whatever case they are asked for."""
        known = self._folded[column]
        return [value for text in folded for value in known.get(text, ())]

    def count(self, wanted: Wanted) -> int:
        """Listings on sale that the filters find; `words` are not looked at."""
        found = self._on_sale.copy()
        for column, values in wanted.choices.items():
            array = self._arrays[column]
            codes = [self._codes[column][value] for value in values]
            found &= array == codes[0] if len(codes) == 1 else np.isin(array, codes)
        for column, bounds in wanted.ranges.items():
            array = self._arrays[column]
            least, most = _whole(column, bounds)
            found &= array >= least
            if most is not None:
                found &= array <= most
        if wanted.is_dealer is not None:
            found &= self._arrays["is_dealer"] == int(wanted.is_dealer)
        if wanted.since is not None:
            found &= self._updated >= _microseconds(wanted.since)
        return int(np.count_nonzero(found))

    def occurring(self, column: str) -> dict[str, int]:
        """How many listings on sale have each value of `column`, the most frequent first."""
        codes = self._arrays[column][self._on_sale]
        numbers = np.bincount(codes[codes != _MISSING], minlength=len(self._codes[column]))
        found = {value: int(numbers[code]) for value, code in self._codes[column].items()}
        order = sorted(
            (item for item in found.items() if item[1]), key=lambda one: (-one[1], one[0])
        )
        return dict(order)

    def models(self) -> dict[str, dict[str, int]]:
        """The models of each mark with their numbers."""
        marks, models = list(self._codes["mark"]), list(self._codes["model"])
        mark, model = self._arrays["mark"], self._arrays["model"]
        known = self._on_sale & (mark != _MISSING) & (model != _MISSING)
        pairs = mark[known].astype(np.int64) * len(models) + model[known]
        kinds, numbers = np.unique(pairs, return_counts=True)
        found: dict[str, dict[str, int]] = {}
        for kind in np.argsort(-numbers, kind="stable").tolist():
            one, other = divmod(int(kinds[kind]), len(models))
            found.setdefault(marks[one], {})[models[other]] = int(numbers[kind])
        return dict(sorted(found.items()))

    def bounds(self, column: str) -> tuple[float, float] | None:
        """The least and the largest number that occurs; None where there is none."""
        numbers = self._arrays[column][self._on_sale]
        numbers = numbers[numbers != _MISSING]
        if not len(numbers):
            return None
        scale = 100 if column == "displacement" else 1
        least, most = int(numbers.min()), int(numbers.max())
        return (least, most) if scale == 1 else (least / scale, most / scale)

    def dealers(self) -> dict[str, int]:
        """How many listings on sale are dealers', and how many are not."""
        flags = self._arrays["is_dealer"][self._on_sale]
        return {"true": int((flags == 1).sum()), "false": int((flags == 0).sum())}

    def problems(self) -> dict[str, int]:
        """How many listings on sale have each problem of normalising, the most frequent first."""
        found = Counter(
            problem
            for row, problems in self._problems.items()
            if self._on_sale[row]
            for problem in problems
        )
        return dict(found.most_common())

    @property
    def on_sale(self) -> int:
        """How many listings are on sale."""
        return int(np.count_nonzero(self._on_sale))


def _hundredths(value: Decimal | float) -> int:
    return round(value * 100)


def _whole(column: str, bounds: Bounds) -> tuple[int, int | None]:
    """Bounds as the arrays hold numbers: litres in hundredths, and nothing missing between."""
    scale = 100 if column == "displacement" else 1
    least, most = bounds
    lower = 0 if least is None else math.ceil(least * scale)
    return lower, None if most is None else math.floor(most * scale)


def _microseconds(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)

"""Reads a table of a damaged database around its damage.

From the front by its key until something cannot be read, then from the back, then the gap
between is halved again and again, so that a destroyed page costs hardly more than its own rows.

A damaged page may yield anything: an error of any kind, rows that are none, keys that do not
grow, a tree that leads back into itself. So every reading is bounded, and whatever does not
look like the next rows of this table counts as unreadable.
"""

import logging
import operator
import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from core.phones.storage.plausible import Plausible

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 2000
MOST_PROBES = 20_000  # a table: what is still unread then is given up
PATIENCE = 500  # probes in a row that bring nothing, after which a gap is given up
ISLAND = 16  # keys; a page holds more rows than that, so no readable one lies in a smaller gap
FINENESS = 16  # steps in which a distance doubles, about, where it is not known how far to look
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_STEPS = 100_000  # of SQLite's machine between two looks at how many they were
_MOST_LOOKS = 50  # for one reading: a sound one of ROWS_AT_ONCE takes less than one
_NOT_DAMAGE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

Key = tuple[Any, ...]
Row = tuple[Any, ...]


class TornTable:
    """A table and its primary key, whose columns must stand among `columns`.

    Raises sqlite3.OperationalError where another program holds the file locked, nothing else.
    `damaged` says, once `batches` is exhausted, whether something could not be read.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        table: str,
        columns: Sequence[str],
        key: Sequence[str],
        plausible: Plausible,
        span: tuple[int, int] | None = None,
    ) -> None:
        """`span`: between which first key columns, exclusive, the rows are, where that is known."""
        self._db = db
        self._table = table
        self._columns = columns
        self._key = key
        self._key_places = [columns.index(name) for name in key]
        self._plausible = plausible
        self._span = span
        self._torn: set[Any] = set()  # first key columns beside which something was unreadable
        self._probes = MOST_PROBES
        self._looks = 0
        self.damaged = False

    def batches(self) -> Iterator[list[Row]]:
        """Every row that can be read; rows near the damage may come twice."""
        for rows in self._all():
            sound = self._plausible.select(rows)
            if len(sound) < len(rows):
                self.damaged = True
            if sound:
                yield sound

    def _all(self) -> Iterator[list[Row]]:
        last: Key | None = None
        for rows in self._read(None, "ASC"):
            yield rows
            last = self._key_of(rows[-1])
        if not self.damaged:
            return
        first: Key | None = None
        for rows in self._read(None, "DESC"):
            yield rows
            first = self._key_of(rows[-1])
            if last is not None and first <= last:
                return
        yield from self._gap((), last[0] if last else None, first[0] if first else None)
        if len(self._key) == 2:
            for torn in sorted(self._torn):
                yield from self._within(torn)

    def _within(self, torn: int) -> Iterator[list[Row]]:
        """The rows of one first key column, e.g. of a project whose links lie on many pages."""
        ends: list[Any] = []
        for order, start in (("ASC", (torn, _LOWEST)), ("DESC", (_next(torn), _LOWEST))):
            reached: Any = None
            for rows in self._read(start, order):
                kept = [row for row in rows if self._key_of(row)[0] == torn]
                if kept:
                    yield kept
                    reached = self._key_of(kept[-1])[1]
                if len(kept) < len(rows):
                    return  # the end of them: nothing between is missing
            ends.append(reached)
        yield from self._gap((torn,), *ends)

    def _gap(self, prefix: Key, low: Any, high: Any) -> Iterator[list[Row]]:
        """What lies between two unreadable places, exclusive; only whole numbers can be halved.

        None where nothing at all could be read from that side.
        """
        place = self._key_places[len(prefix)]
        if not self._plausible.at(place, (1,)):
            return
        low, high = self._bounds(prefix, low, high)
        smallest = ISLAND if len(prefix) + 1 == len(self._key) else 1
        gaps = deque([(low, high)])
        patience = PATIENCE
        while gaps and self._probes > 0 and patience > 0:
            self._probes -= 1
            patience -= 1
            low, high = gaps.popleft()
            if high - low <= smallest:
                continue
            middle = (low + high) // 2
            for order, bound in (("ASC", high), ("DESC", low)):
                reached = middle
                start = self._beside(prefix, middle, order)
                unread = True
                readable = self._readable(start, order)
                if not readable and len(prefix) + 1 < len(self._key):
                    self._torn.add(middle)  # its first page is destroyed, others may not be
                for rows in self._read(start, order) if readable else ():
                    kept = [
                        row
                        for row in rows
                        if self._key_of(row)[: len(prefix)] == prefix and low < row[place] < high
                    ]
                    if kept:
                        yield kept
                        reached = kept[-1][place]
                        patience = PATIENCE
                    if len(kept) < len(rows):
                        unread = False
                        break
                if unread:
                    gaps.append((reached, bound) if order == "ASC" else (bound, reached))

    def _bounds(self, prefix: Key, low: Any, high: Any) -> tuple[int, int]:
        """`low` and `high`, or how far to look in their place."""
        if low is None and high is None:
            low, high = (0, None) if prefix or self._span is None else self._span
        if low is None:
            low = self._far_end(prefix, high, -1)
        if high is None:
            high = self._far_end(prefix, low, 1)
        return low, high

    def _far_end(self, prefix: Key, known: int, direction: int) -> int:
        """Where the readable keys on the other side of the damage beside `known` may end.

        Asked further and further away: behind the damage something can be read, and behind the
        last of it again nothing, because the page at that end is destroyed too.
        """
        end, reads, distance = known, False, 1
        while _LOWEST < (asked := known + direction * distance) < _HIGHEST:
            if reads:
                end = asked + direction  # what begins at `asked` may be read from its other end
            reads = any(
                (row[self._key_places[len(prefix)]] - known) * direction > 0
                for order in ("ASC", "DESC")
                for row in self._select(self._beside(prefix, asked, order), order, 1) or ()
                if self._key_of(row)[: len(prefix)] == prefix
            )
            distance += 1 + distance // FINENESS
        return end

    def _readable(self, start: Key, order: str) -> bool:
        return self._select(start, order, 1) is not None

    def _beside(self, prefix: Key, middle: int, order: str) -> Key:
        """The key from which `_read` gives `middle` and above, or what is below it."""
        more = len(self._key) - len(prefix) - 1
        if more:
            return (*prefix, middle, *[_LOWEST] * more)
        return (*prefix, _in_range(middle - 1) if order == "ASC" else middle)

    def _read(self, start: Key | None, order: str) -> Iterator[list[Row]]:
        """Batches beyond `start` until the end of the table, or as near as possible to damage."""
        size = ROWS_AT_ONCE
        while size:
            rows = self._select(start, order, size)
            if rows is None:  # the damage lies within: go nearer, with less at once
                self.damaged = True
                size = size // 8 or size // 2
                continue
            if not rows:
                return
            yield rows
            start = self._key_of(rows[-1])
        if start is not None:
            self._torn.add(start[0])

    def _select(self, start: Key | None, order: str, size: int) -> list[Row] | None:
        """At most `size` rows beyond `start`; None where one of them cannot be read."""
        key = ", ".join(self._key)
        sign = ">" if order == "ASC" else "<"
        where = f"WHERE ({key}) {sign} ({', '.join('?' * len(self._key))})" if start else ""
        by = ", ".join(f"{name} {order}" for name in self._key)
        sql = (
            f"SELECT {', '.join(self._columns)} FROM {self._table} {where}"  # noqa: S608 - our names
            f" ORDER BY {by} LIMIT {size}"
        )
        self._looks = 0
        self._db.set_progress_handler(self._is_too_long, _STEPS)
        try:
            rows = self._db.execute(sql, start or ()).fetchall()
        except (sqlite3.DatabaseError, MemoryError) as error:  # a torn length can be any length
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NOT_DAMAGE:
                raise
            if not self.damaged:  # each further place of thousands would push the old log out
                log.debug("%s cannot be read beyond %r: %s", self._table, start, error)
            return None
        finally:
            self._db.set_progress_handler(None, 0)
        return rows if self._follow(start, order, rows) else None

    def _is_too_long(self) -> bool:
        self._looks += 1
        return self._looks > _MOST_LOOKS

    def _follow(self, start: Key | None, order: str, rows: Sequence[Row]) -> bool:
        """Whether the keys are such, and lie beyond `start` one after the other."""
        if not rows:
            return True
        columns = [[row[place] for row in rows] for place in self._key_places]
        if not all(map(self._plausible.at, self._key_places, columns)):
            return False
        keys = list(zip(*columns, strict=True))
        beyond = operator.gt if order == "ASC" else operator.lt
        if start is not None and not beyond(_rank(keys[0]), _rank(start)):
            return False
        return all(map(beyond, keys[1:], keys))

    def _key_of(self, row: Row) -> Key:
        return tuple(row[place] for place in self._key_places)


def _rank(key: Key) -> Key:
    """In SQLite's order, in which every number comes before any text."""
    return tuple((not isinstance(part, int), part) for part in key)


def _in_range(number: int) -> int:
    return max(_LOWEST, min(number, _HIGHEST))


def _next(number: int) -> int:
    return _in_range(number + 1)

"""Reads a table of a damaged database around its damage.

From the front by its key until something cannot be read, then from the back, then the gap
between is halved again and again, so that a destroyed page costs little more than its own rows.
"""

import logging
import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 2000
MOST_PROBES = 4000  # a gap: what is still unread then is given up
ISLAND = 16  # keys; a page holds more rows than that, so no readable one lies in a smaller gap
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1

Key = tuple[Any, ...]
Row = tuple[Any, ...]


class TornTable:
    """A table and its primary key, whose columns must stand among `columns`.

    `damaged` says, once `batches` is exhausted, whether something could not be read.
    """

    def __init__(
        self, db: sqlite3.Connection, table: str, columns: Sequence[str], key: Sequence[str]
    ) -> None:
        self._db = db
        self._table = table
        self._columns = columns
        self._key = key
        self._key_places = [columns.index(name) for name in key]
        self._torn: set[Any] = set()  # first key columns beside which something was unreadable
        self.damaged = False

    def batches(self) -> Iterator[list[Row]]:
        """Every row that can be read; rows near the damage may come twice."""
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

    def _within(self, torn: Any) -> Iterator[list[Row]]:
        """The rows of one first key column, e.g. of a project whose links lie on many pages."""
        ends: list[int | None] = []
        for order, start in (("ASC", _LOWEST), ("DESC", _HIGHEST)):
            reached: int | None = None
            for rows in self._read((torn, start), order):
                kept = [row for row in rows if self._key_of(row)[0] == torn]
                if kept:
                    yield kept
                    reached = self._key_of(kept[-1])[1]
                    if not isinstance(reached, int):
                        return
                if len(kept) < len(rows):
                    return  # the end of them: nothing between is missing
            ends.append(reached)
        yield from self._gap((torn,), *ends)

    def _gap(self, prefix: Key, low: Any, high: Any) -> Iterator[list[Row]]:
        """What lies between two unreadable places, exclusive; only whole numbers can be halved.

        None where nothing at all could be read from that side.
        """
        if low is None:
            low = self._far_end(prefix, high, -1) if isinstance(high, int) else 0
        if high is None and isinstance(low, int):
            high = self._far_end(prefix, low, 1)
        if not isinstance(low, int) or not isinstance(high, int):
            return
        place = self._key_places[len(prefix)]
        smallest = ISLAND if len(prefix) + 1 == len(self._key) else 1
        gaps = deque([(low, high)])
        for _ in range(MOST_PROBES):
            if not gaps:
                return
            low, high = gaps.popleft()
            if high - low <= smallest:
                continue
            middle = (low + high) // 2
            for order, bound in (("ASC", high), ("DESC", low)):
                reached = middle
                start = self._beside(prefix, middle, order)
                unread = True
                for rows in self._read(start, order) if self._readable(start, order) else ():
                    kept = [
                        row
                        for row in rows
                        if self._key_of(row)[: len(prefix)] == prefix and low < row[place] < high
                    ]
                    if kept:
                        yield kept
                        reached = kept[-1][place]
                    if len(kept) < len(rows):
                        unread = False
                        break
                if unread:
                    gaps.append((reached, bound) if order == "ASC" else (bound, reached))

    def _far_end(self, prefix: Key, known: int, direction: int) -> int:
        """Where the readable keys on the other side of the damage beside `known` may end.

        Asked further and further away: behind the damage something can be read, and behind the
        last of it again nothing, because the page at that end is destroyed too.
        """
        order = "DESC" if direction > 0 else "ASC"
        place = self._key_places[len(prefix)]
        end = known
        for power in range(4, 62):
            rows = self._select(self._beside(prefix, known + direction * 2**power, order), order, 1)
            beyond = rows and self._key_of(rows[0])[: len(prefix)] == prefix
            if beyond and rows and (rows[0][place] - known) * direction > 0:
                end = known + direction * 2 ** (power + 1)
        return end

    def _readable(self, start: Key, order: str) -> bool:
        return self._select(start, order, 1) is not None

    def _beside(self, prefix: Key, middle: int, order: str) -> Key:
        """The key from which `_read` gives `middle` and above, or what is below it."""
        more = len(self._key) - len(prefix) - 1
        if more:
            return (*prefix, middle, *[_LOWEST] * more)
        return (*prefix, middle - 1 if order == "ASC" else middle)

    def _read(self, start: Key | None, order: str) -> Iterator[list[Row]]:
        """Batches beyond `start` until the end of the table, or as near as possible to damage."""
        size = ROWS_AT_ONCE
        while size:
            rows = self._select(start, order, size)
            if rows is None:  # the damage lies within: go nearer, with less at once
                self.damaged = True
                size //= 8
                continue
            if not rows:
                return
            yield rows
            start = self._key_of(rows[-1])
        if start is not None:
            self._torn.add(start[0])

    def _select(self, start: Key | None, order: str, size: int) -> list[Row] | None:
        key = ", ".join(self._key)
        sign = ">" if order == "ASC" else "<"
        where = f"WHERE ({key}) {sign} ({', '.join('?' * len(self._key))})" if start else ""
        by = ", ".join(f"{name} {order}" for name in self._key)
        sql = (
            f"SELECT {', '.join(self._columns)} FROM {self._table} {where}"  # noqa: S608 - our names
            f" ORDER BY {by} LIMIT {size}"
        )
        try:
            rows = self._db.execute(sql, start or ()).fetchall()
        except sqlite3.DatabaseError as error:
            log.debug("%s cannot be read beyond %r: %s", self._table, start, error)
            return None
        # Where SQLite reads a torn page all the same, its rows may be rubbish.
        if any(None in self._key_of(row) for row in rows):
            return None
        return rows

    def _key_of(self, row: Row) -> Key:
        return tuple(row[place] for place in self._key_places)

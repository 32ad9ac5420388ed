"""The statements that read listings: the same text for SQLite and PostgreSQL, `?` for values.

Each answer is one statement, so one state of the database: never half a batch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.cars.api.columns import IN_LISTS, SERVED
from core.cars.api.cursors import Cursor, Order

ON_SALE = "active_status = 0"
_LIST = ", ".join(column.name for column in IN_LISTS)
_ALL = ", ".join(f"listing.{column.name}" for column in SERVED)


Bounds = tuple[int | Decimal | None, int | Decimal | None]
"""Least and most, both included; None where there is no bound."""


@dataclass(slots=True)
class Statement:
    """`values` stand for the `?` in order."""

    sql: str
    values: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters with values as the database holds them; no values for a column find nothing."""

    choices: Mapping[str, Sequence[str]]
    ranges: Mapping[str, Bounds]
    is_dealer: bool | None = None
    since: datetime | None = None
    words: Sequence[str] = ()

    @property
    def is_empty(self) -> bool:
        """Whether some column may have none of the values that occur."""
        return any(not values for values in self.choices.values())


def one_offer(inner_id: str) -> Statement:
    """A listing on sale, all columns, once for each price seen; price and time come last, NULL
    where none was seen. They are few, and a second question would cost more."""
    sql = (
        f"SELECT {_ALL}, seen.price, seen.seen_at FROM processed_data AS listing "
        "LEFT JOIN price_history AS seen ON seen.inner_id = listing.inner_id "
        f"WHERE listing.inner_id = ? AND listing.{ON_SALE} ORDER BY seen.seen_at, seen.id"
    )
    return Statement(sql, [inner_id])


def offers(
    wanted: Wanted, order: Order, limit: int, *, after: Cursor | None = None, skip: int = 0
) -> Statement:
    """A page of listings in `order`; `after` is where the page before ended."""
    statement = _where(wanted)
    direction = "DESC" if order.descending else "ASC"
    if after is not None:
        sign = "<" if order.descending else ">"
        statement.sql += f" AND ({order.key}, inner_id) {sign} (?, ?)"
        statement.values += [after.key, after.inner_id]
    statement.sql = (
        f"SELECT {_LIST} FROM processed_data WHERE {statement.sql} "
        f"ORDER BY {order.key} {direction}, inner_id {direction} LIMIT ?"
    )
    statement.values.append(limit)
    if skip:
        statement.sql += " OFFSET ?"
        statement.values.append(skip)
    return statement


def count_offers(wanted: Wanted) -> Statement:
    """How many there are."""
    statement = _where(wanted)
    statement.sql = f"SELECT COUNT(*) FROM processed_data WHERE {statement.sql}"
    return statement


def changes(version: int, inner_id: str, limit: int) -> Statement:
    """What changed or went after (version, inner_id), in the order of commits."""
    sql = (
        f"SELECT version, active_status, {_LIST} FROM processed_data "
        "WHERE (version, inner_id) > (?, ?) ORDER BY version, inner_id LIMIT ?"
    )
    return Statement(sql, [version, inner_id, limit])


def _where(wanted: Wanted) -> Statement:
    parts = [ON_SALE]
    values: list[Any] = []
    for column, choices in wanted.choices.items():
        parts.append(f"{column} IN ({', '.join('?' * len(choices))})" if choices else "1 = 0")
        values += choices
    for column, (least, most) in wanted.ranges.items():
        if least is not None:
            parts.append(f"{column} >= ?")
            values.append(least)
        if most is not None:
            parts.append(f"{column} <= ?")
            values.append(most)
    if wanted.is_dealer is not None:
        parts.append("is_dealer" if wanted.is_dealer else "NOT is_dealer")
    if wanted.since is not None:
        parts.append("updated_at >= ?")
        values.append(wanted.since)
    for word in wanted.words:
        parts.append("search LIKE ? ESCAPE '!'")
        values.append(f"%{_literal(word)}%")
    return Statement(" AND ".join(parts), values)


def _literal(word: str) -> str:
    for sign in "!%_":
        word = word.replace(sign, f"!{sign}")
    return word

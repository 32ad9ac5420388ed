"""What a report's rows come in: batches of a stream, and what the report is about.

A stream yields batches: how much of the whole is done (0 to 1) and the rows as columns of
equal length. Each batch is a query of its own that is over in some 30 ms, so that a long
export neither holds the WAL file of a running collection nor makes a cancel wait. What is
added behind the beginning of an export is not in it; ids only grow.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.phones.storage.queries.phone_filter import Conditions, PhoneFilter, conditions
from core.phones.storage.reader import Reader, Row
from core.tables.columns import Columns


@dataclass(frozen=True, slots=True)
class Batch:
    done: float
    columns: Columns

    @classmethod
    def of_rows(cls, done: float, rows: Sequence[Row]) -> "Batch":
        return cls(done, columns(rows, len(rows[0])) if rows else ())


def columns(rows: Sequence[Row], number: int) -> Columns:
    """`number` columns, also where there are no rows."""
    return tuple(zip(*rows, strict=True)) if rows else ((),) * number


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about. `run_id` None: there is no run at all yet.

    `since` and `until` are local days, both included; `clients` are ids, empty means all. Region
    and operator are ids of the registry of number ranges.
    """

    run_id: int | None
    clients: Sequence[int] = ()
    since: date | None = None
    until: date | None = None
    region_id: int | None = None
    operator_id: int | None = None

    def includes(self, moment: datetime) -> bool:
        day = moment.astimezone().date()
        return (self.since is None or day >= self.since) and (
            self.until is None or day <= self.until
        )

    def of_clients(self, column: str) -> Conditions:
        """SQL for a column that holds a client's id."""
        if not self.clients:
            return Conditions("", {})
        sql = f" AND {column} IN (SELECT value FROM json_each(:clients))"
        return Conditions(sql, {"clients": json.dumps(list(self.clients))})

    def first_seen(self) -> Conditions:
        """SQL for rows of `phones`."""
        return conditions(
            PhoneFilter(
                since=self.since,
                until=self.until,
                region_id=self.region_id,
                operator_id=self.operator_id,
            )
        )


Stream = Callable[[Reader, Scope], Iterator[Batch]]

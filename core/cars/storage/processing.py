"""Batches of normalising: what waits for it, and what comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, func, select, type_coerce, update

from core.cars.storage.bulk import upsert
from core.cars.storage.state import read_state, write_state
from core.cars.tables import processed_data, raw_data
from core.database.sql.column_types import file_time

_COLUMNS = tuple(column.name for column in processed_data.columns if column.name != "id")
_UPDATED = tuple(name for name in _COLUMNS if name not in ("inner_id", "created_at"))


@dataclass(frozen=True, slots=True)
class RawRow:
    """`data` is the JSON text as it is stored."""

    id: int
    inner_id: str
    active_status: int
    data: str


def count_waiting(connection: Connection) -> int:
    """How many rows are not normalised."""
    waiting = select(func.count()).select_from(raw_data).where(raw_data.c.is_processed.is_(False))
    return connection.scalar(waiting) or 0


def mark_all_unprocessed(connection: Connection) -> None:
    """Everything is to be normalised anew."""
    connection.execute(update(raw_data).values(is_processed=False))


def next_batch(connection: Connection, after: int, size: int) -> list[RawRow]:
    """The next rows that wait, by their id, from the first behind `after` on."""
    c = raw_data.c
    # Text, because a row whose JSON is damaged must not take the others with it.
    as_text = cast if connection.dialect.name == "postgresql" else type_coerce
    rows = connection.execute(
        select(c.id, c.inner_id, c.active_status, as_text(c.data, Text))
        .where(c.is_processed.is_(False), c.id > after)
        .order_by(c.id)
        .limit(size)
    )
    return [RawRow(*row) for row in rows]


def store_batch(
    connection: Connection,
    done: Sequence[tuple[int, Mapping[str, Any]]],
    bad: Sequence[tuple[int, str]],
    now: datetime,
) -> int:
    """Store normalised rows by their id in `raw_data`, and why others could not be.

    Returns how many are new or other than they were; only those get a new version.
    """
    state = read_state(connection)
    moment = file_time(now)
    stamp = {"created_at": moment, "updated_at": moment, "version": state.version + 1}
    rows = [{**row, **stamp} for _id, row in done]
    changed = upsert(
        connection, processed_data, _COLUMNS, rows, update=_UPDATED, unless_equal="fingerprint"
    )
    if changed:
        write_state(connection, now, version=state.version + 1)
    if done:
        ids = [id_ for id_, _row in done]
        connection.execute(
            update(raw_data)
            .where(raw_data.c.id.in_(ids))
            .values(is_processed=True, process_problem=None)
        )
    if bad:
        connection.execute(
            update(raw_data)
            .where(raw_data.c.id == bindparam("bad_id"))
            .values(process_problem=bindparam("why")),
            [{"bad_id": id_, "why": why} for id_, why in bad],
        )
    return changed


def bad_rows(connection: Connection, limit: int) -> list[tuple[str, str]]:
    """inner_id and reason of rows that could not be normalised."""
    c = raw_data.c
    rows = connection.execute(
        select(c.inner_id, c.process_problem)
        .where(c.is_processed.is_(False), c.process_problem.is_not(None))
        .order_by(c.id)
        .limit(limit)
    )
    return [(row.inner_id, row.process_problem) for row in rows]

"""What is asked of the cars' database without changing it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from core.cars.database import MIGRATIONS
from core.cars.storage.state import SyncState, read_state
from core.cars.tables import ACTIVE, load_pages, operations_log, processed_data, raw_data
from core.database.sql.engine import open_engine
from core.database.sql.failures import missing, told
from core.database.sql.place import Place


@dataclass(frozen=True, slots=True)
class Overview:
    """`operations` are the newest, newest first; sizes are in bytes."""

    state: SyncState
    listings: int
    active: int
    waiting: int
    bad: int
    normalized: int
    lost_pages: int
    size: int
    operations: Sequence[tuple[str, datetime, float, str, Any]]


@contextmanager
def reader(place: Place) -> Iterator[Connection]:
    """A connection that can change nothing. Raises a UserError, also where there
    are no tables yet."""
    with told(place):
        if place.file is not None and not place.file.exists():
            raise missing(place)
        engine = open_engine(place, reading=True)
        try:
            with engine.connect() as connection:
                MIGRATIONS.check(connection, place)
                yield connection
        finally:
            engine.dispose()


def overview(db: Connection) -> Overview:
    """Everything that `cars status` tells, at one moment."""
    c = raw_data.c
    count = func.count()
    by_status: dict[int, int] = {
        row[0]: row[1]
        for row in db.execute(select(c.active_status, count).group_by(c.active_status))
    }
    return Overview(
        state=read_state(db),
        listings=sum(by_status.values()),
        active=by_status.get(ACTIVE, 0),
        waiting=_count(db, select(count).where(c.is_processed.is_(False))),
        bad=_count(
            db,
            select(count).where(c.is_processed.is_(False), c.process_problem.is_not(None)),
        ),
        normalized=_count(db, select(count).select_from(processed_data)),
        lost_pages=_count(db, select(count).select_from(load_pages)),
        size=_size(db),
        operations=_operations(db),
    )


def _count(db: Connection, statement: Select[int]) -> int:
    return db.scalar(statement) or 0


def _size(db: Connection) -> int:
    if db.dialect.name == "postgresql":
        return _count(db, select(func.pg_database_size(func.current_database())))
    pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
    return int(pages) * int(db.exec_driver_sql("PRAGMA page_size").scalar_one())


def _operations(db: Connection) -> list[tuple[str, datetime, float, str, Any]]:
    c = operations_log.c
    rows = db.execute(
        select(c.operation_type, c.started_at, c.duration, c.status, c.details)
        .order_by(c.id.desc())
        .limit(5)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def contradictions(db: Connection) -> dict[str, int]:
    """What must never be, by its name, and how often it is."""
    raw, done = raw_data.c, processed_data.c
    both = raw_data.join(processed_data, raw.inner_id == done.inner_id)
    apart = processed_data.outerjoin(raw_data, raw.inner_id == done.inner_id)
    count = func.count()
    state = read_state(db)
    return {
        "processed without raw": _count(
            db, select(count).select_from(apart).where(raw.inner_id.is_(None))
        ),
        "status differs": _count(
            db,
            select(count)
            .select_from(both)
            .where(raw.is_processed, raw.active_status != done.active_status),
        ),
        "processed without columns": _count(
            db,
            select(count)
            .select_from(raw_data.outerjoin(processed_data, raw.inner_id == done.inner_id))
            .where(raw.is_processed, done.inner_id.is_(None)),
        ),
        "version ahead of the state": _count(
            db, select(count).select_from(processed_data).where(done.version > state.version)
        ),
        "changes ahead of the feed": _count(
            db,
            select(count)
            .select_from(raw_data)
            .where(raw.last_change_id >= (state.last_change_id or 0) + 1),
        ),
    }

"""Saves what can still be read of a damaged database into a new file.

Each table is read by its key from the front until something cannot be read, then from the back,
then the gap between is probed in ever smaller steps, so that one destroyed page costs its own rows
and no others. What then refers to something that was lost is repaired or left out, and every
kept count is counted anew. The damaged file is only read.

A file whose very first page is destroyed (the list of its tables) cannot be read this way.
"""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.storage.bulk import insert_columns
from core.storage.connect import open_reader, open_writer
from core.storage.copying import UNWATCHED, Cancelled, Watch, check_integrity
from core.storage.failures import storage_failure
from core.storage.salvage_sql import REPAIRS

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 2000

# In an order in which a row comes after what it refers to, the most precious ones early.
TABLES = (
    "meta",
    "runs",
    "clients",
    "projects",
    "phones",
    "project_phones",
    "forgotten_phones",
    "rejected_phones",
    "run_clients",
    "run_projects",
)

Key = tuple[Any, ...]
Row = tuple[Any, ...]


@dataclass(slots=True)
class Salvaged:
    """Rows saved by table, and the tables in which something could not be read."""

    rows: dict[str, int] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)


def salvage(damaged: Path, target: Path, watch: Watch = UNWATCHED) -> Salvaged:
    """Write a new, sound database `target` with all of `damaged` that can be read.

    Raises StorageFailure where `damaged` cannot even be opened (NOT_A_DATABASE, DAMAGED) or
    `target` cannot be written, and Cancelled. `target` appears only when it is complete.
    """
    temporary = target.with_name(target.name + ".part")
    saved = Salvaged()
    try:
        _remove(temporary)
        with (
            closing(open_reader(damaged, any_version=True)) as old,
            closing(open_writer(temporary)) as new,
        ):
            new.execute("PRAGMA foreign_keys = OFF")
            new.execute("PRAGMA journal_mode = DELETE")
            for number, table in enumerate(TABLES):
                if watch.cancelled():
                    raise Cancelled
                _save_table(old, new, table, saved, watch)
                watch.progress((number + 1) / (len(TABLES) + 2))
            new.execute("BEGIN")
            for repair in REPAIRS:
                new.execute(repair)
            new.execute("COMMIT")
        check_integrity(temporary, watch.part((len(TABLES) + 1) / (len(TABLES) + 2), 1.0))
        temporary.replace(target)
    except (sqlite3.Error, OSError) as error:
        raise storage_failure(error, target) from error
    finally:
        _remove(temporary)
    log.info("saved from %s: %s; damaged: %s", damaged.name, saved.rows, saved.damaged)
    return saved


def _remove(path: Path) -> None:
    for companion in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            path.with_name(path.name + companion).unlink(missing_ok=True)


def _save_table(
    old: sqlite3.Connection, new: sqlite3.Connection, table: str, saved: Salvaged, watch: Watch
) -> None:
    columns = _common_columns(old, new, table)
    reader = _TableReader(old, table, columns, _key_columns(new, table))
    insert = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)})"
    count = 0
    for rows in reader.batches():
        if watch.cancelled():
            raise Cancelled
        new.execute("BEGIN")
        count += insert_columns(new, insert, list(zip(*rows, strict=True)))
        new.execute("COMMIT")
    saved.rows[table] = count
    if reader.damaged:
        saved.damaged.append(table)


def _common_columns(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> list[str]:
    """Stored columns that both files have; an older file may lack some."""
    sql = "SELECT name FROM pragma_table_info(?)"
    theirs = {row[0] for row in old.execute(sql, (table,))}
    return [row[0] for row in new.execute(sql, (table,)) if row[0] in theirs]


def _key_columns(new: sqlite3.Connection, table: str) -> list[str]:
    sql = "SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk"
    return [row[0] for row in new.execute(sql, (table,))]


class _TableReader:
    """Reads a table around its damage, in batches."""

    def __init__(
        self, db: sqlite3.Connection, table: str, columns: Sequence[str], key: Sequence[str]
    ) -> None:
        self._db = db
        self._table = table
        self._columns = columns
        self._key = key
        self._key_places = [columns.index(name) for name in key if name in columns]
        self.damaged = False

    def batches(self) -> Iterator[list[Row]]:
        """Every readable row; rows at the edge of the damage may come twice."""
        if len(self._key_places) < len(self._key):
            return
        last: Key | None = None
        for rows in self._from(None, "ASC"):
            yield rows
            last = self._key_of(rows[-1])
        if not self.damaged:
            return
        first: Key | None = None
        for rows in self._from(None, "DESC", until=last):
            yield rows
            first = self._key_of(rows[-1])
        yield from self._gap(last, first)

    def _gap(self, after: Key | None, before: Key | None) -> Iterator[list[Row]]:
        """Between two unreadable places: begin anew at points in the middle."""
        low = after[0] if after else None
        high = before[0] if before else None
        if not isinstance(low, int) or not isinstance(high, int):
            return
        points = _middles(low, high)
        for point in points:
            start: Key = (point, *[-(2**63)] * (len(self._key) - 1))
            for order in ("ASC", "DESC"):
                for rows in self._from(start, order):
                    kept = [row for row in rows if low <= row[self._key_places[0]] <= high]
                    if not kept:
                        break
                    yield kept

    def _from(self, start: Key | None, order: str, until: Key | None = None) -> Iterator[list[Row]]:
        """Batches from `start` on, until the end, the damage, or a row at or below `until`."""
        sign = ">" if order == "ASC" else "<"
        size = ROWS_AT_ONCE
        while size:
            rows = self._read(start, sign, order, size)
            if rows is None:  # the damage lies within: nearer, with less at once
                self.damaged = True
                size //= 8
                continue
            if not rows:
                return
            yield rows
            start = self._key_of(rows[-1])
            if until is not None and start <= until:
                return

    def _read(self, start: Key | None, sign: str, order: str, size: int) -> list[Row] | None:
        key = ", ".join(self._key)
        where = f"WHERE ({key}) {sign} ({', '.join('?' * len(self._key))})" if start else ""
        by = ", ".join(f"{name} {order}" for name in self._key)
        sql = (
            f"SELECT {', '.join(self._columns)} FROM {self._table} {where}"  # noqa: S608
            f" ORDER BY {by} LIMIT {size}"
        )
        try:
            return self._db.execute(sql, start or ()).fetchall()
        except sqlite3.DatabaseError as error:
            log.debug("%s cannot be read after %r: %s", self._table, start, error)
            return None

    def _key_of(self, row: Row) -> Key:
        return tuple(row[place] for place in self._key_places)


def _middles(low: int, high: int, parts: int = 256) -> list[int]:
    """Points that divide the gap evenly; all of it where it is small."""
    step = max(1, (high - low) // parts)
    return list(range(low + step, high, step))

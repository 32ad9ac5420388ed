"""Saves what can still be read of a damaged database into a new file.

What quick mode remembers of projects is left out: the next run reads each of them whole, which
brings back what was lost. What refers to something that was lost is repaired or left out, and
every kept count is counted anew. The damaged file is only read.

A file whose list of tables (its first page) is destroyed cannot be read this way.
"""

import logging
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from core.database.failures import storage_failure
from core.leftovers import own_mark
from core.phones.storage.bulk import insert_columns
from core.phones.storage.connect import open_reader, open_writer
from core.phones.storage.copying import check_integrity, to_disk
from core.phones.storage.plausible import Plausible, decoded
from core.phones.storage.salvage_sql import REPAIRS
from core.phones.storage.torn_table import TornTable
from core.watch import UNWATCHED, Cancelled, Watch

log = logging.getLogger(__name__)

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
    "imports",
    "after_run_rules",
    "after_run_results",
    "number_regions",
    "number_operators",
    "number_ranges",
    "run_unreadable",
)
_SINCE = {"run_unreadable": 3}  # version; older files do not miss it


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
    temporary = target.with_name(f"{target.name}.{own_mark()}.part")
    saved = Salvaged()
    try:
        _remove(temporary)
        with (
            closing(open_reader(damaged, any_version=True, torn=True)) as old,
            closing(open_writer(temporary)) as new,
        ):
            old.text_factory = decoded
            new.execute("PRAGMA foreign_keys = OFF")
            # Nobody reads it before it is complete, so it need not survive anything until then.
            new.execute("PRAGMA journal_mode = MEMORY")
            new.execute("PRAGMA synchronous = OFF")
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
        to_disk(temporary)
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
    columns, key = _common_columns(old, new, table), _key_columns(new, table)
    if not {*key} <= {*columns}:  # its line in the list of tables is destroyed
        saved.rows[table] = 0
        if old.execute("PRAGMA user_version").fetchone()[0] < _SINCE.get(table, 1):
            return
        saved.damaged.append(table)
        return
    span = _span(new, table, key[0])
    reader = TornTable(old, table, columns, key, Plausible(new, table, columns), span)
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


def _span(new: sqlite3.Connection, table: str, column: str) -> tuple[int, int] | None:
    """Between which values, exclusive, `column` is: what it refers to is saved already."""
    referred = new.execute(
        'SELECT "table", "to" FROM pragma_foreign_key_list(?) WHERE "from" = ?', (table, column)
    ).fetchone()
    if referred is None:
        return None
    to, key = referred
    lowest, highest = new.execute(f"SELECT min({key}), max({key}) FROM {to}").fetchone()  # noqa: S608 - our names
    return None if lowest is None else (lowest - 1, highest + 1)

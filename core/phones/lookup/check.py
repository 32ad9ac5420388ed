"""Reads a list and asks the database about each of its numbers.

    with check_list(database, source, column, has_heading) as checked:
        checked.counts, checked.page(...)

A million rows take some twenty seconds and flat memory: rows and answers stand in a file
without a name, which the system takes back when it is closed, whatever happens to the process.
"""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from core.database.failures import StorageProblem, storage_failure
from core.phones.lookup import scratch as sql
from core.phones.lookup.columns import ListColumns, cells
from core.phones.lookup.found import found_in
from core.phones.numbers.outcome import Accept
from core.phones.storage.connect import open_scratch
from core.phones.storage.forgotten import Forgotten, load_forgotten
from core.phones.storage.reader import STEPS_BETWEEN_CHECKS
from core.tables.reading.list_file import ListSource
from core.watch import UNWATCHED, Cancelled, Watch

log = logging.getLogger(__name__)

NUMBERS_AT_ONCE = 20_000
ROWS_AT_ONCE = 50_000
LINKS_AT_ONCE = 200_000
_PROBES_AT_ONCE = 200_000
# How much of the whole each step takes, where a million rows meet a million numbers.
_READ, _GATHERED, _ASKED, _SEEN = 0.45, 0.55, 0.7, 0.85


class State(StrEnum):
    """What a row of the list is."""

    KNOWN = "known"
    NEW = "new"
    NO_NUMBER = "no_number"
    ERASED = "erased"
    """Erased on request (`forget`): never stored again, and better not called."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of the list are what. `rows` = known + new + no_number + erased; `distinct`
    numbers stand in them, and `repeated` rows hold one that stood before."""

    rows: int = 0
    known: int = 0
    new: int = 0
    no_number: int = 0
    erased: int = 0
    repeated: int = 0
    distinct: int = 0


@dataclass(slots=True)
class CheckedList:
    """The answer. Holds the scratch file and reads the database; one thread at a time."""

    columns: ListColumns
    column: int
    counts: Counts
    connection: sqlite3.Connection = field(repr=False)
    database: Path
    has_registry: bool = False

    def close(self) -> None:
        """Give the scratch file back."""
        with suppress(sqlite3.Error):
            self.connection.close()


@contextmanager
def checked(
    database: Path,
    source: ListSource,
    columns: ListColumns,
    column: int,
    accept: Accept = Accept.VALID,
    watch: Watch = UNWATCHED,
) -> Iterator[CheckedList]:
    """`check_list` for the length of a `with` block."""
    with closing(check_list(database, source, columns, column, accept, watch)) as answer:
        yield answer


def check_list(
    database: Path,
    source: ListSource,
    columns: ListColumns,
    column: int,
    accept: Accept = Accept.VALID,
    watch: Watch = UNWATCHED,
) -> CheckedList:
    """Compare the list with the database, which is only read. Close the answer when done.

    Raises ListUnreadable, StorageFailure of the database, and Cancelled where `watch` ends it.
    """
    db = open_scratch(database)
    db.set_progress_handler(watch.cancelled, STEPS_BETWEEN_CHECKS)
    try:
        for statement in (part for part in sql.TABLES.split(";\n") if part.strip()):
            db.execute(statement)
        forgotten = _forgotten(db)
        db.execute("BEGIN")
        _read(db, source, columns, column, accept, watch.part(0.0, _READ))
        db.execute("COMMIT")
        db.execute(sql.GATHER)
        db.execute(sql.INDEX_NUMBERS)
        watch.progress(_GATHERED)
        _ask(db, forgotten, watch.part(_GATHERED, _ASKED))
        _see_projects(db, watch.part(_ASKED, _SEEN))
        _judge(db, watch.part(_SEEN, 1.0))
        counts = _count(db)
    except BaseException as error:
        db.close()
        if isinstance(error, sqlite3.Error):
            failure = storage_failure(error, database)
            if failure.problem is StorageProblem.INTERRUPTED:
                raise Cancelled from None
            raise failure from error
        raise
    db.set_progress_handler(None, 0)
    has_registry = _has_registry(db)
    watch.progress(1.0)
    log.info("a list was checked: %s", counts)
    return CheckedList(columns, column, counts, db, database, has_registry)


def _forgotten(db: sqlite3.Connection) -> Forgotten:
    # The tables of `base` answer to their bare names, being the only ones of these names.
    return load_forgotten(db)


def _read(
    db: sqlite3.Connection,
    source: ListSource,
    columns: ListColumns,
    column: int,
    accept: Accept,
    watch: Watch,
) -> None:
    skip = columns.has_heading
    line = 1 if skip else 0  # as the spreadsheet counts its rows
    for batch in source.batches():
        rows = batch[1:] if skip else batch
        skip = False
        whole = [_joined(row) for row in rows]
        db.executemany(
            "INSERT INTO list_rows (line, cells, phone, reason) VALUES (?, ?, ?, ?)",
            [
                (line + 1 + place, whole[place], phone, reason)
                for place, phone, reason, _text in found_in(cells(rows, column), accept)
            ],
        )
        line += len(rows)
        _look(watch, source.done)


def _joined(row: Sequence[str]) -> str:
    """A row as one text; a cell that holds the sign between cells loses it."""
    whole = sql.BETWEEN_CELLS.join(row)
    if whole.count(sql.BETWEEN_CELLS) != len(row) - 1:
        whole = sql.BETWEEN_CELLS.join(cell.replace(sql.BETWEEN_CELLS, " ") for cell in row)
    return whole


def _ask(db: sqlite3.Connection, forgotten: Forgotten, watch: Watch) -> None:
    """Which numbers are known, and which were erased."""
    last = _number(db, "SELECT max(id) FROM numbers")
    for first in range(1, last + 1, NUMBERS_AT_ONCE):
        part = (first, first + NUMBERS_AT_ONCE - 1)
        db.execute(sql.ASK_BASE, part)
        if forgotten:
            new = db.execute(
                "SELECT phone, id FROM numbers WHERE id BETWEEN ? AND ? AND state = 'new'", part
            ).fetchall()
            db.executemany(
                "UPDATE numbers SET state = 'erased' WHERE id = ?",
                [(number,) for phone, number in new if phone in forgotten],
            )
        _look(watch, min(1.0, part[1] / last))


def _see_projects(db: sqlite3.Connection, watch: Watch) -> None:
    """The projects of the numbers that are in several: the cheaper of the two ways to them."""
    several = _number(db, sql.IN_SEVERAL)
    if not several:
        return
    db.execute(sql.INDEX_SEVERAL)
    projects = _number(db, "SELECT value FROM base.totals WHERE name = 'projects'")
    links = _number(db, "SELECT value FROM base.totals WHERE name = 'links'")
    if several * projects < links:
        _probe(db, max(1, _PROBES_AT_ONCE // max(1, projects)), watch)
    else:
        _read_links(db, max(1, links), watch)


def _probe(db: sqlite3.Connection, at_once: int, watch: Watch) -> None:
    after, seen = 0, 0
    while True:
        ids = db.execute(
            "SELECT phone_id FROM numbers WHERE projects > 1 AND phone_id > ?"
            " ORDER BY phone_id LIMIT ?",
            (after, at_once),
        ).fetchall()
        if not ids:
            return
        db.execute(sql.PROBE_PROJECTS, (after, ids[-1][0]))
        after = ids[-1][0]
        seen += len(ids)
        _look(watch, 0.0)


def _read_links(db: sqlite3.Connection, links: int, watch: Watch) -> None:
    held, seen, first = 0, 0, None
    # All at once: a number of projects, not of phones.
    projects = db.execute("SELECT id, phones FROM base.projects ORDER BY id").fetchall()
    for place, (project, phones) in enumerate(projects):
        first = project if first is None else first
        held += phones
        if held >= LINKS_AT_ONCE or place == len(projects) - 1:
            db.execute(sql.READ_LINKS, (first, project))
            seen += held
            held, first = 0, None
            _look(watch, min(1.0, seen / links))


def _judge(db: sqlite3.Connection, watch: Watch) -> None:
    last = _number(db, "SELECT max(id) FROM list_rows")
    db.execute("BEGIN")
    for first in range(1, last + 1, ROWS_AT_ONCE):
        db.execute(sql.JUDGE_ROWS, (first, first + ROWS_AT_ONCE - 1))
        _look(watch, min(1.0, first / last))
    for statement in sql.INDEX_ROWS.strip().splitlines():
        db.execute(statement)
    db.execute("COMMIT")


def _count(db: sqlite3.Connection) -> Counts:
    states = dict(db.execute(sql.COUNT_STATES).fetchall())
    return Counts(
        rows=sum(states.values()),
        known=states.get(State.KNOWN, 0),
        new=states.get(State.NEW, 0),
        no_number=states.get(State.NO_NUMBER, 0),
        erased=states.get(State.ERASED, 0),
        repeated=_number(db, sql.COUNT_REPEATED),
        distinct=_number(db, sql.COUNT_DISTINCT),
    )


def _has_registry(db: sqlite3.Connection) -> bool:
    """Whether a registry of number ranges is loaded; an older file has no room for one."""
    table = db.execute("SELECT 1 FROM base.sqlite_schema WHERE name = 'number_ranges'").fetchone()
    return bool(table and db.execute("SELECT 1 FROM base.number_ranges LIMIT 1").fetchone())


def _number(db: sqlite3.Connection, query: str) -> int:
    row = db.execute(query).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _look(watch: Watch, done: float) -> None:
    if watch.cancelled():
        raise Cancelled
    watch.progress(done)

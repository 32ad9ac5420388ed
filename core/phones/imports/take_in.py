"""An older base, taken in: its numbers are known before the first run.

Numbers get `first_run_id` -1 for import 1 and so on, and a row of `runs` with that id, because
every phone names the run that first saw it. They stand in no project until a run sees them there.
One transaction: a number of it is stored, or none.
"""

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.database.failures import StorageProblem, storage_failure
from core.phones.imports.dates import ImportColumns, dates_of
from core.phones.lookup.columns import ListColumns, cells
from core.phones.lookup.found import found_in
from core.phones.numbers.outcome import Accept
from core.phones.storage.connect import open_writer
from core.phones.storage.forgotten import load_forgotten
from core.phones.storage.number_counts import count_further
from core.phones.storage.pages import add_to_totals
from core.phones.storage.reader import STEPS_BETWEEN_CHECKS
from core.phones.storage.run_store import iso
from core.tables.reading.list_file import ListSource
from core.watch import UNWATCHED, Cancelled, Watch

log = logging.getLogger(__name__)

_READ, _STORED = 0.6, 0.95  # how much of the whole each step takes
NUMBERS_AT_ONCE = 20_000

_INCOMING = """
CREATE TEMP TABLE incoming (phone TEXT NOT NULL, seen INTEGER NOT NULL, raw TEXT)
"""
_DISTINCT = """
CREATE TEMP TABLE coming AS
SELECT phone, min(seen) AS seen, raw, count(*) AS times FROM incoming GROUP BY phone ORDER BY phone
"""
_FIND_KNOWN = """
DELETE FROM coming WHERE rowid BETWEEN ? AND ?
    AND EXISTS (SELECT 1 FROM phones p WHERE p.phone = coming.phone)
"""
_STORE = """
INSERT INTO phones (phone, first_seen, last_seen, first_run_id, last_run_id, projects,
    first_project_id, raw)
SELECT phone, seen, seen, :run, :run, 0, 0, raw FROM coming
WHERE rowid BETWEEN :first AND :last ORDER BY rowid
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows of a list; one that holds several numbers counts for each.

    `rows` = added + known + repeated + rejected + erased.
    """

    id: int
    rows: int
    added: int
    known: int
    repeated: int
    rejected: int
    erased: int


def take_in(
    database: Path,
    source: ListSource,
    name: str,
    columns: ListColumns,
    chosen: ImportColumns,
    now: datetime,
    accept: Accept = Accept.VALID,
    watch: Watch = UNWATCHED,
) -> Imported:
    """Store the numbers of a list that are not stored yet; `name` is what the list is called.

    A number without a date counts as seen `now`; of several dates the earliest counts. Numbers
    that are stored already stay as they are, erased ones stay erased. The caller holds the
    database alone (core.phones.storage.exclusive). Raises ListUnreadable, StorageFailure and
    Cancelled; then nothing was stored.
    """
    try:
        with closing(open_writer(database)) as db:
            db.execute("PRAGMA temp_store = FILE")
            db.set_progress_handler(watch.cancelled, STEPS_BETWEEN_CHECKS)
            db.execute("BEGIN IMMEDIATE")
            try:
                done = _TakingIn(db, now, watch).take(source, name, columns, chosen, accept)
                db.set_progress_handler(None, 0)
                db.execute("COMMIT")
            except BaseException:
                db.set_progress_handler(None, 0)
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                raise
    except sqlite3.Error as error:
        failure = storage_failure(error, database)
        if failure.problem is StorageProblem.INTERRUPTED:
            raise Cancelled from None
        raise failure from error
    watch.progress(1.0)
    log.info("a list was taken in: %s", done)
    return done


class _TakingIn:
    def __init__(self, db: sqlite3.Connection, now: datetime, watch: Watch) -> None:
        self._db = db
        self._now = now
        self._watch = watch

    def take(
        self,
        source: ListSource,
        name: str,
        columns: ListColumns,
        chosen: ImportColumns,
        accept: Accept,
    ) -> Imported:
        db = self._db
        db.execute(_INCOMING)
        rows, rejected = self._read(source, columns, chosen, accept)
        db.execute(_DISTINCT)
        db.execute("DROP TABLE incoming")
        distinct = _number(db, "SELECT count(*) FROM coming")
        repeated = rows - rejected - distinct
        erased = self._leave_out_erased()
        known = self._leave_out_known(distinct)
        number = self._number_of_import()
        added = self._store(-number, distinct)
        done = Imported(number, rows, added, known, repeated, rejected, erased)
        self._record(name, done)
        add_to_totals(db, phones=added)
        count_further(db)
        db.execute("DROP TABLE coming")
        return done

    def _read(
        self, source: ListSource, columns: ListColumns, chosen: ImportColumns, accept: Accept
    ) -> tuple[int, int]:
        """Numbers and cells without one, and how many were without."""
        count = rejected = 0
        skip = columns.has_heading
        now = int(self._now.timestamp())
        for batch in source.batches():
            rows = batch[1:] if skip else batch
            skip = False
            entries = list(found_in(cells(rows, chosen.phone), accept))
            dates = dates_of(rows, chosen.date)
            found = [
                (
                    entry.phone,
                    min(dates[entry.place] or now, now),
                    None if entry.text == entry.phone[1:] else entry.text,
                )
                for entry in entries
                if entry.phone is not None
            ]
            self._db.executemany("INSERT INTO incoming VALUES (?, ?, ?)", found)
            count += len(entries)
            rejected += len(entries) - len(found)
            self._look(_READ * source.done)
        return count, rejected

    def _leave_out_erased(self) -> int:
        forgotten = load_forgotten(self._db)
        if not forgotten:
            return 0
        erased: list[Sequence[int]] = []
        after = 0
        while rows := self._db.execute(
            "SELECT rowid, phone FROM coming WHERE rowid > ? ORDER BY rowid LIMIT ?",
            (after, NUMBERS_AT_ONCE),
        ).fetchall():
            after = rows[-1][0]
            erased += [(number,) for number, phone in rows if phone in forgotten]
            self._look(_READ)
        self._db.executemany("DELETE FROM coming WHERE rowid = ?", erased)
        return len(erased)

    def _leave_out_known(self, distinct: int) -> int:
        known = 0
        for first in range(1, distinct + 1, NUMBERS_AT_ONCE):
            part = (first, first + NUMBERS_AT_ONCE - 1)
            known += self._db.execute(_FIND_KNOWN, part).rowcount
            self._look(_READ)
        return known

    def _number_of_import(self) -> int:
        return _number(self._db, "SELECT seq FROM sqlite_sequence WHERE name = 'imports'") + 1

    def _store(self, run: int, distinct: int) -> int:
        moment = iso(self._now)
        self._db.execute(
            "INSERT INTO runs (id, started_at, completed_at, status, request) SELECT ?, ?, ?,"
            " 'completed', json_object('after_run', coalesce(max(id), 0)) FROM runs",
            (run, moment, moment),
        )
        before = _number(self._db, "SELECT seq FROM sqlite_sequence WHERE name = 'phones'")
        added = 0
        for first in range(1, distinct + 1, NUMBERS_AT_ONCE):
            values = {"run": run, "first": first, "last": first + NUMBERS_AT_ONCE - 1}
            added += self._db.execute(_STORE, values).rowcount
            self._look(_READ + (_STORED - _READ) * min(1.0, first / distinct))
        if added:
            self._db.execute(
                "INSERT INTO run_phone_ranges VALUES (?, ?, ?)", (run, before + 1, before + added)
            )
        return added

    def _record(self, name: str, done: Imported) -> None:
        self._db.execute(
            "INSERT INTO imports"
            " (name, imported_at, rows, added, known, repeated, rejected, erased)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                name, iso(self._now), done.rows, done.added, done.known, done.repeated,
                done.rejected, done.erased,
            ),
        )  # fmt: skip
        self._db.execute(
            "UPDATE runs SET received = ?, total_phones = ?, new_phones = ?, known = ?,"
            " repeated = ?, rejected = ?,"
            " phones_after = ? + (SELECT value FROM totals WHERE name = 'phones') WHERE id = ?",
            (
                done.rows, done.rows - done.rejected - done.erased, done.added, done.known,
                done.repeated, done.rejected + done.erased, done.added, -done.id,
            ),
        )  # fmt: skip

    def _look(self, done: float) -> None:
        if self._watch.cancelled():
            raise Cancelled
        self._watch.progress(done)


def _number(db: sqlite3.Connection, query: str) -> int:
    row = db.execute(query).fetchone()
    return int(row[0]) if row and row[0] is not None else 0

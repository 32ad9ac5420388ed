"""An import, let go again: as if it had never been.

What only the import knew is deleted. What a run has seen since is counted there as new, where it
was counted as known.
"""

import logging
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.database.failures import storage_failure
from core.errors import UsageError
from core.i18n import _
from core.phones.storage.connect import open_writer
from core.phones.storage.migrations import statements
from core.phones.storage.number_counts import count_all
from core.phones.storage.pages import add_to_totals
from core.phones.storage.run_store import iso

log = logging.getLogger(__name__)

# A phone's first project is where a run first saw it, so the link to it names that run. Of the
# moment only this is known: the run saw it last then, or began then.
_SEEN_BY_RUNS = """
CREATE TEMP TABLE seen_by_runs AS
SELECT p.id AS phone_id, l.run_id AS run_id, l.project_id AS project_id,
    CASE WHEN p.last_run_id = l.run_id THEN p.last_seen
         ELSE CAST(strftime('%s', r.started_at) AS INTEGER) END AS seen
FROM run_phone_ranges g
JOIN phones p ON p.id BETWEEN g.first_id AND g.last_id AND p.projects > 0
JOIN project_phones l ON l.project_id = p.first_project_id AND l.phone_id = p.id
JOIN runs r ON r.id = l.run_id
WHERE g.run_id = ?
"""
_DELETE_UNSEEN = """
DELETE FROM phones WHERE first_run_id = :run AND projects = 0
    AND id BETWEEN (SELECT min(first_id) FROM run_phone_ranges WHERE run_id = :run)
               AND (SELECT max(last_id) FROM run_phone_ranges WHERE run_id = :run)
"""
_TAKE_BACK = """
-- The others belong to the run that saw them first; how they were written there is not known.
UPDATE phones SET first_run_id = s.run_id, first_seen = s.seen, raw = NULL
    FROM seen_by_runs s WHERE s.phone_id = phones.id;
DELETE FROM run_phone_ranges WHERE run_id = :run;
INSERT INTO run_phone_ranges SELECT run_id, min(phone_id), max(phone_id) FROM (
    SELECT run_id, phone_id,
        phone_id - row_number() OVER (PARTITION BY run_id ORDER BY phone_id) AS island
    FROM seen_by_runs) GROUP BY run_id, island;
UPDATE run_projects SET new_phones = new_phones + n.phones, known = known - n.phones
    FROM (SELECT run_id, project_id, count(*) AS phones FROM seen_by_runs GROUP BY 1, 2) n
    WHERE n.run_id = run_projects.run_id AND n.project_id = run_projects.project_id;
UPDATE runs SET new_phones = new_phones + n.phones, known = known - n.phones
    FROM (SELECT run_id, count(*) AS phones FROM seen_by_runs GROUP BY 1) n
    WHERE n.run_id = runs.id;
-- At the end of each run since there were fewer: without those that none had seen until then.
UPDATE runs SET phones_after = phones_after - :imported
        + (SELECT count(*) FROM seen_by_runs s WHERE s.run_id <= runs.id)
    WHERE id > 0 AND EXISTS (SELECT 1 FROM runs i WHERE i.id = :run AND
        (runs.id > json_extract(i.request, '$.after_run') OR runs.completed_at > i.started_at));
DELETE FROM runs WHERE id = :run;
DROP TABLE seen_by_runs;
"""


@dataclass(frozen=True, slots=True)
class Undone:
    """`deleted` numbers are gone; `kept` were seen by runs since and stay, as found by these."""

    deleted: int
    kept: int


def undo_import(database: Path, number: int, now: datetime) -> Undone:
    """Take import `number` back, in one transaction.

    The caller holds the database alone (core.phones.storage.exclusive). Raises UsageError where
    there is no such import any more, and StorageFailure; then nothing was changed.
    """
    try:
        with closing(open_writer(database)) as db:
            db.execute("PRAGMA temp_store = FILE")
            # A link is found by its project: for each phone that goes SQLite would read them all
            # to make sure that none names it. Those that go stand in no project.
            db.execute("PRAGMA foreign_keys = OFF")
            db.execute("BEGIN IMMEDIATE")
            try:
                undone = _undo(db, number, now)
                db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                raise
    except sqlite3.Error as error:
        raise storage_failure(error, database) from error
    log.info("import %d was undone: %s", number, undone)
    return undone


def _undo(db: sqlite3.Connection, number: int, now: datetime) -> Undone:
    found = db.execute(
        "SELECT 1 FROM imports WHERE id = ? AND undone_at IS NULL", (number,)
    ).fetchone()
    if found is None:
        raise UsageError(
            _("There is no import {number} that could be undone.").format(number=number),
            _("The imports there are: import --list"),
        )
    run = -number
    imported = db.execute("SELECT new_phones FROM runs WHERE id = ?", (run,)).fetchone()[0]
    db.execute(_SEEN_BY_RUNS, (run,))
    kept = db.execute("SELECT count(*) FROM seen_by_runs").fetchone()[0]
    values = {"run": run, "imported": imported}
    deleted = db.execute(_DELETE_UNSEEN, values).rowcount
    for statement in statements(_TAKE_BACK):
        db.execute(statement, values)
    add_to_totals(db, phones=-deleted)
    if db.execute("SELECT 1 FROM number_ranges LIMIT 1").fetchone():
        count_all(db)
    db.execute("UPDATE imports SET undone_at = ? WHERE id = ?", (iso(now), number))
    return Undone(deleted, kept)

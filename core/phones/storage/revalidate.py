"""Tries rejected numbers again: 'valid' depends on the release of the numbering metadata.

What validates now becomes a phone with its links, as if it had validated when its record was
read: it counts as found by the run that first saw it, and no longer as rejected there. The
runs in between keep what they counted, because which of them saw it is not known.
"""

import json
import logging
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from core.database.failures import storage_failure
from core.phones.numbers.normalize import Part, normalize, numbers_in
from core.phones.numbers.outcome import Accept, Rejection
from core.phones.storage.connect import open_writer
from core.phones.storage.forgotten import load_forgotten
from core.phones.storage.pages import add_to_totals
from core.watch import UNWATCHED, Cancelled, Watch

log = logging.getLogger(__name__)

RECORDS_A_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Revalidated:
    """How many rejected records were tried, how many of them validate now, and what came of it."""

    tried: int = 0
    accepted: int = 0
    new_phones: int = 0
    new_links: int = 0

    def __add__(self, other: "Revalidated") -> "Revalidated":
        return Revalidated(
            self.tried + other.tried,
            self.accepted + other.accepted,
            self.new_phones + other.new_phones,
            self.new_links + other.new_links,
        )


@dataclass(frozen=True, slots=True)
class _Record:
    """A rejected record that validates now."""

    project: int
    raw: str
    first_run: int
    last_run: int
    created: str | None
    parts: Sequence[Part]
    """Its numbers: mostly one, several where the field held several."""


def revalidate(database: Path, accept: Accept, watch: Watch = UNWATCHED) -> Revalidated:
    """Try every rejected record again.

    The caller holds the database alone (`exclusive`). Works in batches, each in one transaction:
    ended at any moment, whatever was done stays done and the next call does the rest.
    Raises StorageFailure and, where the watcher cancels,
    core.phones.storage.copying.Cancelled.
    """
    try:
        with closing(open_writer(database)) as db:
            tried, found = _find_valid(db, accept, watch)
            done = Revalidated(tried)
            # The oldest run first: a phone belongs to the run that first saw it, in whichever
            # project that was.
            while records := _next_valid(db):
                if watch.cancelled():
                    raise Cancelled
                done += _accept_batch(db, records)
                watch.progress(min(1.0, 0.5 + 0.5 * done.accepted / found))
    except sqlite3.Error as error:
        raise storage_failure(error, database) from error
    log.info("rejected numbers tried again: %s", done)
    return done


_VALID_NOW = """
CREATE TEMP TABLE valid_now (
    first_run_id INTEGER, project_id INTEGER, raw TEXT, parts TEXT,
    PRIMARY KEY (first_run_id, project_id, raw)
) WITHOUT ROWID
"""


def _find_valid(db: sqlite3.Connection, accept: Accept, watch: Watch) -> tuple[int, int]:
    """Note which rejected records validate now; returns how many there are, and of these."""
    db.execute(_VALID_NOW)
    total: int = db.execute("SELECT value FROM totals WHERE name = 'rejected'").fetchone()[0]
    forgotten = load_forgotten(db)
    tried = found = 0
    after: tuple[int, str] = (-(2**63), "")
    while rows := _next(db, after):
        if watch.cancelled():
            raise Cancelled
        after = (rows[-1][0], rows[-1][1])
        valid = [
            (run, project, raw, json.dumps(parts))
            for project, raw, run in rows
            if (parts := _parts(raw, accept)) and not any(p.phone in forgotten for p in parts)
        ]
        db.executemany("INSERT INTO valid_now VALUES (?, ?, ?, ?)", valid)
        tried, found = tried + len(rows), found + len(valid)
        watch.progress(min(0.5, 0.5 * tried / max(1, total)))
    return tried, found


def _parts(raw: str, accept: Accept) -> Sequence[Part]:
    """The numbers of a rejected field that are valid now."""
    phone, rejection = normalize(raw, accept)
    if phone is not None:
        return [Part(phone, raw)]
    return numbers_in(raw, accept) if rejection is Rejection.SEVERAL_NUMBERS else ()


def _next(db: sqlite3.Connection, after: tuple[int, str]) -> list[tuple[int, str, int]]:
    return db.execute(
        "SELECT project_id, raw, first_run_id FROM rejected_phones"
        " WHERE (project_id, raw) > (?, ?) AND reason <> 'not_a_record'"
        " ORDER BY project_id, raw LIMIT ?",
        (*after, RECORDS_A_BATCH),
    ).fetchall()


def _next_valid(db: sqlite3.Connection) -> list[_Record]:
    """The first of those that are noted; accepting one takes it out."""
    rows = db.execute(
        "SELECT v.project_id, v.raw, r.first_run_id, r.last_run_id, r.created_at_api, v.parts"
        " FROM valid_now v CROSS JOIN rejected_phones r USING (project_id, raw)"
        " ORDER BY v.first_run_id, v.project_id, v.raw LIMIT ?",
        (RECORDS_A_BATCH,),
    )
    return [
        _Record(project, raw, first, last, created, [Part(*part) for part in json.loads(parts)])
        for project, raw, first, last, created, parts in rows.fetchall()
    ]


def _accept_batch(db: sqlite3.Connection, records: Sequence[_Record]) -> Revalidated:
    stored = Revalidated()
    db.execute("BEGIN IMMEDIATE")
    try:
        # By run, so that the phones of each get ids side by side (run_phone_ranges).
        for run, of_run in groupby(records, key=attrgetter("first_run")):
            stored += _accept(db, run, list(of_run))
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise
    return stored


def _accept(db: sqlite3.Connection, run: int, records: Sequence[_Record]) -> Revalidated:
    """Turn records that run `run` was the first to see from rejected ones into links."""
    fates = Counter[tuple[int, str]]()  # (project, counter of run_projects) -> records
    links = Counter[int]()
    tried = Counter[int]()
    for record in records:
        tried[record.project] += 1
        for part in record.parts:
            phone, fate = _phone(db, run, record, part)
            fates[record.project, fate] += 1
            if _link(db, phone, record):
                links[record.project] += 1
        db.execute(
            "DELETE FROM rejected_phones WHERE project_id = ? AND raw = ?",
            (record.project, record.raw),
        )
        db.execute(
            "DELETE FROM valid_now WHERE first_run_id = ? AND project_id = ? AND raw = ?",
            (run, record.project, record.raw),
        )
    _correct_counters(db, run, fates, links, tried)
    new = sum(count for (_, fate), count in fates.items() if fate == "new_phones")
    add_to_totals(db, phones=new, links=links.total(), rejected=-len(records))
    return Revalidated(0, len(records), new, links.total())


def _phone(db: sqlite3.Connection, run: int, record: _Record, part: Part) -> tuple[int, str]:
    """Id of the record's phone, made where it is new, and what the record was in its run."""
    found = db.execute(
        "SELECT id, first_run_id FROM phones WHERE phone = ?", (part.phone,)
    ).fetchone()
    if found is not None:
        phone, first_run = found
        db.execute(
            "UPDATE phones SET last_run_id = max(last_run_id, :last), last_seen = max(last_seen,"
            " (SELECT CAST(strftime('%s', started_at) AS INTEGER) FROM runs WHERE id = :last))"
            " WHERE id = :phone",
            {"last": record.last_run, "phone": phone},
        )
        return phone, "known" if first_run < run else "repeated"
    cursor = db.execute(
        "INSERT INTO phones (phone, first_seen, last_seen, first_run_id, last_run_id, projects,"
        " first_project_id, raw)"
        " SELECT :phone, CAST(strftime('%s', f.started_at) AS INTEGER),"
        " CAST(strftime('%s', l.started_at) AS INTEGER), :first, :last, 0, :project,"
        " nullif(:raw, substr(:phone, 2)) FROM runs f, runs l WHERE f.id = :first AND l.id = :last",
        {
            "phone": part.phone,
            "first": run,
            "last": record.last_run,
            "project": record.project,
            "raw": part.text,
        },
    )
    phone = int(cursor.lastrowid or 0)
    _add_to_range(db, run, phone)
    return phone, "new_phones"


def _add_to_range(db: sqlite3.Connection, run: int, phone: int) -> None:
    extended = db.execute(
        "UPDATE run_phone_ranges SET last_id = ? WHERE run_id = ? AND last_id = ?",
        (phone, run, phone - 1),
    )
    if extended.rowcount == 0:
        db.execute("INSERT INTO run_phone_ranges VALUES (?, ?, ?)", (run, phone, phone))


def _link(db: sqlite3.Connection, phone: int, record: _Record) -> bool:
    """Link the phone with the record's project; False where it was linked already."""
    made = db.execute(
        "INSERT INTO project_phones (project_id, phone_id, run_id, last_run_id, created)"
        " VALUES (:project, :phone, :first, :last,"
        " CASE WHEN strftime('%Y-%m-%d %H:%M:%S', :created) = :created"
        "     THEN CAST(strftime('%s', :created) AS INTEGER) ELSE :created END)"
        " ON CONFLICT DO NOTHING",
        {
            "project": record.project,
            "phone": phone,
            "first": record.first_run,
            "last": record.last_run,
            "created": record.created,
        },
    )
    if made.rowcount == 0:
        return False
    db.execute(
        "UPDATE phones SET projects = projects + 1, first_project_id ="
        " CASE first_project_id WHEN 0 THEN ? ELSE first_project_id END WHERE id = ?",
        (record.project, phone),
    )
    db.execute("UPDATE projects SET phones = phones + 1 WHERE id = ?", (record.project,))
    db.execute(
        "INSERT INTO link_days (day, links)"
        " SELECT date(created, 'unixepoch'), 1 FROM project_phones"
        " WHERE project_id = ? AND phone_id = ? AND typeof(created) = 'integer'"
        " ON CONFLICT (day) DO UPDATE SET links = links + 1",
        (record.project, phone),
    )
    return True


def _correct_counters(
    db: sqlite3.Connection,
    run: int,
    fates: Counter[tuple[int, str]],
    links: Counter[int],
    tried: Counter[int],
) -> None:
    """Count in the run and its projects what was rejected as what it would have been."""
    for (project, fate), count in fates.items():
        for table, where in (("runs", "id = :run"), ("run_projects", "run_id = :run AND " + _OF)):
            db.execute(
                f"UPDATE {table} SET {fate} = {fate} + :count,"  # noqa: S608 - our own names
                f" received = received + :count WHERE {where}",
                {"run": run, "project": project, "count": count},
            )
    for project, count in tried.items():
        for table, where in (("runs", "id = :run"), ("run_projects", "run_id = :run AND " + _OF)):
            db.execute(
                f"UPDATE {table} SET received = received - :count,"  # noqa: S608 - our own names
                f" rejected = rejected - :count WHERE {where}",
                {"run": run, "project": project, "count": count},
            )
    for project, count in links.items():
        db.execute(
            "UPDATE run_projects SET new_links = new_links + ? WHERE run_id = ? AND project_id = ?",
            (count, run, project),
        )
    new = sum(count for (_, fate), count in fates.items() if fate == "new_phones")
    db.execute(
        "UPDATE runs SET total_phones = total_phones + ?, new_links = new_links + ? WHERE id = ?",
        (fates.total(), links.total(), run),
    )
    db.execute("UPDATE runs SET phones_after = phones_after + ? WHERE id >= ?", (new, run))


_OF = "project_id = :project"

"""Erases a phone number from every table, for good, and from later runs.

Every count that the window shows is corrected in the transaction that erases. In the run that
found the phone it counts as rejected from now on instead of new, so that what all runs found still
adds up to what is there. Other records of it in past runs stay counted as they were: those are
numbers of records, and tell nothing of one phone.
"""

import logging
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from unicodedata import decimal

from core.database.failures import storage_failure
from core.phones.storage.connect import open_writer
from core.phones.storage.forgotten import identities, identity, remember_forgotten
from core.phones.storage.number_counts import uncount
from core.phones.storage.pages import add_to_totals
from core.phones.storage.run_store import iso

log = logging.getLogger(__name__)

_REJECTED_AT_ONCE = 5000
_TAIL = 6  # digits
_SHORTEST = 5  # digits: shorter ones are services of a town, never a person's


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: the phone itself or not, its links, its rejected records.

    `traceless` is False where remains may still lie in unused parts of the file, because
    another program was reading it: erasing again when that is closed removes them.
    """

    phone: bool
    links: int
    rejected: int
    traceless: bool

    @property
    def anything(self) -> bool:
        return self.phone or self.rejected > 0


def is_number(text: str) -> bool:
    """Whether `text` can be meant as a phone number: a slip must not erase something else."""
    return len(_digits(text)) >= _SHORTEST


def forget(database: Path, number: str, now: datetime) -> Erased:
    """Erase `number`, however it is written, and keep it out of all later runs.

    The caller holds the database alone (core.phones.storage.exclusive). Takes milliseconds; where
    remains of the number are found in unused parts of the file, the whole file is rewritten.
    Raises StorageFailure; then nothing was erased.
    """
    phone = identity(number)
    try:
        with closing(open_writer(database)) as db:
            # What is deleted is overwritten with zeros, not only marked as free.
            db.execute("PRAGMA secure_delete = ON")
            db.execute("BEGIN IMMEDIATE")
            try:
                written = {phone.lstrip("+")}  # every text of the file that gives the number away
                found, links = _erase_phone(db, phone, written)
                rejected = _erase_rejected(db, phone, written)
                remember_forgotten(db, phone, iso(now))
                db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                raise
            traceless = _remove_remains(db, database, written)
    except sqlite3.Error as error:
        raise storage_failure(error, database) from error
    log.info("a number was erased: %d links, %d rejected records", links, rejected)
    return Erased(found, links, rejected, traceless)


def _erase_phone(db: sqlite3.Connection, phone: str, written: set[str]) -> tuple[bool, int]:
    found = db.execute(
        "SELECT id, original_format, first_run_id, first_project_id FROM phones WHERE phone = ?",
        (phone,),
    ).fetchone()
    if found is None:
        return False, 0
    row = found[:1]
    written.add(found[1])
    _uncount_new(db, run=found[2], project=found[3])
    # A link is found by its project; asking each project by the key needs no index of its own.
    links = db.execute(
        "SELECT l.project_id, l.created FROM projects p CROSS JOIN project_phones l"
        " ON l.project_id = p.id AND l.phone_id = ?",
        row,
    ).fetchall()
    for project, created in links:
        db.execute("UPDATE projects SET phones = phones - 1 WHERE id = ?", (project,))
        if isinstance(created, int):
            db.execute(
                "UPDATE link_days SET links = links - 1 WHERE day = date(?, 'unixepoch')",
                (created,),
            )
        db.execute(
            "DELETE FROM project_phones WHERE project_id = ? AND phone_id = ?", (project, *row)
        )
        _forget_digests(db, project)
    db.execute("DELETE FROM link_days WHERE links <= 0")
    db.execute("DELETE FROM phones WHERE id = ?", row)
    uncount(db, row[0], phone)
    add_to_totals(db, phones=-1, links=-len(links))
    return True, len(links)


def _forget_digests(db: sqlite3.Connection, project: int) -> None:
    """Digests of neighbouring records could be tried out with one number unknown. The next
    quick run reads this project in full."""
    db.execute("DELETE FROM project_memory WHERE project_id = ?", (project,))


def _uncount_new(db: sqlite3.Connection, run: int, project: int) -> None:
    db.execute(
        "UPDATE runs SET new_phones = new_phones - 1, total_phones = total_phones - 1,"
        " rejected = rejected + 1 WHERE id = ?",
        (run,),
    )
    # Of an import (ids below 0) those that ended after it.
    db.execute(
        "UPDATE runs SET phones_after = phones_after - 1 WHERE CASE WHEN ?1 > 0 THEN id >= ?1 ELSE"
        " id = ?1 OR EXISTS (SELECT 1 FROM runs i WHERE i.id = ?1 AND"
        " (runs.id > json_extract(i.request, '$.after_run') OR runs.completed_at > i.started_at))"
        " END",
        (run,),
    )
    db.execute(
        "UPDATE run_projects SET new_phones = new_phones - 1, rejected = rejected + 1"
        " WHERE run_id = ? AND project_id = ?",
        (run, project),
    )


def _erase_rejected(db: sqlite3.Connection, phone: str, written: set[str]) -> int:
    """Rejected records are kept as received: each way to write this number is found by reading."""
    tail = _digits(phone)[-_TAIL:]
    erased = 0
    after = (-(2**63), "")
    while True:
        rows = db.execute(
            "SELECT project_id, raw FROM rejected_phones WHERE (project_id, raw) > (?, ?)"
            " ORDER BY project_id, raw LIMIT ?",
            (*after, _REJECTED_AT_ONCE),
        ).fetchall()
        if not rows:
            break
        after = rows[-1]
        for project, raw in rows:
            if _may_be(raw, tail) and phone in identities(raw):
                written.add(raw)
                db.execute(
                    "DELETE FROM rejected_phones WHERE project_id = ? AND raw = ?", (project, raw)
                )
                _forget_digests(db, project)
                erased += 1
    add_to_totals(db, rejected=-erased)
    return erased


def _may_be(raw: str, tail: str) -> bool:
    """Whether the slow comparison is worth while: the last digits are never rewritten."""
    return tail in _digits(raw) or any(letter.isalpha() for letter in raw)


def _digits(text: str) -> str:
    return "".join([str(decimal(char)) for char in text if char.isdecimal()])


def _remove_remains(db: sqlite3.Connection, database: Path, written: set[str]) -> bool:
    """Empty the WAL and make sure that no stale copy of the number is left in the file.

    SQLite leaves copies of rows in unused parts of pages when it moves rows about. Whether
    there is one, a search through the file tells.
    """
    if not _emptied_wal(db):
        return False
    if not _occurs(database, written):
        return True
    db.execute("VACUUM")
    return _emptied_wal(db)


def _emptied_wal(db: sqlite3.Connection) -> bool:
    busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return not busy


def _occurs(database: Path, texts: set[str]) -> bool:
    """Whether one of the texts stands anywhere in the file."""
    wanted = [text.encode() for text in texts if text]
    overlap = max(map(len, wanted))
    kept = b""
    with database.open("rb") as file:
        while block := file.read(4 * 1024 * 1024):
            if any(text in kept + block for text in wanted):
                return True
            kept = block[-overlap:]
    return False

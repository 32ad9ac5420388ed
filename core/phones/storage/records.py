"""Storing the valid records of a batch: phones and links, and what became of each page's.

In a database of millions every phone is on another page of the file, and the cache does not hold
those of a batch. So all is looked up first, and then each page is changed once, in the order in
which the file has them: a page that SQLite has already moved to the WAL file, changed again in the
same transaction, lets it sum up all that it wrote after it anew. (Known phones before new ones, for
the newest of the former share a page with the first of the latter.)
"""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.phones.storage import page_sql as sql
from core.phones.storage.batch import Batch, Links
from core.phones.storage.bulk import change_rows, joined, over_rows

# So many rows are read and then changed while their pages are still in the cache, most of which is
# full of changed pages.
PHONES_AT_ONCE = 1024

_EPOCH = date(1970, 1, 1)
_DAY = 86400


@dataclass(frozen=True, slots=True)
class StoredRecords:
    """By page of the batch: phones that were new, phones known from earlier runs, new links."""

    new: Mapping[int, int]
    known: Mapping[int, int]
    new_links: Mapping[int, int]


def store_records(db: sqlite3.Connection, run: int, now: int, batch: Batch) -> StoredRecords:
    """Store phones and links of `batch` for `run`; `now` is in Unix seconds.

    The caller holds the transaction.
    """
    ids = _find_phones(db, batch)
    known = dict(zip(ids.values(), ids, strict=True))
    fresh = [phone for phone in batch.distinct if phone not in ids] if ids else batch.distinct
    first = _newest_phone(db) + 1
    ids.update(zip(fresh, range(first, first + len(fresh)), strict=True))
    links = batch.links(ids)
    new_links, old_links = _sort_links(db, links, first)
    projects = Counter(new_links.phones)

    unseen = _mark_known_phones(db, run, now, known, batch, projects)
    if fresh:
        _store_new_phones(db, run, now, batch, fresh, first, projects)
    _store_links(db, run, batch, new_links)
    change_rows(db, sql.MARK_LINKS_READ, (old_links.projects, old_links.phones), (run,))
    _count_days(db, batch, new_links)

    return StoredRecords(
        new=batch.by_page(batch.first_records(fresh)),
        known=batch.by_page(batch.first_records([known[phone] for phone in unseen])),
        new_links=batch.by_page(new_links.records),
    )


def _find_phones(db: sqlite3.Connection, batch: Batch) -> dict[str, int]:
    """The ids of those phones of the batch that the database has."""
    ids: dict[str, int] = {}
    for found in over_rows(db, sql.FIND_PHONES, (batch.distinct,)):
        phones, numbers = map(joined, found.fetchone())
        ids.update(zip(phones, map(int, numbers), strict=True))
    return ids


def _newest_phone(db: sqlite3.Connection) -> int:
    """The id after which new phones get theirs: AUTOINCREMENT never goes back."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'phones'").fetchone()
    return int(row[0]) if row else 0


def _sort_links(db: sqlite3.Connection, links: Links, first: int) -> tuple[Links, Links]:
    """Those that the database has not, and those that it has; phones from `first` on are new."""
    asked = [place for place, phone in enumerate(links.phones) if phone < first]
    if not asked:
        return links, Links((), (), ())
    of_known = links.among(asked)
    old = dict.fromkeys(asked)
    for found in over_rows(db, sql.FIND_ABSENT_LINKS, (asked, of_known.projects, of_known.phones)):
        for place in joined(found.fetchone()[0]):
            del old[int(place)]
    new = [place for place in range(len(links.phones)) if place not in old]
    return links.among(new), links.among(list(old))


def _mark_known_phones(
    db: sqlite3.Connection,
    run: int,
    now: int,
    known: Mapping[int, str],
    batch: Batch,
    projects: Counter[int],
) -> list[int]:
    """Write what changes in the rows of known phones, in the order of the table.

    Returns those that this run had not seen yet.
    """
    unseen: list[int] = []
    ordered = sorted(known)
    for start in range(0, len(ordered), PHONES_AT_ONCE):
        part = ordered[start : start + PHONES_AT_ONCE]
        for found in over_rows(db, sql.FIND_UNSEEN_PHONES, (part,), (run,)):
            unseen += map(int, joined(found.fetchone()[0]))
        new_links = [projects[phone] for phone in part]
        records = batch.first_records([known[phone] for phone in part])
        first_projects = [batch.projects[record] for record in records]
        columns = (part, new_links, first_projects)
        change_rows(db, sql.MARK_KNOWN_PHONES, columns, (run, now))
    return unseen


def _store_new_phones(
    db: sqlite3.Connection,
    run: int,
    now: int,
    batch: Batch,
    phones: Sequence[str],
    first: int,
    projects: Counter[int],
) -> None:
    """Store `phones` in the order of their index, with ids from `first` on."""
    ids = range(first, first + len(phones))
    records = batch.first_records(phones)
    columns = (
        ids,
        phones,
        [projects[phone] for phone in ids],
        [batch.projects[record] for record in records],
        [batch.raws[record] for record in records],
    )
    change_rows(db, sql.STORE_PHONES, columns, (run, now))
    values = {"run": run, "first": first, "last": ids[-1]}
    if db.execute(sql.EXTEND_RANGE, values).rowcount == 0:
        db.execute(sql.REMEMBER_RANGE, values)


def _store_links(db: sqlite3.Connection, run: int, batch: Batch, links: Links) -> None:
    created = [batch.created[record] for record in links.records]
    change_rows(db, sql.STORE_LINKS, (links.projects, links.phones, created), (run,))


def _count_days(db: sqlite3.Connection, batch: Batch, links: Links) -> None:
    """Count new links by day, those whose time could be read."""
    times = [batch.created[record] for record in links.records]
    days = Counter([time // _DAY for time in times if isinstance(time, int)])
    texts = [(_EPOCH + timedelta(day)).isoformat() for day in days]
    change_rows(db, sql.COUNT_DAYS, (texts, list(days.values())))

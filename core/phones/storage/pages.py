"""Storing pages: phones, links, rejected records, counters and the checkpoint, at once.

Each statement takes a thousand rows or more, so that SQLite works beside the threads that fetch
and normalise, not in turn with them.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.phones.storage import page_sql as sql
from core.phones.storage.batch import Batch
from core.phones.storage.bulk import insert_columns
from core.phones.storage.moments import Created
from core.phones.storage.project_memory import ProjectMemory, Reading, remember
from core.phones.storage.records import StoredRecords, store_records


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """A record whose number does not validate: kept as received, with the reason's code."""

    raw: str
    reason: str
    created_at: str | None


@dataclass(frozen=True, slots=True)
class PageCounts:
    """What became of the records of one page."""

    new: int = 0
    known: int = 0
    repeated: int = 0
    rejected: int = 0
    new_links: int = 0

    @property
    def received(self) -> int:
        """Records; a field of several numbers is several of them."""
        return self.new + self.known + self.repeated + self.rejected

    def __add__(self, other: "PageCounts") -> "PageCounts":
        return PageCounts(
            self.new + other.new,
            self.known + other.known,
            self.repeated + other.repeated,
            self.rejected + other.rejected,
            self.new_links + other.new_links,
        )


@dataclass(frozen=True, slots=True)
class PageToStore:
    """One page, normalised, and the checkpoint that says it is stored.

    `phones` (E.164), `raws` (None for the bare digits) and `created` are columns of the valid
    records. `length` is
    the number of rows the server sent. After it the project goes on at `next_page` in the
    same `reading`, or is `done` (`complete` unless a trial's limit ended it); `first` marks
    page 1, with which a project's read begins anew. `records` is the number of records that
    the project has up to the end of this page, `counted` the number that its tail told. `request`
    is how many requests the run had started when the answer came.
    `marks` is what the reading must know of this page and those before where it goes on later.
    `memory` replaces what is remembered of the project. `stored` is called on the writer's
    thread once it is on disk; it must return at once. `forgotten` counts records of erased
    numbers: they are counted as rejected and kept nowhere.
    """

    project_id: int
    length: int
    phones: Sequence[str]
    raws: Sequence[str | None]
    created: Sequence[Created]
    next_page: int
    done: bool
    request: int
    records: int
    end_assumed: bool = False
    first: bool = False
    reading: Reading = Reading.FULL
    counted: int | None = None
    complete: bool = True
    marks: bytes | None = None
    memory: ProjectMemory | None = None
    rejected: Sequence[RejectedRecord] = field(default=())
    forgotten: int = 0
    stored: Callable[[PageCounts], None] = lambda counts: None


def store_pages(
    db: sqlite3.Connection, run: int, pages: Sequence[PageToStore], now: int
) -> list[PageCounts]:
    """Store `pages` of run `run`; `now` is in Unix seconds. The caller holds the transaction.

    Returns what became of each page's records, in the order of `pages`.
    """
    for table in sql.EMPTIED:
        db.execute(f"DELETE FROM {table}")  # noqa: S608 - the names stand there
    stored = store_records(db, run, now, Batch(pages))
    fresh_rejected = _keep_rejected(db, run, pages)
    counts = _count(pages, stored)
    _write_checkpoints(db, {"run": run, "now": now}, pages, counts, fresh_rejected)
    return counts


def _keep_rejected(db: sqlite3.Connection, run: int, pages: Sequence[PageToStore]) -> int:
    """Keep what does not validate; returns how many of them were not kept before."""
    rows = [(page.project_id, record) for page in pages for record in page.rejected]
    if not rows:
        return 0
    insert_columns(
        db,
        "INSERT INTO incoming_rejected (project_id, raw, reason, created_at)",
        (
            [project for project, _ in rows],
            [record.raw for _, record in rows],
            [record.reason for _, record in rows],
            [record.created_at for _, record in rows],
        ),
    )
    db.execute(sql.MARK_REJECTED_AGAIN, {"run": run})
    return db.execute(sql.KEEP_REJECTED, {"run": run}).rowcount


def _count(pages: Sequence[PageToStore], stored: StoredRecords) -> list[PageCounts]:
    """What became of each page: whatever is neither new nor known repeats a record of this run."""
    counts = []
    for place, page in enumerate(pages):
        new, known = stored.new.get(place, 0), stored.known.get(place, 0)
        counts.append(
            PageCounts(
                new=new,
                known=known,
                repeated=len(page.phones) - new - known,
                rejected=len(page.rejected) + page.forgotten,
                new_links=stored.new_links.get(place, 0),
            )
        )
    return counts


def _write_checkpoints(
    db: sqlite3.Connection,
    values: dict[str, int],
    pages: Sequence[PageToStore],
    counts: Sequence[PageCounts],
    fresh_rejected: int,
) -> None:
    """The checkpoint of each project, and every counter that follows from it."""
    of_project: dict[int, list[tuple[PageToStore, PageCounts]]] = {}
    for page, count in zip(pages, counts, strict=True):
        of_project.setdefault(page.project_id, []).append((page, count))
    rows = [_checkpoint(pairs) for pairs in of_project.values()]
    insert_columns(
        db,
        "INSERT INTO checkpoints (project_id, state, next_page, anew, records, received,"
        " new_phones, known, repeated, rejected, new_links, first_length, last_length,"
        " end_assumed, last_request, reading, counted, complete, marks)",
        list(zip(*rows, strict=True)),
    )
    db.execute(sql.TAKE_BACK, values)
    done_before: int = db.execute(sql.COUNT_DONE, values).fetchone()[0]
    db.execute(sql.CHECKPOINT, values)
    db.execute(sql.COUNT_PHONES_OF_PROJECTS)
    done: int = db.execute(sql.COUNT_DONE, values).fetchone()[0]
    records: int = db.execute(sql.COUNT_RECORDS, values).fetchone()[0]
    memories = {page.project_id: page.memory for page in pages if page.memory is not None}
    remember(db, values["run"], values["now"], list(memories.items()))
    db.execute(sql.REMEMBER_READ, values)
    total = sum(counts, PageCounts())
    db.execute(
        sql.COUNT_RUN,
        {
            **values,
            "valid": total.new + total.known + total.repeated,
            "new": total.new,
            "received": total.received,
            "known": total.known,
            "repeated": total.repeated,
            "rejected": total.rejected,
            "new_links": total.new_links,
            "projects": done - done_before,
            "request": max(page.request for page in pages),
        },
    )
    add_to_totals(
        db,
        phones=total.new,
        links=total.new_links,
        rejected=fresh_rejected,
        records=records,
    )


def _checkpoint(pages: Sequence[tuple[PageToStore, PageCounts]]) -> tuple[object, ...]:
    """A row of `checkpoints`: what these pages of one project, in their order, come to."""
    begins = [place for place, (page, _) in enumerate(pages) if page.first]
    first = pages[begins[-1]][0] if begins else None
    sums = sum((count for _, count in pages), PageCounts())
    last = pages[-1][0]
    return (
        last.project_id,
        "done" if last.done else "pending",
        last.next_page,
        first is not None,
        last.records,
        sums.received,
        sums.new,
        sums.known,
        sums.repeated,
        sums.rejected,
        sums.new_links,
        first.length if first else 0,
        last.length or None,  # an empty page leaves the length of the one before
        last.end_assumed,
        last.request,
        last.reading,
        last.counted,
        last.complete,
        last.marks,
    )


def add_to_totals(db: sqlite3.Connection, **changes: int) -> None:
    """Change the kept counts of the whole database by what a transaction adds or takes."""
    for name, change in changes.items():
        if change:
            db.execute("UPDATE totals SET value = value + ? WHERE name = ?", (change, name))

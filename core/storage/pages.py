"""Storing pages: phones, links, rejected records, counters and the checkpoint, at once.

Everything is set-based: about a dozen statements a batch, however many records it holds, so
that SQLite works beside the threads that fetch and normalise, not in turn with them.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.storage.bulk import insert_columns


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """A record whose number does not validate: kept as received, with the reason's code."""

    raw: str
    reason: str
    created_at: str | None


@dataclass(frozen=True, slots=True)
class PageCounts:
    """What became of the records of one page. The first four add up to what was received."""

    new: int = 0
    known: int = 0
    repeated: int = 0
    rejected: int = 0
    new_links: int = 0

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

    `phones` (E.164), `raws` and `created_at` are columns of the valid records. `length` is
    the number of records the server sent. After it the project goes on at `next_page`, or is
    `done`; `first` marks page 1, with which a project's read begins anew. `stored` is called
    on the writer's thread once it is on disk; it must return at once.
    """

    project_id: int
    length: int
    phones: Sequence[str]
    raws: Sequence[str | None]
    created_at: Sequence[str | None]
    next_page: int
    done: bool
    request: int
    end_assumed: bool = False
    first: bool = False
    rejected: Sequence[RejectedRecord] = field(default=())
    stored: Callable[[PageCounts], None] = lambda counts: None


TEMPORARY_TABLES = """
CREATE TEMP TABLE incoming (
    position INTEGER PRIMARY KEY, page INTEGER, project_id INTEGER, phone TEXT, raw TEXT, created
);
CREATE TEMP TABLE resolved (
    position INTEGER PRIMARY KEY, page INTEGER, project_id INTEGER, phone_id INTEGER,
    fate INTEGER, created
);
CREATE TEMP TABLE fresh_links (
    page INTEGER, project_id INTEGER, phone_id INTEGER, created
);
CREATE TEMP TABLE incoming_rejected (project_id INTEGER, raw TEXT, reason TEXT, created_at TEXT);
CREATE TEMP TABLE checkpoints (
    project_id INTEGER PRIMARY KEY, state TEXT, next_page INTEGER, anew INTEGER,
    records INTEGER, received INTEGER, new_phones INTEGER, known INTEGER, repeated INTEGER,
    rejected INTEGER, new_links INTEGER, last_length INTEGER, end_assumed INTEGER,
    last_request INTEGER
);
"""

_NEW, _KNOWN, _REPEATED = 0, 1, 2

_STORE_PHONES = """
INSERT INTO phones (phone, first_seen, last_seen, first_run_id, last_run_id, first_project_id, raw)
SELECT phone, :now, :now, :run, :run, project_id, nullif(raw, substr(phone, 2))
FROM incoming WHERE true ORDER BY phone, position
ON CONFLICT DO NOTHING
"""

# The texts of created_at become whole seconds only where they come back the same.
_RESOLVE = """
INSERT INTO resolved (page, project_id, phone_id, fate, created)
SELECT i.page, i.project_id, p.id,
    CASE WHEN p.id > :newest_before THEN 0 WHEN p.last_run_id = :run THEN 2 ELSE 1 END,
    CASE WHEN strftime('%Y-%m-%d %H:%M:%S', i.created) = i.created
        THEN CAST(strftime('%s', i.created) AS INTEGER) ELSE i.created END
FROM incoming i CROSS JOIN phones p ON p.phone = i.phone
ORDER BY i.position
"""

# Only the first record of a phone is new or known, the others of the batch repeat it.
_COUNT_FATES = """
SELECT page, CASE WHEN nth = 1 THEN fate ELSE 2 END, count(*)
FROM (SELECT page, fate, row_number() OVER (PARTITION BY phone_id ORDER BY position) AS nth
      FROM resolved)
GROUP BY 1, 2
"""

_FIND_FRESH_LINKS = """
INSERT INTO fresh_links (page, project_id, phone_id, created)
SELECT page, project_id, phone_id, created FROM (
    SELECT min(position), page, project_id, phone_id, created FROM resolved
    GROUP BY project_id, phone_id) r
WHERE NOT EXISTS (SELECT 1 FROM project_phones l
                  WHERE l.project_id = r.project_id AND l.phone_id = r.phone_id)
"""

_MARK_LINKS_READ = """
UPDATE project_phones SET last_run_id = :run
FROM (SELECT DISTINCT project_id, phone_id FROM resolved WHERE fate > 0) r
WHERE project_phones.project_id = r.project_id AND project_phones.phone_id = r.phone_id
  AND project_phones.last_run_id <> :run
"""

_STORE_LINKS = """
INSERT INTO project_phones (project_id, phone_id, run_id, last_run_id, created)
SELECT project_id, phone_id, :run, :run, created FROM fresh_links ORDER BY project_id, phone_id
"""

# A new phone is stored with one project; further links add to it.
_COUNT_PROJECTS_OF_PHONES = """
UPDATE phones SET projects = projects + n.more
FROM (SELECT phone_id, count(*) - (phone_id > :newest_before) AS more FROM fresh_links
      GROUP BY phone_id) n
WHERE phones.id = n.phone_id AND n.more > 0
"""

_MARK_PHONES_SEEN = """
UPDATE phones SET last_seen = :now, last_run_id = :run
WHERE id IN (SELECT phone_id FROM resolved WHERE fate = 1)
"""

_COUNT_PHONES_OF_PROJECTS = """
UPDATE projects SET phones = phones + n.links
FROM (SELECT project_id, count(*) AS links FROM fresh_links GROUP BY project_id) n
WHERE projects.id = n.project_id
"""

_COUNT_DAYS = """
INSERT INTO link_days (day, links)
SELECT date(created, 'unixepoch'), count(*) FROM fresh_links
WHERE typeof(created) = 'integer' GROUP BY 1
ON CONFLICT (day) DO UPDATE SET links = links + excluded.links
"""

_REMEMBER_RANGE = """
INSERT INTO run_phone_ranges (run_id, first_id, last_id) VALUES (:run, :first, :last)
"""

_EXTEND_RANGE = """
UPDATE run_phone_ranges SET last_id = :last WHERE run_id = :run AND last_id = :before
"""

_MARK_REJECTED_AGAIN = """
UPDATE rejected_phones SET last_run_id = :run, reason = i.reason
FROM incoming_rejected i
WHERE rejected_phones.project_id = i.project_id AND rejected_phones.raw = i.raw
"""

_KEEP_REJECTED = """
INSERT INTO rejected_phones
    (project_id, raw, reason, first_run_id, last_run_id, created_at_api)
SELECT project_id, raw, reason, :run, :run, created_at FROM incoming_rejected WHERE true
ON CONFLICT DO NOTHING
"""

_CHECKPOINT = """
UPDATE run_projects SET
    state = c.state, next_page = c.next_page,
    records = c.records + CASE WHEN c.anew THEN 0 ELSE run_projects.records END,
    received = run_projects.received + c.received,
    new_phones = run_projects.new_phones + c.new_phones,
    known = run_projects.known + c.known,
    repeated = run_projects.repeated + c.repeated,
    rejected = run_projects.rejected + c.rejected,
    new_links = run_projects.new_links + c.new_links,
    last_length = coalesce(c.last_length, run_projects.last_length), end_assumed = c.end_assumed, last_request = c.last_request,
    reason = NULL, detail = ''
FROM checkpoints c
WHERE run_projects.run_id = :run AND run_projects.project_id = c.project_id
"""

_REMEMBER_READ = """
UPDATE projects SET read_at = :now, records = r.records
FROM run_projects r JOIN checkpoints c ON c.project_id = r.project_id
WHERE r.run_id = :run AND r.project_id = projects.id AND r.state = 'done'
"""

_COUNT_RECORDS = """
SELECT coalesce(sum(r.records - p.records), 0), count(*)
FROM checkpoints c
JOIN run_projects r ON r.run_id = :run AND r.project_id = c.project_id AND r.state = 'done'
JOIN projects p ON p.id = c.project_id
"""

_COUNT_RUN = """
UPDATE runs SET total_phones = total_phones + :valid, new_phones = new_phones + :new,
    received = received + :received, known = known + :known, repeated = repeated + :repeated,
    rejected = rejected + :rejected, new_links = new_links + :new_links,
    total_projects = total_projects + :projects, requests = max(requests, :request)
WHERE id = :run
"""


def store_pages(
    db: sqlite3.Connection, run: int, pages: Sequence[PageToStore], now: int
) -> list[PageCounts]:
    """Store `pages` of run `run`; `now` is in Unix seconds. The caller holds the transaction.

    Returns what became of each page's records, in the order of `pages`.
    """
    for table in ("incoming", "resolved", "fresh_links", "incoming_rejected", "checkpoints"):
        db.execute(f"DELETE FROM {table}")  # noqa: S608 - the names stand above
    _take_in(db, pages)
    values = {"run": run, "now": now, "newest_before": _newest_phone(db)}
    stored = db.execute(_STORE_PHONES, values).rowcount
    _remember_new_phones(db, run, values["newest_before"], stored)
    db.execute(_RESOLVE, values)
    db.execute(_FIND_FRESH_LINKS)
    db.execute(_MARK_LINKS_READ, values)
    db.execute(_STORE_LINKS, values)
    db.execute(_COUNT_PROJECTS_OF_PHONES, values)
    db.execute(_MARK_PHONES_SEEN, values)
    db.execute(_COUNT_PHONES_OF_PROJECTS)
    db.execute(_COUNT_DAYS)
    fresh_rejected = _keep_rejected(db, run, pages)
    counts = _count(db, pages)
    _write_checkpoints(db, values, pages, counts, fresh_rejected)
    return counts


def _take_in(db: sqlite3.Connection, pages: Sequence[PageToStore]) -> None:
    places: list[int] = []
    projects: list[int] = []
    phones: list[str] = []
    raws: list[str | None] = []
    created: list[str | None] = []
    for place, page in enumerate(pages):
        places += [place] * len(page.phones)
        projects += [page.project_id] * len(page.phones)
        phones += page.phones
        raws += page.raws
        created += page.created_at
    insert_columns(
        db,
        "INSERT INTO incoming (page, project_id, phone, raw, created)",
        (places, projects, phones, raws, created),
    )


def _newest_phone(db: sqlite3.Connection) -> int:
    """The id after which new phones get theirs: AUTOINCREMENT never goes back."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'phones'").fetchone()
    return int(row[0]) if row else 0


def _remember_new_phones(db: sqlite3.Connection, run: int, before: int, stored: int) -> None:
    if stored <= 0:
        return
    values = {"run": run, "before": before, "first": before + 1, "last": _newest_phone(db)}
    if db.execute(_EXTEND_RANGE, values).rowcount == 0:
        db.execute(_REMEMBER_RANGE, values)


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
    db.execute(_MARK_REJECTED_AGAIN, {"run": run})
    return db.execute(_KEEP_REJECTED, {"run": run}).rowcount


def _count(db: sqlite3.Connection, pages: Sequence[PageToStore]) -> list[PageCounts]:
    fates: dict[tuple[int, int], int] = {
        (page, fate): count for page, fate, count in db.execute(_COUNT_FATES).fetchall()
    }
    links: dict[int, int] = dict(
        db.execute("SELECT page, count(*) FROM fresh_links GROUP BY page").fetchall()
    )
    return [
        PageCounts(
            new=fates.get((place, _NEW), 0),
            known=fates.get((place, _KNOWN), 0),
            repeated=fates.get((place, _REPEATED), 0),
            rejected=len(page.rejected),
            new_links=links.get(place, 0),
        )
        for place, page in enumerate(pages)
    ]


def _write_checkpoints(
    db: sqlite3.Connection,
    values: dict[str, int],
    pages: Sequence[PageToStore],
    counts: Sequence[PageCounts],
    fresh_rejected: int,
) -> None:
    """The checkpoint of each project, and every counter that follows from it."""
    projects: dict[int, tuple[PageToStore, PageCounts, int, bool]] = {}
    for page, count in zip(pages, counts, strict=True):
        before = projects.get(page.project_id)
        if before is None or page.first:
            sum_of = (before[1] + count) if before else count
            projects[page.project_id] = (page, sum_of, page.length, page.first)
        else:
            projects[page.project_id] = (
                page,
                before[1] + count,
                before[2] + page.length,
                before[3],
            )
    received = {page.project_id: 0 for page in pages}
    for page in pages:
        received[page.project_id] += page.length
    rows = [
        (
            page.project_id,
            "done" if page.done else "pending",
            page.next_page,
            anew,
            records,
            received[page.project_id],
            sums.new,
            sums.known,
            sums.repeated,
            sums.rejected,
            sums.new_links,
            page.length or None,
            page.end_assumed,
            page.request,
        )
        for page, sums, records, anew in projects.values()
    ]
    insert_columns(
        db,
        "INSERT INTO checkpoints (project_id, state, next_page, anew, records, received,"
        " new_phones, known, repeated, rejected, new_links, last_length, end_assumed,"
        " last_request)",
        list(zip(*rows, strict=True)),
    )
    db.execute(_CHECKPOINT, values)
    records, done = db.execute(_COUNT_RECORDS, values).fetchone()
    db.execute(_REMEMBER_READ, values)
    total = sum(counts, PageCounts())
    db.execute(
        _COUNT_RUN,
        {
            **values,
            "valid": total.new + total.known + total.repeated,
            "new": total.new,
            "received": sum(received.values()),
            "known": total.known,
            "repeated": total.repeated,
            "rejected": total.rejected,
            "new_links": total.new_links,
            "projects": done,
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


def add_to_totals(db: sqlite3.Connection, **changes: int) -> None:
    """Change the kept counts of the whole database by what a transaction adds or takes."""
    for name, change in changes.items():
        if change:
            db.execute("UPDATE totals SET value = value + ? WHERE name = ?", (change, name))

"""Runs, what failed in them, and how the base grew from run to run."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from core.phones.events import LeftOut, Mode, RunStatus, Target
from core.phones.run_failure import EndReason, RunFailure, stored_reason
from core.phones.run_request import RunRequest
from core.phones.storage.reader import Reader, Row
from core.phones.storage.run_store import NOT_DISCARDED

_COLUMNS = (
    "id, started_at, completed_at, status, mode, total_clients, total_projects, total_phones,"
    " new_phones, errors_count, received, known, repeated, rejected, new_links, requests,"
    " active_seconds, reason, detail, not_due, left_out, clients_left_out"
)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run. Times are UTC; `seconds` is working time over all its sessions."""

    id: int
    started_at: datetime
    completed_at: datetime | None
    status: RunStatus
    mode: Mode
    total_clients: int
    total_projects: int
    total_phones: int
    new_phones: int
    errors_count: int
    received: int
    known: int
    repeated: int
    rejected: int
    new_links: int
    requests: int
    seconds: float
    reason: EndReason | None
    detail: str
    left_out: LeftOut

    @property
    def discarded(self) -> bool:
        """Whether nobody offers any more to continue it."""
        return self.reason is RunFailure.DISCARDED

    @property
    def can_be_continued(self) -> bool:
        """By its number: it is unfinished, or something failed in it."""
        return self.status is not RunStatus.COMPLETED or self.errors_count > 0


def _run(row: Row) -> RunRow:
    number, started_at, completed_at, status, mode, *counters = row[:-5]
    reason, detail, *left_out = row[-5:]
    values: Row = (
        number,
        _moment(started_at),
        _moment(completed_at) if completed_at else None,
        RunStatus(status),
        Mode(mode),
        *counters,
        stored_reason(reason) if reason else None,
        detail,
        LeftOut(*left_out),
    )
    return RunRow(*values)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def run_list(reader: Reader, limit: int = 500, before: int | None = None) -> list[RunRow]:
    """The newest runs first; `before` is the id of the last one of the page before.

    Imports are no runs, though phones that were taken in name one as their first (ids below 0).
    """
    rows = reader.rows(
        f"SELECT {_COLUMNS} FROM runs WHERE id > 0 AND (?1 IS NULL OR id < ?1)"
        " ORDER BY id DESC LIMIT ?2",
        (before, limit),
    )
    return [_run(row) for row in rows]


def count_completed(reader: Reader) -> int:
    """How many runs were completed."""
    return reader.number("SELECT count(*) FROM runs WHERE status = 'completed' AND id > 0")


def find_run(reader: Reader, run_id: int) -> RunRow | None:
    row = reader.row(f"SELECT {_COLUMNS} FROM runs WHERE id = ?", (run_id,))
    return _run(row) if row else None


def run_request(reader: Reader, run_id: int) -> RunRequest:
    """What the run was asked to do. Raises LookupError where there is no such run."""
    row = reader.row("SELECT request FROM runs WHERE id = ?", (run_id,))
    if row is None:
        raise LookupError(run_id)
    return RunRequest.from_json(json.loads(row[0]))


def newest_run(reader: Reader) -> RunRow | None:
    found = run_list(reader, limit=1)
    return found[0] if found else None


def running_run(reader: Reader) -> RunRow | None:
    """The run that is going on, where a process collects into this database (`is_held`)."""
    row = reader.row(
        f"SELECT {_COLUMNS} FROM runs WHERE status = 'running' ORDER BY id DESC LIMIT 1"
    )
    return _run(row) if row else None


def every_run(reader: Reader) -> Iterator[RunRow]:
    """All runs, the newest first, read a few hundred at a time."""
    before: int | None = None
    while page := run_list(reader, before=before):
        yield from page
        before = page[-1].id


def run_before(reader: Reader, run_id: int) -> RunRow | None:
    """The run to compare with when nothing else is said."""
    found = run_list(reader, limit=1, before=run_id)
    return found[0] if found else None


def run_to_continue(reader: Reader) -> RunRow | None:
    """The run that Continue takes up where none is named: the newest that was not discarded, if
    it is unfinished or something failed in it.

    A run that is 'running' may be alive in another process; the lock tells, not this.
    """
    row = reader.row(f"SELECT {_COLUMNS} FROM runs WHERE {NOT_DISCARDED} ORDER BY id DESC LIMIT 1")
    run = _run(row) if row else None
    return run if run is not None and run.can_be_continued else None


@dataclass(frozen=True, slots=True)
class FailedItem:
    """A client or a project that stayed unfinished in a run, and why."""

    target: Target  # CLIENT or PROJECT
    client_id: int | None  # None, as `project_id`, where the server's entry could not be read
    client: str
    project_id: int | None
    project: str
    reason: str  # a core.asking.troubles.Reason as stored
    detail: str


_UNREADABLE = """
        UNION ALL
        SELECT * FROM (
            SELECT CASE WHEN r.client_id = 0 OR r.reason = 'no_projects' THEN 'client'
                ELSE 'project' END,
                nullif(r.client_id, 0), coalesce(c.username, ''), NULL, '', r.reason, r.detail
            FROM run_unreadable r LEFT JOIN clients c ON c.id = r.client_id
            WHERE r.run_id = ?1 ORDER BY r.client_id, r.place)
"""


def failed_items(
    reader: Reader, run_id: int, limit: int = 1000, offset: int = 0
) -> list[FailedItem]:
    """What failed in the run: clients first, then projects, by id; then what could
    not even be read in the server's lists."""
    lists = _UNREADABLE if reader.has_table("run_unreadable") else ""
    rows = reader.rows(
        f"""
        SELECT 'client', r.client_id, c.username, NULL, '', coalesce(r.reason, ''), r.detail
        FROM run_clients r JOIN clients c ON c.id = r.client_id
        WHERE r.run_id = ?1 AND r.state = 'failed'
        UNION ALL
        SELECT * FROM (
            SELECT 'project', r.client_id, c.username, r.project_id, p.name,
                coalesce(r.reason, ''), r.detail
            FROM run_projects r JOIN projects p ON p.id = r.project_id
            JOIN clients c ON c.id = r.client_id
            WHERE r.run_id = ?1 AND r.state = 'failed' AND r.state <> 'done'
            ORDER BY r.client_id, r.project_id)
        {lists}
        LIMIT ?2 OFFSET ?3
        """,
        (run_id, limit, offset),
    )
    return [FailedItem(Target(target), *others) for target, *others in rows]


def count_failed_projects(reader: Reader, run_id: int) -> int:
    """How many projects stayed unfinished in the run."""
    return reader.number(
        "SELECT count(*) FROM run_projects"
        " WHERE run_id = ? AND state = 'failed' AND state <> 'done'",  # the index of those not done
        (run_id,),
    )


@dataclass(frozen=True, slots=True)
class GrowthRow:
    """A run and what it added. `unique_so_far` are the phones known after it."""

    run: RunRow
    unique_so_far: int

    @property
    def growth_percent(self) -> float | None:
        """New phones in percent of those known before; None where there were none."""
        before = self.unique_so_far - self.run.new_phones
        return 100 * self.run.new_phones / before if before > 0 else None


def growth(reader: Reader) -> list[GrowthRow]:
    """Every run, oldest first.

    Counted backwards from the number of phones there are now, so that the newest row always
    agrees with it, also after numbers were erased.
    """
    so_far = reader.number("SELECT value FROM totals WHERE name = 'phones'")
    found: list[GrowthRow] = []
    for row in reader.rows(f"SELECT {_COLUMNS} FROM runs WHERE id > 0 ORDER BY id DESC"):
        run = _run(row)
        found.append(GrowthRow(run, so_far))
        so_far -= run.new_phones
    found.reverse()
    return found

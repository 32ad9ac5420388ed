"""The rows of every report, in short reads: see core.phones.storage.queries.report_stream."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from core.phones import wording
from core.phones.storage.queries import runs
from core.phones.storage.queries.phone_filter import Conditions, run_ranges
from core.phones.storage.queries.report_stream import Batch, Scope, columns
from core.phones.storage.reader import Reader, Row
from core.tables.columns import Cell, Columns

PHONES_A_BATCH = 5_000
LINKS_A_BATCH = 100_000
ROWS_A_BATCH = 5_000


def summary(reader: Reader, scope: Scope) -> Iterator[Batch]:
    yield Batch.of_rows(
        1,
        [
            (
                run.id,
                _iso(run.started_at),
                _iso(run.completed_at) if run.completed_at else "",
                str(run.status),
                run.total_clients,
                run.total_projects,
                run.total_phones,
                run.new_phones,
                run.errors_count,
            )
            for run in (row.run for row in runs.growth(reader))
            if scope.includes(run.started_at)
        ],
    )


def growth(reader: Reader, scope: Scope) -> Iterator[Batch]:
    yield Batch.of_rows(
        1,
        [
            (
                row.run.id,
                _iso(row.run.started_at),
                row.run.total_phones,
                row.run.new_phones,
                row.unique_so_far,
                None if row.growth_percent is None else round(row.growth_percent, 2),
            )
            for row in runs.growth(reader)
            if scope.includes(row.run.started_at)
        ],
    )


_AGGREGATED = """
SELECT p.name, count(l.phone_id), coalesce(sum(l.run_id = :run), 0), p.id, p.client_id, c.username
FROM projects p JOIN clients c ON c.id = p.client_id
LEFT JOIN project_phones l ON l.project_id = p.id
"""


def aggregated(reader: Reader, scope: Scope) -> Iterator[Batch]:
    clients = scope.of_clients("p.client_id")
    for done, first, last in _project_ranges(reader):
        rows = reader.rows(
            f"{_AGGREGATED} WHERE p.id BETWEEN :first AND :last{clients.sql}"
            " GROUP BY p.id ORDER BY p.id",
            {**clients.values, "run": scope.run_id, "first": first, "last": last},
        )
        yield Batch.of_rows(done, rows)


def aggregated_of(reader: Reader, run_id: int | None, projects: Sequence[int]) -> list[Row]:
    """The rows of these projects, in any order."""
    return reader.rows(
        f"{_AGGREGATED} WHERE p.id IN (SELECT value FROM json_each(:ids)) GROUP BY p.id",
        {"run": run_id, "ids": json.dumps(list(projects))},
    )


def _project_ranges(reader: Reader) -> Iterator[tuple[float, int, int]]:
    """(done, first id, last id) of projects that have so many links together, by kept counts."""
    links = max(1, reader.number("SELECT sum(phones) FROM projects"))
    after, seen = -(2**63), 0
    while True:
        found = reader.rows(
            "SELECT id, phones FROM projects WHERE id > ? ORDER BY id LIMIT ?",
            (after, ROWS_A_BATCH),
        )
        if not found:
            return
        first, held = found[0][0], 0
        for number, (project, phones) in enumerate(found):
            if first is None:
                first = project
            held += phones
            if held >= LINKS_A_BATCH or number == len(found) - 1:
                seen += held
                yield min(1.0, seen / links), first, project
                first, held = None, 0
        after = found[-1][0]


def clients(reader: Reader, scope: Scope) -> Iterator[Batch]:
    """A phone in two projects of a client counts once; new is one the client had nowhere."""
    chosen = scope.of_clients("c.id")
    found = reader.rows(
        f"""
        SELECT c.id, c.username, count(p.id) FROM clients c
        LEFT JOIN projects p ON p.client_id = c.id
        WHERE true{chosen.sql} GROUP BY c.id ORDER BY c.id
        """,
        chosen.values,
    )
    for number, (client, name, projects) in enumerate(found, start=1):
        phones, new = client_sums(reader, scope.run_id, client)
        yield Batch.of_rows(number / len(found), [(client, name, projects, phones, new)])


def client_sums(reader: Reader, run_id: int | None, client: int) -> tuple[int, int]:
    """Distinct numbers of a client, and how many of them it had first in that run."""
    numbers, new = reader.rows(
        """
        SELECT count(*), coalesce(sum(first = :run), 0) FROM (
            SELECT min(run_id) AS first FROM project_phones
            WHERE project_id IN (SELECT id FROM projects WHERE client_id = :client)
            GROUP BY phone_id)
        """,
        {"run": run_id, "client": client},
    )[0]
    return numbers, new


def phones(reader: Reader, scope: Scope) -> Iterator[Batch]:
    where = of_phones(scope)
    for done, first, last in windows(run_ranges(reader, None)):
        rows = reader.rows(
            "SELECT phone, original_format, first_seen, last_seen, first_run_id, projects"
            f" FROM phones WHERE id BETWEEN :first AND :last{where.sql} ORDER BY id",
            {**where.values, "first": first, "last": last},
        )
        yield Batch(done, phone_columns(rows))


def phone_columns(rows: Sequence[Row]) -> Columns:
    """The report's columns of rows that hold the times as Unix seconds."""
    phone, original, first_seen, last_seen, run, projects = columns(rows, 6)
    return (
        phone,
        original,
        list(map(_moments.__getitem__, first_seen)),
        list(map(_moments.__getitem__, last_seen)),
        run,
        projects,
    )


def of_phones(scope: Scope) -> Conditions:
    """SQL for rows of `phones` with ids from :first to :last."""
    seen = scope.first_seen()
    if not scope.clients:
        return seen
    sql = (
        " AND phones.id IN (SELECT phone_id FROM project_phones WHERE project_id IN ("
        "SELECT id FROM projects WHERE client_id IN (SELECT value FROM json_each(:clients)))"
        " AND phone_id BETWEEN :first AND :last)"
    )
    return Conditions(seen.sql + sql, {**seen.values, "clients": json.dumps(list(scope.clients))})


def new(reader: Reader, scope: Scope) -> Iterator[Batch]:
    """In the order in which they came, with the project where each was seen first."""
    if scope.run_id is None:
        return
    chosen = scope.of_clients("p.client_id")
    seen = scope.first_seen()
    for done, first, last in windows(run_ranges(reader, scope.run_id)):
        rows = reader.rows(
            f"""
            SELECT phone, first_seen_at, p.id, p.name, c.id, c.username
            FROM phones CROSS JOIN projects p ON p.id = phones.first_project_id
            JOIN clients c ON c.id = p.client_id
            WHERE phones.id BETWEEN :first AND :last AND first_run_id = :run{seen.sql}{chosen.sql}
            ORDER BY phones.id
            """,
            {**chosen.values, **seen.values, "run": scope.run_id, "first": first, "last": last},
        )
        yield Batch.of_rows(done, rows)


def rejected(reader: Reader, scope: Scope) -> Iterator[Batch]:
    chosen = scope.of_clients("p.client_id")
    expected = max(1, reader.number("SELECT value FROM totals WHERE name = 'rejected'"))
    position: tuple[int, str] = (-(2**63), "")
    seen = 0
    while True:
        rows = reader.rows(
            f"""
            SELECT r.project_id, r.raw, r.reason, r.first_run_id, r.last_run_id
            FROM rejected_phones r JOIN projects p ON p.id = r.project_id
            WHERE (r.project_id, r.raw) > (:project, :raw){chosen.sql}
            ORDER BY r.project_id, r.raw LIMIT :limit
            """,
            {**chosen.values, "project": position[0], "raw": position[1], "limit": ROWS_A_BATCH},
        )
        if not rows:
            return
        seen += len(rows)
        yield Batch.of_rows(min(1.0, seen / expected), rows)
        position = (rows[-1][0], rows[-1][1])


def errors(reader: Reader, scope: Scope) -> Iterator[Batch]:
    if scope.run_id is None:
        return
    run = runs.find_run(reader, scope.run_id)
    expected = run.errors_count if run else 0
    chosen = set(scope.clients)
    offset = 0
    while True:
        items = runs.failed_items(reader, scope.run_id, ROWS_A_BATCH, offset)
        if not items:
            return
        offset += len(items)
        yield Batch.of_rows(
            offset / max(offset, expected),
            [
                (
                    str(item.target),
                    item.client_id,
                    item.client,
                    item.project_id,
                    item.project,
                    item.reason,
                    item.detail,
                    wording.reason(item.reason, item.detail) if item.reason else "",
                )
                for item in items
                if not chosen or item.client_id in chosen
            ],
        )


def distinct_phones(reader: Reader, scope: Scope) -> Iterator[Batch]:
    """Every number once, in the order of numbers; of a part of them in the order of arrival."""
    where = of_phones(scope)
    if where.sql:
        for done, first, last in windows(run_ranges(reader, None)):
            rows = reader.rows(
                f"SELECT phone FROM phones WHERE id BETWEEN :first AND :last{where.sql}",
                {**where.values, "first": first, "last": last},
            )
            if rows:
                yield Batch.of_rows(done, rows)
        return
    expected = max(1, reader.number("SELECT value FROM totals WHERE name = 'phones'"))
    after, seen = "", 0
    while True:
        rows = reader.rows(
            "SELECT phone FROM phones WHERE phone > ? ORDER BY phone LIMIT ?",
            (after, PHONES_A_BATCH),
        )
        if not rows:
            return
        seen += len(rows)
        yield Batch.of_rows(min(1.0, seen / expected), rows)
        after = rows[-1][0]


class _Moments(dict[Cell, str]):
    """Unix seconds as ISO text. A page of records has one time, so few are worked out."""

    LIMIT = 100_000

    def __missing__(self, seconds: Cell) -> str:
        if len(self) >= self.LIMIT:
            self.clear()
        text = self[seconds] = _iso(datetime.fromtimestamp(int(seconds or 0), UTC))
        return text


_moments = _Moments()


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def windows(ranges: list[tuple[int, int]]) -> Iterator[tuple[float, int, int]]:
    """The ranges of phone ids cut into batches, with how much is done after each."""
    whole = sum(last - first + 1 for first, last in ranges)
    seen = 0
    for first, last in ranges:
        for start in range(first, last + 1, PHONES_A_BATCH):
            end = min(last, start + PHONES_A_BATCH - 1)
            seen += end - start + 1
            yield seen / whole, start, end

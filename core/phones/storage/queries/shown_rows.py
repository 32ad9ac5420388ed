"""What the Data view shows, to be exported: the same rows in the same order, in short reads.

The view's own queries say which rows these are; what the report writes of them is read by key.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.phones.storage.queries import tables
from core.phones.storage.queries.located_rows import located_of
from core.phones.storage.queries.phone_cursor import Cursor
from core.phones.storage.queries.phone_filter import PhoneFilter
from core.phones.storage.queries.phone_search import PhoneSearch, PhoneSort
from core.phones.storage.queries.phones import BUDGET, count_phones
from core.phones.storage.queries.report_rows import aggregated_of, client_sums, phone_columns
from core.phones.storage.queries.report_stream import Batch, Scope
from core.phones.storage.reader import Reader, Row

ROWS_A_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A table of the Data view: what was typed and chosen above it, and its order.

    `sort` is a PhoneSort for numbers and a tables.Sort for projects and clients.
    """

    where: PhoneFilter
    sort: str = ""
    descending: bool = False


def phones(reader: Reader, scope: Scope, shown: Shown) -> Iterator[Batch]:
    seen, whole = 0, count_phones(reader, shown.where).value
    for ids in _phone_ids(reader, shown):
        seen += len(ids)
        done = min(1.0, seen / max(1, whole))
        yield Batch(done, phone_columns(_by_keys(ids, _rows_of_phones(reader, ids))))


def located(reader: Reader, scope: Scope, shown: Shown) -> Iterator[Batch]:
    """The same numbers with region and operator."""
    seen, whole = 0, count_phones(reader, shown.where).value
    for ids in _phone_ids(reader, shown):
        seen += len(ids)
        found = located_of(reader, ids)
        rows = [found[number] for number in ids if number in found]
        yield Batch.of_rows(min(1.0, seen / max(1, whole)), rows)


def count_shown_phones(reader: Reader, shown: Shown) -> int:
    """Counted to the end, however long that takes."""
    count = count_phones(reader, shown.where)
    return count.value if count.exact else sum(map(len, _phone_ids(reader, shown)))


def projects(reader: Reader, scope: Scope, shown: Shown) -> Iterator[Batch]:
    for page in _pages(lambda after: _page_of_projects(reader, shown, after)):
        ids = [row.id for row in page]
        found = {row[3]: row for row in aggregated_of(reader, scope.run_id, ids)}
        yield Batch.of_rows(1.0, [found[key] for key in ids if key in found])


def count_shown_projects(reader: Reader, shown: Shown) -> int:
    return sum(len(page) for page in _pages(lambda after: _page_of_projects(reader, shown, after)))


def clients(reader: Reader, scope: Scope, shown: Shown) -> Iterator[Batch]:
    for page in _pages(lambda after: _page_of_clients(reader, shown, after)):
        rows: list[Row] = []
        for row in page:
            numbers, new = client_sums(reader, scope.run_id, row.id)
            rows.append((row.id, row.username, row.projects, numbers, new))
        yield Batch.of_rows(1.0, rows)


def count_shown_clients(reader: Reader, shown: Shown) -> int:
    return sum(len(page) for page in _pages(lambda after: _page_of_clients(reader, shown, after)))


def rejected(reader: Reader, scope: Scope, shown: Shown) -> Iterator[Batch]:
    for page in _pages(lambda after: _page_of_rejected(reader, shown, after)):
        yield Batch.of_rows(
            1.0,
            [
                (row.project_id, row.raw, row.reason, row.first_run_id, row.last_run_id)
                for row in page
            ],
        )


def count_shown_rejected(reader: Reader, shown: Shown) -> int:
    return sum(len(page) for page in _pages(lambda after: _page_of_rejected(reader, shown, after)))


def _phone_ids(reader: Reader, shown: Shown) -> Iterator[list[int]]:
    cursor: Cursor | None = None
    while True:
        search = PhoneSearch(
            reader,
            shown.where,
            PhoneSort(shown.sort or PhoneSort.FIRST_SEEN),
            shown.descending,
            ROWS_A_BATCH,
            time.monotonic() + BUDGET,
        )
        found, cursor = search.find(cursor)
        if found:
            yield [phone for phone, _project in found]
        if cursor is None:
            return


def _rows_of_phones(reader: Reader, ids: Sequence[int]) -> list[Row]:
    return reader.rows(
        "SELECT h.id, phone, original_format, first_seen, last_seen, first_run_id, projects"
        " FROM json_each(?) f CROSS JOIN phones h ON h.id = f.value",
        (json.dumps(ids),),
    )


def _by_keys(keys: Sequence[int], rows: Sequence[Row]) -> list[Row]:
    """The rows without their first column, which is the key, in the order of the keys."""
    found = {row[0]: row[1:] for row in rows}
    return [found[key] for key in keys if key in found]


def _pages(read: Callable[[Any], tables.Page[Any]]) -> Iterator[Sequence[Any]]:
    after: Any = None
    while True:
        page = read(after)
        if page.rows:
            yield page.rows
        after = page.next
        if after is None:
            return


def _page_of_projects(reader: Reader, shown: Shown, after: Any) -> tables.Page[tables.ProjectRow]:
    where, sort = shown.where, tables.Sort(shown.sort or tables.Sort.NAME)
    return tables.projects(
        reader, where.text, where.client_id, sort, shown.descending, after, ROWS_A_BATCH
    )


def _page_of_clients(reader: Reader, shown: Shown, after: Any) -> tables.Page[tables.ClientRow]:
    sort = tables.Sort(shown.sort or tables.Sort.NAME)
    return tables.clients(reader, shown.where.text, sort, shown.descending, after, ROWS_A_BATCH)


def _page_of_rejected(reader: Reader, shown: Shown, after: Any) -> tables.Page[tables.RejectedRow]:
    where = shown.where
    return tables.rejected(
        reader,
        tables.RejectedFilter(where.text, where.client_id, where.project_id, where.run_id),
        after,
        ROWS_A_BATCH,
    )

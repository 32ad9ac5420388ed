"""Phones page by page: search as you type, filters, sorting, on millions of rows.

A page is looked for in slices of a few milliseconds until it is full or the time is over.
Then it comes back as far as it got, with a cursor: the caller shows it and asks on. So no
answer keeps anybody waiting, and a search that is no longer wanted ends between two slices.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from core.phones.storage.queries.phone_cursor import Cursor, Found
from core.phones.storage.queries.phone_filter import PhoneFilter
from core.phones.storage.queries.phone_search import PhoneSearch, PhoneSort
from core.phones.storage.queries.tables import COUNT_CAP, Count
from core.phones.storage.reader import Reader

BUDGET = 0.06  # seconds


@dataclass(frozen=True, slots=True)
class PhoneRow:
    """A phone with the project where it was first seen, or where the filter found it.

    `place` and `operator` are what the registry of number ranges says, empty without one;
    `place_kind` is a core.phones.registry.located.PlaceKind.
    """

    id: int
    phone: str
    projects: int
    first_seen_at: datetime
    last_seen_at: datetime
    first_run_id: int
    project_id: int
    project: str
    client_id: int
    client: str
    place_kind: str = ""
    place: str = ""
    operator: str = ""


@dataclass(frozen=True, slots=True)
class PhonePage:
    """Rows found; `cursor` is None when there are no more.

    Fewer rows than asked for and a cursor mean that the time was over: ask on with it.
    `sort` is the order that was used: large sets come in the order of arrival only.
    """

    rows: Sequence[PhoneRow]
    cursor: Cursor | None
    sort: PhoneSort
    descending: bool


def phones(
    reader: Reader,
    where: PhoneFilter,
    sort: PhoneSort = PhoneSort.FIRST_SEEN,
    descending: bool = True,
    cursor: Cursor | None = None,
    limit: int = 100,
    budget: float = BUDGET,
) -> PhonePage:
    """One page, in about `budget` seconds at most.

    A typed number is first looked for at the beginning of the stored ones (by index, in
    order of number), then anywhere in them, newest first. Raises StorageFailure.
    """
    search = PhoneSearch(reader, where, sort, descending, limit, time.monotonic() + budget)
    ids, following = search.find(cursor)
    return PhonePage(_rows(reader, ids), following, search.sort, search.descending)


def count_phones(reader: Reader, where: PhoneFilter, budget: float = BUDGET) -> Count:
    """Exact where a counter is kept or few are found, else 'so many or more'."""
    if where == PhoneFilter():
        return Count(reader.number("SELECT value FROM totals WHERE name = 'phones'"), True)
    if where == PhoneFilter(region_id=where.region_id, operator_id=where.operator_id):
        return Count(
            reader.number(
                "SELECT sum(phones) FROM number_counts"
                " WHERE (:region IS NULL OR region_id = :region)"
                " AND (:operator IS NULL OR operator_id = :operator)",
                {"region": where.region_id, "operator": where.operator_id},
            ),
            True,
        )
    if where == PhoneFilter(run_id=where.run_id):
        return Count(
            reader.number(
                "SELECT count(*) FROM run_phone_ranges g JOIN phones"
                " ON phones.id BETWEEN g.first_id AND g.last_id WHERE g.run_id = ?",
                (where.run_id,),
            ),
            True,
        )
    limit = COUNT_CAP + 1
    deadline = time.monotonic() + budget
    search = PhoneSearch(reader, where, PhoneSort.FIRST_SEEN, True, limit, deadline)
    ids, following = search.find(None)
    return Count(min(len(ids), COUNT_CAP), following is None and len(ids) <= COUNT_CAP)


_PLACE = ", coalesce(r.kind, ''), coalesce(r.name, ''), coalesce(o.name, '')"
_LOCATED = """
    LEFT JOIN number_ranges g ON g.last >= h.phone
        AND g.first = (SELECT max(first) FROM number_ranges WHERE first <= h.phone)
    LEFT JOIN number_regions r ON r.id = g.region_id
    LEFT JOIN number_operators o ON o.id = g.operator_id
"""


def _rows(reader: Reader, found: Found) -> list[PhoneRow]:
    """The rows of these phones, in this order."""
    located = reader.has_table("number_ranges")
    rows = reader.rows(
        f"""
        SELECT h.id, h.phone, h.projects, h.first_seen, h.last_seen, h.first_run_id,
            coalesce(p.id, 0), coalesce(p.name, ''), coalesce(c.id, 0),
            coalesce(c.username, ''){_PLACE if located else ""}
        FROM json_each(?) f
        CROSS JOIN phones h ON h.id = json_extract(f.value, '$[0]')
        LEFT JOIN projects p ON p.id = coalesce(json_extract(f.value, '$[1]'), h.first_project_id)
        LEFT JOIN clients c ON c.id = p.client_id
        {_LOCATED if located else ""}
        ORDER BY f.key
        """,
        (json.dumps(found),),
    )
    return [
        PhoneRow(
            number,
            phone,
            projects,
            datetime.fromtimestamp(first_seen, UTC),
            datetime.fromtimestamp(last_seen, UTC),
            *others,
        )
        for number, phone, projects, first_seen, last_seen, *others in rows
    ]

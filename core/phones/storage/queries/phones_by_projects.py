"""All phones in the order of their number of projects.

Most phones are of one project or of two, and an index of those would cost 10 bytes each. So only
the others have one; these are looked for in the table, slice by slice, as any search is.
"""

import time

from core.phones.storage.queries.phone_cursor import FIRST_WINDOW, LARGEST_WINDOW, Cursor, Found
from core.phones.storage.reader import Reader

FEW = 2  # the index `phones_in_many` has the phones of more projects
IN_MANY = 0
_STAGES = (IN_MANY, *range(FEW, 0, -1))  # from many projects to one


def phones_by_projects(
    reader: Reader, descending: bool, cursor: Cursor | None, limit: int, deadline: float
) -> tuple[Found, Cursor | None]:
    """At most `limit` phones, fewer where `deadline` (monotonic) passes; where to look on."""
    found: Found = []
    stages = _STAGES if descending else _STAGES[::-1]
    for stage in stages[stages.index(cursor.stage) if cursor else 0 :]:
        at = cursor if cursor and cursor.stage == stage else None
        wanted = limit - len(found)
        if stage == IN_MANY:
            more, following = _in_many(reader, descending, at, wanted)
        else:
            more, following = _in_few(reader, stage, at, wanted, deadline)
        found += more
        if following is not None:
            return found, following
    return found, None


def _in_many(
    reader: Reader, descending: bool, cursor: Cursor | None, limit: int
) -> tuple[Found, Cursor | None]:
    # In the order of the index: backwards it has equal ones in falling order of arrival.
    order = "projects DESC, id" if descending else "projects, id DESC"
    position = ""
    if cursor is not None:
        less, after = ("<", ">") if descending else (">", "<")
        position = f" AND (projects {less} :projects OR (projects = :projects AND id {after} :id))"
    rows = reader.rows(
        f"SELECT id, projects FROM phones WHERE projects > {FEW}{position}"
        f" ORDER BY {order} LIMIT :limit",
        {"projects": cursor.key, "id": cursor.id, "limit": limit} if cursor else {"limit": limit},
    )
    following = Cursor(IN_MANY, rows[-1][1], rows[-1][0]) if len(rows) == limit else None
    return [(phone, None) for phone, _ in rows], following


def _in_few(
    reader: Reader, projects: int, cursor: Cursor | None, limit: int, deadline: float
) -> tuple[Found, Cursor | None]:
    """Those of exactly so many projects, by arrival; there may be none among millions."""
    found: Found = []
    last = cursor.id if cursor else 0
    window = cursor.window if cursor else FIRST_WINDOW
    newest = reader.number("SELECT coalesce(max(id), 0) FROM phones")
    while last < newest:
        rows = reader.rows(
            "SELECT id FROM phones WHERE projects = :projects AND id > :after AND id <= :upto"
            " ORDER BY id LIMIT :limit",
            {
                "projects": projects,
                "after": last,
                "upto": last + window,
                "limit": limit - len(found),
            },
        )
        found += [(phone, None) for (phone,) in rows]
        if len(found) == limit:
            return found, Cursor(projects, None, found[-1][0], window)
        last += window
        window = min(window * 2, LARGEST_WINDOW)
        if time.monotonic() > deadline:
            return found, Cursor(projects, None, last, window)
    return found, None

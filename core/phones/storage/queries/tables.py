"""Clients, projects and rejected numbers, page by page.

Pages are found by the last row of the page before, not by skipping rows, so the hundredth
page costs what the first one does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from core.phones.storage.reader import Reader

RowType = TypeVar("RowType")
Key = tuple[Any, ...]

COUNT_CAP = 10_000


@dataclass(frozen=True, slots=True)
class Page(Generic[RowType]):
    """Rows, and where the next page begins; `next` is None after the last page."""

    rows: Sequence[RowType]
    next: Key | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows there are; not `exact` means 'this many or more'."""

    value: int
    exact: bool


class Sort(StrEnum):
    ID = "id"
    NAME = "name"
    PROJECTS = "projects"
    LINKS = "links"


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client; `links` are phones summed over its projects (one in two projects is two)."""

    id: int
    username: str
    projects: int
    links: int


_CLIENTS = """
WITH found AS (
    SELECT c.id AS id, c.username AS name, count(p.id) AS projects,
        coalesce(sum(p.phones), 0) AS links
    FROM clients c LEFT JOIN projects p ON p.client_id = c.id
    WHERE :text = '' OR instr(folded(c.username), :text) OR CAST(c.id AS TEXT) LIKE :text || '%'
    GROUP BY c.id)
SELECT id, name, projects, links, {key} AS k FROM found
"""


def clients(
    reader: Reader,
    text: str = "",
    sort: Sort = Sort.NAME,
    descending: bool = False,
    after: Key | None = None,
    limit: int = 200,
) -> Page[ClientRow]:
    """Clients whose name contains `text` (any case) or whose id begins with it."""
    key = {Sort.NAME: "folded(name)", Sort.ID: "id"}.get(sort, sort.value)
    sql, values = _paged(
        _CLIENTS.format(key=key),
        {"text": text.strip().casefold()},
        descending,
        after,
        limit,
        "WHERE",
    )
    rows = reader.rows(sql, values)
    return Page([ClientRow(*row[:4]) for row in rows], _next(rows, limit, 4, 0))


def count_clients(reader: Reader, text: str = "") -> Count:
    """How many clients `clients` finds for `text`."""
    if not text.strip():
        return Count(reader.number("SELECT value FROM totals WHERE name = 'clients'"), True)
    return _capped(
        reader,
        "FROM clients c WHERE instr(folded(c.username), :text)"
        " OR CAST(c.id AS TEXT) LIKE :text || '%'",
        {"text": text.strip().casefold()},
    )


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project; `phones` are its distinct phones."""

    id: int
    name: str
    client_id: int
    client: str
    status: int
    phones: int


_PROJECTS = """
SELECT p.id AS id, p.name, c.id, c.username, p.status, p.phones, {key} AS k
FROM projects p JOIN clients c ON c.id = p.client_id
"""

_PROJECTS_WHERE = """
WHERE (:client IS NULL OR p.client_id = :client)
  AND (:text = '' OR instr(folded(p.name), :text) OR instr(folded(c.username), :text)
       OR CAST(p.id AS TEXT) LIKE :text || '%')
"""


def projects(
    reader: Reader,
    text: str = "",
    client_id: int | None = None,
    sort: Sort = Sort.NAME,
    descending: bool = False,
    after: Key | None = None,
    limit: int = 200,
) -> Page[ProjectRow]:
    """Projects whose or whose client's name contains `text`, or whose id begins with it."""
    key = {Sort.NAME: "folded(p.name)", Sort.LINKS: "p.phones"}.get(sort, "p.id")
    sql, values = _paged(
        _PROJECTS.format(key=key) + _PROJECTS_WHERE,
        {"text": text.strip().casefold(), "client": client_id},
        descending,
        after,
        limit,
        "AND",
        id_column="p.id",
        key_column=key,
    )
    rows = reader.rows(sql, values)
    return Page([ProjectRow(*row[:6]) for row in rows], _next(rows, limit, 6, 0))


def count_projects(reader: Reader, text: str = "", client_id: int | None = None) -> Count:
    values = {"text": text.strip().casefold(), "client": client_id}
    if not text and client_id is None:
        return Count(reader.number("SELECT value FROM totals WHERE name = 'projects'"), True)
    return _capped(
        reader,
        "FROM projects p JOIN clients c ON c.id = p.client_id" + _PROJECTS_WHERE,
        values,
    )


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A number as the server sent it that was not accepted, and why."""

    project_id: int
    project: str
    client_id: int
    client: str
    raw: str
    reason: str
    first_run_id: int
    last_run_id: int


_REJECTED = """
FROM rejected_phones r JOIN projects p ON p.id = r.project_id JOIN clients c ON c.id = p.client_id
WHERE (:client IS NULL OR p.client_id = :client)
  AND (:project IS NULL OR r.project_id = :project)
  AND (:run IS NULL OR r.first_run_id = :run)
  AND (:text = '' OR instr(folded(r.raw), :text) OR instr(folded(p.name), :text)
       OR instr(folded(c.username), :text))
"""


@dataclass(frozen=True, slots=True)
class RejectedFilter:
    """`run_id`: rejected for the first time in this run."""

    text: str = ""
    client_id: int | None = None
    project_id: int | None = None
    run_id: int | None = None

    def values(self) -> dict[str, Any]:
        return {
            "text": self.text.strip().casefold(),
            "client": self.client_id,
            "project": self.project_id,
            "run": self.run_id,
        }


def rejected(
    reader: Reader,
    where: RejectedFilter,
    after: Key | None = None,
    limit: int = 200,
) -> Page[RejectedRow]:
    """Rejected numbers by project and text."""
    position = " AND (r.project_id, r.raw) > (:key, :id)" if after else ""
    rows = reader.rows(
        "SELECT r.project_id, p.name, c.id, c.username, r.raw, r.reason, r.first_run_id,"
        f" r.last_run_id {_REJECTED}{position} ORDER BY r.project_id, r.raw LIMIT :limit",
        {**where.values(), **_position(after), "limit": limit},
    )
    following = (rows[-1][0], rows[-1][4]) if len(rows) == limit else None
    return Page([RejectedRow(*row) for row in rows], following)


def count_rejected(reader: Reader, where: RejectedFilter) -> Count:
    if where == RejectedFilter():
        return Count(reader.number("SELECT value FROM totals WHERE name = 'rejected'"), True)
    return _capped(reader, _REJECTED, where.values())


def _capped(reader: Reader, source: str, values: dict[str, Any]) -> Count:
    found = reader.number(
        f"SELECT count(*) FROM (SELECT 1 {source} LIMIT {COUNT_CAP + 1})",
        values,
    )
    return Count(min(found, COUNT_CAP), found <= COUNT_CAP)


def _position(after: Key | None) -> dict[str, Any]:
    return {"key": after[0], "id": after[1]} if after else {}


def _paged(
    sql: str,
    values: dict[str, Any],
    descending: bool,
    after: Key | None,
    limit: int,
    word: str,
    id_column: str = "id",
    key_column: str = "k",
) -> tuple[str, dict[str, Any]]:
    way, beyond = ("DESC", "<") if descending else ("ASC", ">")
    position = f" {word} ({key_column}, {id_column}) {beyond} (:key, :id)" if after else ""
    order = f" ORDER BY {key_column} {way}, {id_column} {way} LIMIT :limit"
    return sql + position + order, {**values, **_position(after), "limit": limit}


def _next(rows: Sequence[Key], limit: int, key: int, id_column: int) -> Key | None:
    return (rows[-1][key], rows[-1][id_column]) if len(rows) == limit else None

"""Pages of clients, projects and rejected records, against the raw tables."""

from collections import Counter
from typing import Any

import pytest

from core.phones.storage.queries import tables
from core.phones.storage.reader import Reader
from tests.phones.queries.raw import Raw


def all_pages(ask: Any, limit: int) -> list[Any]:
    rows, after = [], None
    while True:
        page = ask(after, limit)
        assert len(page.rows) <= limit
        rows += page.rows
        after = page.next
        if after is None:
            return rows


@pytest.mark.parametrize("sort", list(tables.Sort))
@pytest.mark.parametrize("descending", [False, True])
def test_client_pages(reader: Reader, raw: Raw, sort: tables.Sort, descending: bool) -> None:
    found = all_pages(
        lambda after, limit: tables.clients(reader, "", sort, descending, after, limit), 7
    )
    assert len(found) == len(raw.clients)
    per_client = Counter(row["client_id"] for row in raw.projects)
    assert all(row.projects == per_client[row.id] for row in found)
    links = Counter(raw.project[link["project_id"]]["client_id"] for link in raw.project_phones)
    assert all(row.links == links[row.id] for row in found)
    keys = [
        {"id": row.id, "name": row.username.casefold(), "projects": row.projects}.get(
            sort.value, row.links
        )
        for row in found
    ]
    assert keys == sorted(keys, reverse=descending)


def test_client_search_ignores_case_in_russian(reader: Reader, raw: Raw) -> None:
    found = tables.clients(reader, "АВТО").rows
    assert {row.id for row in found} == {
        row["id"] for row in raw.clients if "авто" in row["username"]
    }
    assert [row.id for row in tables.clients(reader, "100001").rows] == [100_001]


@pytest.mark.parametrize("sort", [tables.Sort.ID, tables.Sort.NAME, tables.Sort.LINKS])
@pytest.mark.parametrize("text", ["", "имплант", "дента"])
def test_project_pages(reader: Reader, raw: Raw, sort: tables.Sort, text: str) -> None:
    found = all_pages(
        lambda after, limit: tables.projects(reader, text, None, sort, True, after, limit), 11
    )
    expected = {
        row["id"]
        for row in raw.projects
        if text in row["name"].casefold() or text in raw.client[row["client_id"]]["username"]
    }
    assert len(found) == len(expected)
    assert {row.id for row in found} == expected
    counts = Counter(link["project_id"] for link in raw.project_phones)
    assert all(row.phones == counts[row.id] for row in found)
    assert tables.count_projects(reader, text) == tables.Count(len(expected), True)


def test_projects_of_a_client(reader: Reader, raw: Raw) -> None:
    found = tables.projects(reader, client_id=100_003).rows
    assert {row.id for row in found} == {
        row["id"] for row in raw.projects if row["client_id"] == 100_003
    }


def test_rejected_pages(reader: Reader, raw: Raw) -> None:
    everything = tables.RejectedFilter()
    found = all_pages(lambda after, limit: tables.rejected(reader, everything, after, limit), 5)
    assert [(row.project_id, row.raw) for row in found] == sorted(
        (row["project_id"], row["raw"]) for row in raw.rejected
    )
    one = tables.RejectedFilter(text="НОМЕР", project_id=8)
    assert [row.raw for row in tables.rejected(reader, one).rows] == ["=1+1 не номер"]
    assert tables.count_rejected(reader, one) == tables.Count(1, True)
    assert tables.count_rejected(reader, everything).value == len(raw.rejected)
    assert tables.rejected(reader, tables.RejectedFilter(run_id=4)).rows == []

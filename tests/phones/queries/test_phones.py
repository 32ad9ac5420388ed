"""Pages of phones under every filter and order, and one phone's details."""

from datetime import UTC, date, datetime

import pytest

from core.phones.storage.queries import phone, phones, tables
from core.phones.storage.queries.phone_filter import PhoneFilter
from core.phones.storage.queries.phone_search import PhoneSort
from core.phones.storage.reader import Reader
from tests.phones.queries.phone_pages import all_phones, matches
from tests.phones.queries.raw import Raw


@pytest.mark.parametrize("sort", list(PhoneSort))
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "where",
    [
        PhoneFilter(),
        PhoneFilter(project_id=4),
        PhoneFilter(client_id=100_002),
        PhoneFilter(run_id=3),
        PhoneFilter(run_id=3, client_id=100_002),
        PhoneFilter(since=date(2026, 1, 2), until=date(2026, 1, 3)),
        PhoneFilter(text="дента"),
        PhoneFilter(client_id=100_002, text="имплант"),
        PhoneFilter(text="нет такого"),
        PhoneFilter(project_id=10_000),
    ],
    ids=str,
)
def test_phone_pages(
    reader: Reader, raw: Raw, where: PhoneFilter, sort: PhoneSort, descending: bool
) -> None:
    found = all_phones(reader, where, sort, descending)
    expected = {row["id"] for row in raw.phones if matches(raw, row, where)}
    assert len(found) == len(expected)
    assert {row.id for row in found} == expected
    values = [
        {"first_seen": row.id, "phone": row.phone, "projects": row.projects}[sort.value]
        for row in found
    ]
    assert values == sorted(values, reverse=descending)
    count = phones.count_phones(reader, where, budget=60)
    assert count == tables.Count(len(expected), True)


def test_project_shown_is_one_that_the_filter_allows(reader: Reader) -> None:
    page = phones.phones(reader, PhoneFilter(client_id=100_002))
    assert page.rows
    assert {row.client_id for row in page.rows} == {100_002}


def test_phone_details(reader: Reader, raw: Raw) -> None:
    for row in raw.phones[::500]:
        found = phone.phone_details(reader, row["id"])
        assert found is not None
        assert found.phone == row["phone"]
        assert found.original_format == row["original_format"]
        assert found.first_seen_at == datetime.fromtimestamp(row["first_seen"], UTC)
        links = {
            (link["project_id"], link["created_at_api"], link["run_id"], link["last_run_id"])
            for link in raw.project_phones
            if link["phone_id"] == row["id"]
        }
        assert {
            (s.project_id, s.created_at, s.run_id, s.last_run_id) for s in found.sightings
        } == links
        assert all(s.client == raw.client[s.client_id]["username"] for s in found.sightings)
    assert phone.phone_details(reader, 10**9) is None

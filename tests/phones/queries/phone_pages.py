"""All pages of the phones' table, and which phones a filter means."""

from typing import Any

from core.phones.storage.queries import phones
from core.phones.storage.queries.phone_filter import PhoneFilter
from core.phones.storage.queries.phone_search import PhoneSort
from core.phones.storage.reader import Reader
from tests.phones.queries.raw import Raw


def all_phones(
    reader: Reader, where: PhoneFilter, sort: PhoneSort, descending: bool, limit: int = 97
) -> list[phones.PhoneRow]:
    found: list[phones.PhoneRow] = []
    cursor = None
    for _ in range(10_000):
        page = phones.phones(reader, where, sort, descending, cursor, limit, budget=0)
        assert len(page.rows) <= limit
        found += page.rows
        cursor = page.cursor
        if cursor is None:
            return found
    raise AssertionError("paging does not end")


def matches(raw: Raw, row: dict[str, Any], where: PhoneFilter) -> bool:
    digits = "".join(filter(str.isdigit, where.text))
    projects = [raw.project[number] for number in raw.seen_in[row["id"]]]

    def named(project: dict[str, Any]) -> bool:
        text = where.text.casefold()
        client = raw.client[project["client_id"]]["username"].casefold()
        return bool(digits) or text in project["name"].casefold() or text in client

    if not any(
        (where.project_id in (None, project["id"]))
        and (where.client_id in (None, project["client_id"]))
        and named(project)
        for project in projects
    ):
        return False
    if where.run_id not in (None, row["first_run_id"]):
        return False
    day = row["first_seen_at"][:10]
    if where.since and day < where.since.isoformat():
        return False
    if where.until and day > where.until.isoformat():
        return False
    if not digits:
        return True
    stored = row["phone"]
    if where.text.startswith("+"):
        return bool(stored.startswith("+" + digits))
    eight = digits.startswith("8") and stored.startswith("+7" + digits[1:])
    return digits in stored or bool(eight)

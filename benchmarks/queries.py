"""How long every answer takes that the window asks for.

    python -m benchmarks.queries big.db

Best and worst of five, in milliseconds; make the database with benchmarks.make_database.
"""

import argparse
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from benchmarks.synthetic_data import phone_text
from core.phones.storage.queries import compare, growth, overview, phone, phones, runs, tables
from core.phones.storage.queries.phone_filter import PhoneFilter
from core.phones.storage.queries.phone_search import PhoneSort
from core.phones.storage.reader import Reader


def dashboard(reader: Reader) -> None:
    """Everything that the dashboard shows."""
    overview.overview(reader)
    growth.growth_by_day(reader)
    runs.growth(reader)
    newest = runs.newest_run(reader)
    if newest is not None:
        growth.top_clients(reader, newest.id)
        growth.top_projects(reader, newest.id)


def to_the_end(
    reader: Reader,
    where: PhoneFilter,
    sort: PhoneSort = PhoneSort.FIRST_SEEN,
    descending: bool = True,
) -> None:
    """A search that is asked on until a page is full or all was looked at."""
    cursor, rows = None, 0
    while True:
        page = phones.phones(reader, where, sort, descending, cursor, limit=100 - rows)
        cursor = page.cursor
        rows += len(page.rows)
        if cursor is None or rows >= 100:
            return


def questions(newest: int, project: int, client: int) -> dict[str, Callable[[Reader], object]]:
    filters = {
        "prefix 907": PhoneFilter(text="907"),
        "prefix +7 935 12": PhoneFilter(text="+7 935 12"),
        "whole number": PhoneFilter(text=phone_text(777)),
        "infix 4567": PhoneFilter(text="4567"),
        "infix that is nowhere": PhoneFilter(text="12121212"),
        "name": PhoneFilter(text="имплант"),
        "client": PhoneFilter(client_id=client),
        "client and infix": PhoneFilter(client_id=client, text="4567"),
        "project": PhoneFilter(project_id=project),
        "new in the newest run": PhoneFilter(run_id=newest),
        "new and infix": PhoneFilter(run_id=newest, text="4567"),
        "period of one day": PhoneFilter(since=date(2026, 1, 5), until=date(2026, 1, 5)),
    }
    found: dict[str, Callable[[Reader], object]] = {
        "dashboard": dashboard,
        "clients": tables.clients,
        "clients by text": lambda reader: tables.clients(reader, "дента"),
        "projects": tables.projects,
        "projects by text": lambda reader: tables.projects(reader, "сайт-39"),
        "rejected": lambda reader: tables.rejected(reader, tables.RejectedFilter()),
        "where a phone was seen": lambda reader: phone.phone_details(reader, 12_345),
        "failed items": lambda reader: runs.failed_items(reader, newest),
        "compare two runs": lambda reader: compare.compare_runs(reader, newest - 1, newest),
    }
    for sort in PhoneSort:
        found[f"phones by {sort}"] = lambda reader, s=sort: phones.phones(  # type: ignore[misc]
            reader, PhoneFilter(), s
        )
    fewest_first = (PhoneFilter(), PhoneSort.PROJECTS, False)
    found["phones of fewest projects, first answer"] = lambda reader: phones.phones(
        reader, *fewest_first
    )
    found["phones of fewest projects, whole page"] = lambda reader: to_the_end(
        reader, *fewest_first
    )
    for name, where in filters.items():
        found[f"phones: {name}, first answer"] = lambda reader, w=where: phones.phones(  # type: ignore[misc]
            reader, w
        )
        found[f"phones: {name}, whole page"] = lambda reader, w=where: to_the_end(reader, w)  # type: ignore[misc]
        found[f"phones: {name}, count"] = lambda reader, w=where: phones.count_phones(  # type: ignore[misc]
            reader, w
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the queries of the window.")
    parser.add_argument("database", type=Path)
    path = parser.parse_args().database
    with Reader(path) as reader:
        newest = reader.number("SELECT max(id) FROM runs")
        project = reader.number("SELECT id FROM projects ORDER BY phones DESC LIMIT 1")
        client = reader.number(
            "SELECT client_id FROM projects GROUP BY client_id ORDER BY sum(phones) DESC LIMIT 1"
        )
        for name, ask in questions(newest, project, client).items():
            times = []
            for _ in range(5):
                begun = time.perf_counter()
                ask(reader)
                times.append(1000 * (time.perf_counter() - begun))
            print(f"{min(times):8.1f} {max(times):8.1f}  {name}")


if __name__ == "__main__":
    main()

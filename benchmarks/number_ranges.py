"""Looking numbers up in the registry of number ranges, and what it costs the views.

    python -m benchmarks.number_ranges big.db [--numbers 10000000]

A made-up registry of 16,600 rows: loading it, counting the numbers of the database by region and
operator, finding so many random numbers one by one, and the first page of the Data view with a
common region, a rare operator and neither. Works on a copy of the database.
"""

import argparse
import csv
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.synthetic_data import CODES
from core.phones.registry.load import load_registry
from core.phones.registry.located import operators, places
from core.phones.registry.made_up import HEADING
from core.phones.storage.number_counts import count_all
from core.phones.storage.queries.phone_filter import PhoneFilter
from core.phones.storage.queries.phones import count_phones, phones
from core.phones.storage.reader import Reader

ROWS = 16_600
_FIND = """
SELECT count(r.region_id) FROM wanted w LEFT JOIN base.number_ranges r
    ON r.first = (SELECT max(first) FROM base.number_ranges WHERE first <= w.phone)
    AND r.last >= w.phone
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the registry of number ranges.")
    parser.add_argument("database", type=Path)
    parser.add_argument("--numbers", type=int, default=10_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        database = Path(name, "copy.db")
        shutil.copyfile(options.database, database)
        without = _views(database, {"no filter": PhoneFilter()})
        file = Path(name, "DEF-9xx.csv")
        _write(file)
        _timed("load 16,600 rows and count", lambda: load_registry(database, [file], _now()))
        with closing(sqlite3.connect(database)) as db:
            _timed("count all numbers anew", lambda: count_all(db))
            db.rollback()
        _timed(f"find {options.numbers:,d} numbers", lambda: _find(database, options.numbers))
        with Reader(database) as reader:
            region, operator = places(reader)[0], operators(reader)[-1]
        found = _views(
            database,
            {
                "no filter": PhoneFilter(),
                "common region": PhoneFilter(region_id=region.id),
                "rare operator": PhoneFilter(operator_id=operator.id),
                "both": PhoneFilter(region_id=region.id, operator_id=operator.id),
            },
        )
        loaded = {f"{title}, registry loaded": seconds for title, seconds in found.items()}
        for title, seconds in (without | loaded).items():
            print(f"first page, {title:32} {seconds * 1000:8.1f} ms")


def _now() -> datetime:
    return datetime.now(UTC)


def _write(file: Path) -> None:
    """Ranges of equal size over the made-up codes, of 300 operators and 85 regions; one is rare."""
    pick = random.Random(16_600)  # noqa: S311 - made-up ranges
    size = len(CODES) * 10_000_000 // ROWS
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(HEADING)
        for row in _rows(size, pick):
            writer.writerow(row)


def _rows(size: int, pick: random.Random) -> Iterator[tuple[str, ...]]:
    for code in CODES:
        for place, first in enumerate(range(0, 10_000_000 - size + 1, size)):
            owner = 299 if code == CODES[0] and place == 7 else min(pick.randrange(300), 298)
            region = pick.randrange(85)
            yield (
                str(code), f"{first:07d}", f"{first + size - 1:07d}", str(size),
                f"ООО Оператор {owner}", f"Область {region}", f"Область {region}",
                f"77{owner:08d}",
            )  # fmt: skip


def _find(database: Path, numbers: int) -> None:
    """Each number for itself, in no order."""
    pick = random.Random(1)  # noqa: S311 - made-up numbers
    with closing(sqlite3.connect("")) as db:
        db.execute("ATTACH ? AS base", (str(database),))
        db.execute("CREATE TABLE wanted (phone TEXT)")
        made = (
            (f"+7{pick.choice(CODES)}{pick.randrange(10_000_000):07d}",) for _ in range(numbers)
        )
        db.executemany("INSERT INTO wanted VALUES (?)", made)
        begun = time.perf_counter()
        (found,) = db.execute(_FIND).fetchone()
        print(f"  {found:,d} found, without making them {time.perf_counter() - begun:.1f} s")


def _views(database: Path, wanted: dict[str, PhoneFilter]) -> dict[str, float]:
    """Seconds until a page and its count are there, the best of three."""
    measured: dict[str, float] = {}
    with Reader(database) as reader:
        for title, where in wanted.items():
            times = []
            for _attempt in range(3):
                begun = time.perf_counter()
                rows, cursor = 0, None
                while rows < 100:
                    page = phones(reader, where, cursor=cursor, limit=100 - rows)
                    rows, cursor = rows + len(page.rows), page.cursor
                    if cursor is None:
                        break
                count_phones(reader, where)
                times.append(time.perf_counter() - begun)
            measured[title] = min(times)
    return measured


def _timed(title: str, work: Callable[[], object]) -> None:
    begun, busy = time.perf_counter(), time.process_time()
    work()
    print(
        f"{title:32} {time.perf_counter() - begun:8.2f} s  CPU {time.process_time() - busy:.2f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()

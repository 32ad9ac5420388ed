"""How fast the report `phones` is written, beside a bare loop over the same query.

    python -m benchmarks.exporting big.db

Rows a second, the ratio to the bare loop (csv.writer, no neutralising, no short reads), and
by how much the memory of the process grew. Make the database with benchmarks.make_database.
"""

import argparse
import csv
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil

from core.phones.reports.export import ExportRequest, export
from core.phones.reports.names import Format, ReportName

QUERY = """
SELECT phone, original_format, first_seen_at, last_seen_at, first_run_id, projects
FROM phones ORDER BY id
"""


def bare_loop(database: Path, folder: Path) -> int:
    rows = 0
    with (
        closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as db,
        (folder / "bare.csv").open("w", encoding="utf-8-sig", newline="") as file,
    ):
        writer = csv.writer(file, delimiter=";")
        for row in db.execute(QUERY):
            writer.writerow(row)
            rows += 1
    return rows


def report(database: Path, folder: Path, kind: Format) -> int:
    request = ExportRequest(ReportName.PHONES, folder, format=kind, delimiter=";")
    return export(database, request).rows


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the export of phones.")
    parser.add_argument("database", type=Path)
    database: Path = parser.parse_args().database
    process = psutil.Process()
    bare = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ways: dict[str, Callable[[], int]] = {
            "bare csv.writer": lambda: bare_loop(database, folder),
            "CSV": lambda: report(database, folder, Format.CSV),
            "XLSX": lambda: report(database, folder, Format.XLSX),
        }
        for title, write in ways.items():
            before = process.memory_info().rss
            begun = time.perf_counter()
            rows = write()
            seconds = time.perf_counter() - begun
            rate = rows / seconds
            bare = bare or rate
            grown = (process.memory_info().rss - before) / 2**20
            print(
                f"{title:16} {rows:9,d} rows {seconds:7.2f} s {rate:10,.0f} rows/s"
                f"  x{rate / bare:.2f}  memory {grown:+.0f} MB"
            )


if __name__ == "__main__":
    main()

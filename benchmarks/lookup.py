"""How fast a list is checked, and what that costs in memory.

    python -m benchmarks.lookup big.db [--rows 1000000]

A list of so many rows, two thirds of it known, as CSV of three columns, as text of one number a
line, as workbook with shared texts and as workbook with inline ones: seconds to check it and to
write the answer as XLSX, and the largest memory of a process that does nothing else. Make the
database with benchmarks.make_database.
"""

import argparse
import csv
import multiprocessing
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

from benchmarks.synthetic_data import phone_text
from core.phones.lookup.check import checked
from core.phones.lookup.columns import look_at
from core.phones.lookup.writing import write_answers
from core.phones.reports.names import Format
from core.tables.reading.list_file import open_list

KINDS = {"csv": "csv", "text": "txt", "shared": "xlsx", "inline": "xlsx"}


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the check of a list.")
    parser.add_argument("database", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for kind, ending in KINDS.items():
            file = Path(name, f"{kind}.{ending}")
            _write_list(file, kind, options.rows)
            # A process of its own, so that the largest memory is that of one list.
            process = multiprocessing.get_context("spawn").Process(
                target=_measure, args=(options.database, file, kind)
            )
            process.start()
            process.join()
            if process.exitcode:
                sys.exit(process.exitcode)


def _rows(count: int) -> Iterator[tuple[str, str, str]]:
    for n in range(count):
        text = phone_text(n * 3 // 2 + 1)  # a third lies beyond a million stored ones
        yield f"client {n % 1000}", f"8 ({text[2:5]}) {text[5:8]}-{text[8:10]}-{text[10:]}", "note"


def _write_list(file: Path, kind: str, count: int) -> None:
    if kind == "text":
        file.write_text("".join(f"{phone}\n" for _client, phone, _note in _rows(count)), "ascii")
        return
    heading = ("client", "phone", "note")
    if kind == "csv":
        with file.open("w", encoding="cp1251", newline="") as stream:
            writer = csv.writer(stream, delimiter=";")
            writer.writerow(heading)
            writer.writerows(_rows(count))
        return
    with xlsxwriter.Workbook(str(file), {"constant_memory": kind == "inline"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, heading)
        for n, row in enumerate(_rows(count), start=1):
            sheet.write_row(n, 0, row)


def _measure(database: Path, file: Path, kind: str) -> None:
    idle = largest()
    begun, busy = time.perf_counter(), time.process_time()
    with open_list(file) as source:
        columns = look_at(source)
        assert columns.column == (0 if kind == "text" else 1)
        with checked(database, source, columns, columns.column) as answer:
            checked_at, checked_busy = time.perf_counter(), time.process_time()
            target = file.with_name(f"{kind}_answer.xlsx")
            _files, rows = write_answers(answer, target, Format.XLSX, ";")
            written_at, written_busy = time.perf_counter(), time.process_time()
    print(
        f"{kind:8} {rows:9,d} rows  known {answer.counts.known:9,d}"
        f"  check {checked_at - begun:6.1f} s (CPU {checked_busy - busy:.1f})"
        f"  XLSX {written_at - checked_at:6.1f} s (CPU {written_busy - checked_busy:.1f})"
        f"  memory {idle:.0f} -> {largest():.0f} MB",
        flush=True,
    )


def largest() -> float:
    """The most memory of this process so far, in MB. (`getrusage` would tell the parent's.)"""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]


if __name__ == "__main__":
    main()

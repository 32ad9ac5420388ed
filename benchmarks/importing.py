"""Taking in an older base, and letting go of it.

    python -m benchmarks.importing big.db [--rows 1000000]

A CSV of so many numbers with dates, taken into a copy of the database that knows a third of them,
and let go again: seconds, and the largest memory. Make the database with benchmarks.make_database.
"""

import argparse
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.lookup import largest
from benchmarks.synthetic_data import phone_text
from core.phones.imports.base_file import open_base
from core.phones.imports.dates import ImportColumns, date_column
from core.phones.imports.take_in import take_in
from core.phones.imports.undo import undo_import
from core.phones.lookup.columns import look_at


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the import of an older base.")
    parser.add_argument("database", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        database, file = Path(name, "copy.db"), Path(name, "old.csv")
        shutil.copyfile(options.database, database)
        with file.open("w", encoding="utf-8") as stream:
            stream.write("phone;first seen\n")
            for n in range(options.rows):
                stream.write(f"{phone_text(n + options.rows * 2 // 3)};2024-05-{n % 28 + 1:02d}\n")
        before = largest()
        begun = time.perf_counter()
        with open_base(file) as source:
            found = look_at(source)
            assert found.column == 0
            chosen = ImportColumns(0, date_column(found))
            done = take_in(database, source, file.name, found, chosen, datetime.now(UTC))
        taken = time.perf_counter()
        undone = undo_import(database, done.id, datetime.now(UTC))
        print(
            f"{done.rows:,d} rows, {done.added:,d} taken in, {done.known:,d} known before:"
            f" {taken - begun:.1f} s, memory {before:.0f} -> {largest():.0f} MB;"
            f" {undone.deleted:,d} let go again: {time.perf_counter() - taken:.1f} s"
        )


if __name__ == "__main__":
    main()

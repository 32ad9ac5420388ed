"""Many rows in one statement.

`executemany` steps once a row, and each step gives the interpreter's lock away: beside busy
worker threads a row then costs 270 microseconds instead of 1 (measured). One statement with
many rows steps once.
"""

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

# Statements come in a few sizes only, so that each is compiled once and kept: a compiled one
# takes about 100 bytes a value.
SIZES = (1000, 200, 40, 8, 1)


@lru_cache(maxsize=128)
def _statement(insert: str, columns: int, rows: int, tail: str) -> str:
    row = "(" + ",".join("?" * columns) + ")"
    return f"{insert} VALUES {','.join([row] * rows)} {tail}"


def insert_columns(
    db: sqlite3.Connection, insert: str, columns: Sequence[Sequence[Any]], tail: str = ""
) -> int:
    """Insert rows given column by column; `insert` is 'INSERT INTO t (a, b)'.

    Returns the number of rows inserted or changed.
    """
    width = len(columns)
    total = len(columns[0])
    changed = start = 0
    while start < total:
        count = next(size for size in SIZES if size <= total - start)
        values: list[Any] = [None] * (width * count)
        for place, column in enumerate(columns):
            values[place::width] = column[start : start + count]
        changed += db.execute(_statement(insert, width, count, tail), values).rowcount
        start += count
    return changed

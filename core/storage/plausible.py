"""Tells rows of our tables from rubbish that SQLite reads out of a damaged page without complaint.

A row of a sound file always passes: what is asked for is what the tables themselves demand, and
what the program never stores otherwise.
"""

import re
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

Test = Callable[[Any], bool]

# Far above what a hundred years bring, far below where SQLite has no next id to give away.
_MOST_RUNS, _MOST_PHONES = 2**31, 2**40
_YEAR_0, _YEAR_9999 = -62_167_219_200, 253_402_300_799  # Unix seconds that SQLite can show
_E164 = re.compile(r"\+[0-9]{1,20}")
_KINDS = {"TEXT": str, "INTEGER": int, "REAL": float, "BLOB": bytes}


def decoded(text: bytes) -> str | bytes:
    """For `Connection.text_factory`: text that is not UTF-8 stays bytes, which is no text."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text


class Plausible:
    """Judges values of the table `table` of `db`, an undamaged database. Raises sqlite3.Error."""

    def __init__(self, db: sqlite3.Connection, table: str, columns: Sequence[str]) -> None:
        info = {
            name: (declared, bool(required or key))
            for name, declared, required, key in db.execute(
                'SELECT name, type, "notnull", pk FROM pragma_table_info(?)', (table,)
            )
        }
        self._tests = [_test_for(table, name, *info[name]) for name in columns]

    def __call__(self, row: Sequence[Any]) -> bool:
        """Whether the program may have stored this row, given in the order of the columns."""
        return all(test(value) for test, value in zip(self._tests, row, strict=True))

    def at(self, place: int, value: Any) -> bool:
        """Whether `value` may stand in the column number `place`."""
        return self._tests[place](value)


def _test_for(table: str, column: str, declared: str, required: bool) -> Test:
    special = _special(table, column)
    kind = _KINDS.get(declared)

    def test(value: Any) -> bool:
        if value is None:
            return not required
        return (kind is None or isinstance(value, kind)) and (special is None or special(value))

    return test


def _special(table: str, column: str) -> Test | None:
    name = f"{table}.{column}"
    if name == "phones.phone":
        return lambda value: _E164.fullmatch(value) is not None
    if name == "runs.id" or column.endswith("run_id"):
        return lambda value: 0 < value <= _MOST_RUNS
    if name == "phones.id" or column == "phone_id":
        return lambda value: 0 < value <= _MOST_PHONES
    if column in ("first_seen", "last_seen"):
        return _is_time
    if column == "created":  # as the server wrote it, where that is no time
        return lambda value: isinstance(value, str) or _is_time(value)
    return None


def _is_time(value: Any) -> bool:
    return isinstance(value, int) and _YEAR_0 <= value <= _YEAR_9999

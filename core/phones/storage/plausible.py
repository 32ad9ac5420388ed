"""Tells rows of our tables from rubbish that SQLite reads out of a damaged page without complaint.

A row of a sound file always passes: what is asked for is what the tables themselves demand, and
what the program never stores otherwise. Values are judged by columns of many rows, because a
sound file may have a hundred million of them.
"""

import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

Test = Callable[[Collection[Any]], bool]

# Far above what a hundred years bring, far below where SQLite has no next id to give away.
_MOST_RUNS, _MOST_PHONES = 2**31, 2**40
_YEAR_0, _YEAR_9999 = -62_167_219_200, 253_402_300_799  # Unix seconds that SQLite can show
_E164 = re.compile(r"\+[0-9]{1,20}")
_KINDS: dict[str, set[type]] = {"TEXT": {str}, "INTEGER": {int}, "REAL": {float}, "BLOB": {bytes}}
_NONE = type(None)


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
        self._tests = [_test_for(f"{table}.{name}", *info[name]) for name in columns]

    def select(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Those of `rows`, in the order of the columns, that the program may have stored."""
        if self._hold(zip(*rows, strict=True)):
            return rows
        return [row for row in rows if self._hold((value,) for value in row)]

    def _hold(self, columns: Iterable[Collection[Any]]) -> bool:
        return all(test(column) for test, column in zip(self._tests, columns, strict=True))

    def at(self, place: int, values: Collection[Any]) -> bool:
        """Whether all `values`, of which there is one at least, may stand in column `place`."""
        return self._tests[place](values)


def _test_for(name: str, declared: str, required: bool) -> Test:
    kinds = _KINDS.get(declared, {int, str}) | (set() if required else {_NONE})
    bounds = _bounds(name)

    def test(values: Collection[Any]) -> bool:
        found = set(map(type, values))
        if not found <= kinds:
            return False
        if bounds is not None and int in found:
            numbers = values if len(found) == 1 else [v for v in values if isinstance(v, int)]
            return bounds[0] <= min(numbers) and max(numbers) <= bounds[1]
        return name != "phones.phone" or all(map(_E164.fullmatch, values))

    return test


def _bounds(name: str) -> tuple[int, int] | None:
    """Least and greatest of the whole numbers in a column, where they are known."""
    column = name.partition(".")[2]
    if name == "runs.id" or column.endswith("run_id"):
        return 1, _MOST_RUNS
    if name == "phones.id" or column == "phone_id":
        return 1, _MOST_PHONES
    if column in ("first_seen", "last_seen", "created"):  # the last may be text as well
        return _YEAR_0, _YEAR_9999
    return None

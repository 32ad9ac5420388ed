"""Makes the ranges of a registry in the database, in place of those that were there.

Besides the rows of the files there are ranges for countries, and for what is allocated to nobody
in those parts of +7 that the files speak of. So any number is in one range at most, and finding
it is one step in an index.
"""

import json
import logging
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from core.database.failures import storage_failure
from core.i18n import _
from core.phones.registry.countries import calling_codes
from core.phones.registry.reading import NotTheRegistry, RangeRow, read_registry
from core.phones.storage.connect import open_writer
from core.phones.storage.meta import REGISTRY, set_meta
from core.phones.storage.number_counts import count_all
from core.phones.storage.run_store import iso
from core.watch import UNWATCHED, Cancelled, Watch

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 5_000
MOST_BAD = 0.02  # of a file's rows: more, and it is something else
GROUPS = "3489"
"""The first digits of Russian numbers, a file of the registry each."""

_REGION, _COUNTRY, _UNALLOCATED = "region", "country", "unallocated"
# What an operator calls itself before its name, in every spelling of registries without ИНН.
_FORM = re.compile(
    r"^(?:(?:публичное|открытое|закрытое|непубличное)? ?акционерное общество|"
    r"общество с ограниченной ответственностью|пао|оао|зао|нао|ао|ооо|гуп|фгуп|муп|ип) "
)


@dataclass(frozen=True, slots=True)
class Registry:
    """A loaded registry. `groups` are the first digits of Russian numbers that its files speak
    of; `skipped` rows were no ranges, `overlapping` ones were cut to what was left of them."""

    loaded_at: str
    files: tuple[str, ...]
    rows: int
    ranges: int
    operators: int
    regions: int
    groups: str
    skipped: int
    overlapping: int


def load_registry(
    database: Path, files: Sequence[Path], now: datetime, watch: Watch = UNWATCHED
) -> Registry:
    """Replace the registry by that of `files`, in one transaction.

    The caller holds the database alone (core.phones.storage.exclusive). Raises NotTheRegistry,
    ListUnreadable, StorageFailure and Cancelled; then all is as it was.
    """
    try:
        with closing(open_writer(database)) as db:
            db.execute("PRAGMA temp_store = FILE")
            db.execute("BEGIN IMMEDIATE")
            try:
                loaded = _Loading(db, watch).load(files, iso(now))
                count_all(db)
                db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                raise
    except sqlite3.Error as error:
        raise storage_failure(error, database) from error
    log.info("registry of number ranges loaded: %s", loaded)
    return loaded


def remove_registry(database: Path) -> None:
    """Forget the registry. The caller holds the database alone. Raises StorageFailure."""
    try:
        with closing(open_writer(database)) as db:
            db.execute("BEGIN IMMEDIATE")
            _empty(db)
            db.execute("COMMIT")
    except sqlite3.Error as error:
        raise storage_failure(error, database) from error


def _empty(db: sqlite3.Connection) -> None:
    for table in ("number_counts", "number_ranges", "number_operators", "number_regions"):
        db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
    db.execute("DELETE FROM meta WHERE key = ?", (REGISTRY,))


class _Loading:
    def __init__(self, db: sqlite3.Connection, watch: Watch) -> None:
        self._db = db
        self._watch = watch
        self._operators: dict[str, int] = {}
        self._regions: dict[tuple[str, str], int] = {}
        self._rows = self._skipped = self._overlapping = self._ranges = 0

    def load(self, files: Sequence[Path], now: str) -> Registry:
        _empty(self._db)
        self._db.execute(
            "CREATE TEMP TABLE incoming (first TEXT, last TEXT, region INTEGER, operator INTEGER)"
        )
        for number, file in enumerate(files):
            self._read(file)
            self._watch.progress((number + 1) / (len(files) + 1))
        groups = "".join(
            digit
            for digit in GROUPS
            if self._db.execute(
                "SELECT 1 FROM incoming WHERE first >= ? AND first < ? || ':' LIMIT 1",
                (f"+7{digit}", f"+7{digit}"),
            ).fetchone()
        )
        self._make_ranges(groups)
        self._db.execute("DROP TABLE incoming")
        operators, regions = len(self._operators), sum(k == _REGION for k, _n in self._regions)
        names = tuple(file.name for file in files)
        registry = Registry(
            now, names, self._rows, self._ranges, operators, regions, groups,
            self._skipped, self._overlapping,
        )  # fmt: skip
        set_meta(self._db, REGISTRY, json.dumps(asdict(registry), ensure_ascii=False))
        return registry

    def _read(self, file: Path) -> None:
        rows = skipped = 0
        batch: list[tuple[str, str, int, int]] = []
        for row in read_registry(file):
            if row is None:
                skipped += 1
                continue
            rows += 1
            batch.append(
                (
                    f"+7{row.first}",
                    f"+7{row.last}",
                    self._region(_REGION, row.region),
                    self._operator(row),
                )
            )
            if len(batch) == ROWS_AT_ONCE:
                self._take(batch)
        self._take(batch)
        if not rows or skipped > MOST_BAD * (rows + skipped):
            raise not_ranges(file)
        self._rows += rows
        self._skipped += skipped

    def _take(self, batch: list[tuple[str, str, int, int]]) -> None:
        self._db.executemany("INSERT INTO incoming VALUES (?, ?, ?, ?)", batch)
        batch.clear()
        if self._watch.cancelled():
            raise Cancelled

    def _operator(self, row: RangeRow) -> int:
        """By taxpayer number where there is one; a name is spelled in many ways."""
        key = row.inn or plain_name(row.operator)
        if key not in self._operators:
            number = self._operators[key] = len(self._operators) + 1
            self._db.execute(
                "INSERT INTO number_operators VALUES (?, ?, ?)", (number, row.operator, row.inn)
            )
        return self._operators[key]

    def _region(self, kind: str, name: str) -> int:
        if (kind, name) not in self._regions:
            number = self._regions[kind, name] = len(self._regions) + 1
            self._db.execute("INSERT INTO number_regions VALUES (?, ?, ?)", (number, kind, name))
        return self._regions[kind, name]

    def _make_ranges(self, groups: str) -> None:
        countries = [
            (prefix, prefix + ":", self._region(_COUNTRY, code), 0)  # ':' follows '9'
            for prefix, code in calling_codes()
        ]
        nobody = self._region(_UNALLOCATED, "")
        rows = list(self._with_gaps(groups, nobody, [first for first, *_ in countries]))
        self._db.executemany("INSERT INTO number_ranges VALUES (?, ?, ?, ?)", countries + rows)
        self._ranges = len(rows)

    def _with_gaps(
        self, groups: str, nobody: int, taken: Sequence[str]
    ) -> Iterator[tuple[str, str, int, int]]:
        """The rows in order, neighbours of one operator as one range, and what lies between."""
        inside = [prefix for prefix in taken if prefix.startswith("+7")]
        for group in groups:
            begin, end = f"+7{group}000000000", f"+7{group}999999999"
            position = begin
            current: tuple[str, str, int, int] | None = None
            for first, last, region, operator in self._db.execute(
                "SELECT first, last, region, operator FROM incoming"
                " WHERE first BETWEEN ? AND ? ORDER BY first, last DESC",
                (begin, end),
            ):
                if first.startswith(tuple(inside)):
                    continue  # of another country, whatever the file says
                if first < position:
                    self._overlapping += 1
                    first = position
                if first > last:
                    continue
                if current is not None and (first, region, operator) == (
                    position, current[2], current[3],
                ):  # fmt: skip
                    current = (current[0], last, region, operator)
                else:
                    if current is not None:
                        yield current
                    if first > position:
                        yield from _without(position, _before(first), nobody, inside)
                    current = (first, last, region, operator)
                position = _after(last)
            if current is not None:
                yield current
            if position <= end:
                yield from _without(position, end, nobody, inside)


def _without(
    first: str, last: str, nobody: int, inside: Sequence[str]
) -> Iterator[tuple[str, str, int, int]]:
    """A gap, without what belongs to another country."""
    for prefix in sorted(inside):
        low, high = prefix.ljust(12, "0"), prefix.ljust(12, "9")
        if high < first or low > last:
            continue
        if low > first:
            yield first, _before(low), nobody, 0
        first = _after(high)
    if first <= last:
        yield first, last, nobody, 0


def _before(phone: str) -> str:
    return f"+{int(phone[1:]) - 1}"


def _after(phone: str) -> str:
    return f"+{int(phone[1:]) + 1}"


def plain_name(name: str) -> str:
    """An operator's name without case, quotes and legal form."""
    plain = re.sub(r"[\"'«»“”„]", "", name.casefold())
    return _FORM.sub("", " ".join(plain.split()))


def not_ranges(file: Path) -> NotTheRegistry:
    """A file with the right headings and rows that are no ranges."""
    return NotTheRegistry(
        _("{name} holds too many rows that are no ranges of numbers.").format(name=file.name),
        _("Download it anew and choose that file."),
    )

"""The files of the registry become ranges, and every number finds its own."""

import csv
import itertools
import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import UserError
from core.phones.registry.load import load_registry, plain_name, remove_registry
from core.phones.registry.located import PlaceKind, loaded_registry, operators, places, shares
from core.phones.registry.made_up import HEADING, made_up_rows, write_made_up
from core.phones.registry.reading import NotTheRegistry
from core.phones.registry.words import place
from core.phones.storage.connect import open_writer
from core.phones.storage.exclusive import exclusive
from core.phones.storage.forget import forget
from core.phones.storage.queries.phone_filter import PhoneFilter
from core.phones.storage.queries.phone_search import PhoneSort
from core.phones.storage.queries.phones import count_phones, phones
from core.phones.storage.reader import Reader
from core.watch import Cancelled, Watch
from tests.phones.storage.collected import Rows
from tests.phones.storage.consistency import contradictions

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
OLD_HEADING = ("АВС/ DEF", "От", "До", "Емкость", "Оператор", "Регион")
Row = Sequence[str]


def written(
    path: Path, rows: Sequence[Row], heading: Row = OLD_HEADING, code: str = "utf-8"
) -> Path:
    with path.open("w", encoding=code, newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(heading)
        writer.writerows(rows)
    return path


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    path = tmp_path / "empty.db"
    open_writer(path).close()
    return path


def of(database: Path, phone: str) -> tuple[str, str, str]:
    """Kind, place and operator of a number, by plain SQL over all ranges."""
    with closing(sqlite3.connect(database)) as db:
        found = db.execute(
            "SELECT r.kind, r.name, coalesce(o.name, '') FROM number_ranges n"
            " JOIN number_regions r ON r.id = n.region_id"
            " LEFT JOIN number_operators o ON o.id = n.operator_id"
            " WHERE ? BETWEEN n.first AND n.last",
            (phone,),
        ).fetchall()
    assert len(found) <= 1, "ranges must not overlap"
    return found[0] if found else ("", "", "")


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "cp1251"])
def test_rows_gaps_and_countries(empty: Path, tmp_path: Path, code: str) -> None:
    file = written(
        tmp_path / "DEF-9xx.csv",
        [
            ("957", "1000000", "1999999", "1000000", 'ООО "Соты"', "Краснодарский край"),
            ("957", "2000000", "2999999", "1000000", "ООО  «Соты»", "г. Сочи|Краснодарский край"),
            ("957", "5000000", "5009999", "10000", 'АО "Волна"', "Свердловская область"),
        ],
        code=code,
    )
    registry = load_registry(empty, [file], NOW)
    assert (registry.rows, registry.operators, registry.regions) == (3, 2, 2)
    assert registry.groups == "9"
    with closing(sqlite3.connect(empty)) as db:  # neighbours of one operator are one range
        assert db.execute(
            "SELECT last FROM number_ranges WHERE first = '+79571000000'"
        ).fetchall() == [("+79572999999",)]
    for phone, expected in {
        "+79571000000": ("region", "Краснодарский край", 'ООО "Соты"'),
        "+79572999999": ("region", "Краснодарский край", 'ООО "Соты"'),
        "+79573000000": ("unallocated", "", ""),
        "+79574999999": ("unallocated", "", ""),
        "+79575000000": ("region", "Свердловская область", 'АО "Волна"'),
        "+79575010000": ("unallocated", "", ""),
        "+79000000000": ("unallocated", "", ""),
        "+79999999999": ("unallocated", "", ""),
        "+79400000001": ("country", "AB", ""),
        "+78400000001": ("country", "AB", ""),
        "+74951234567": ("", "", ""),  # the file for 4xx was not loaded: nobody knows
        "+77011234567": ("country", "KZ", ""),
        "+375291234567": ("country", "BY", ""),
        "+12125551234": ("country", "NANP", ""),
        "+84912345678": ("country", "VN", ""),
    }.items():
        assert of(empty, phone) == expected, phone


def test_operators_are_told_apart_by_inn_not_by_spelling(empty: Path, tmp_path: Path) -> None:
    rows = [
        ("957", "0000000", "0999999", "1", 'ООО "Соты"', "А", "А", "6600000004"),
        ("957", "2000000", "2999999", "1", "Общество «СОТЫ»", "А", "А", "6600000004"),
        ("957", "4000000", "4999999", "1", 'ООО "Соты"', "А", "А", "7700000001"),
    ]
    assert load_registry(empty, [written(tmp_path / "a.csv", rows, HEADING)], NOW).operators == 2
    old = [row[:6] for row in rows]  # without ИНН only the spelling is left
    assert load_registry(empty, [written(tmp_path / "b.csv", old)], NOW).operators == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('ООО "Соты"', "общество с ограниченной ответственностью «СОТЫ»"),
        ('ПАО "Первая связь"', "Публичное акционерное общество «Первая  связь»"),
    ],
)
def test_spellings_of_one_operator(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other)


def test_rows_that_overlap_are_cut(empty: Path, tmp_path: Path) -> None:
    rows = [
        ("957", "0000000", "1999999", "1", "А", "Один"),
        ("957", "1000000", "2999999", "1", "Б", "Два"),
        ("957", "1500000", "1600000", "1", "В", "Три"),
    ]
    assert load_registry(empty, [written(tmp_path / "a.csv", rows)], NOW).overlapping == 2
    assert of(empty, "+79571999999")[1] == "Один"
    assert of(empty, "+79572000000")[1] == "Два"


def test_a_new_registry_takes_the_place_of_the_old_one(database: Path, tmp_path: Path) -> None:
    with exclusive(database):
        load_registry(database, write_made_up(tmp_path), NOW)
        other = written(tmp_path / "a.csv", [("957", "0", "9999999", "1", "А", "Один")])
        assert load_registry(database, [other], NOW).ranges == 4
        with Reader(database) as reader:
            found = loaded_registry(reader)
            assert found is not None
            assert found.files == ("a.csv",)
            assert [o.name for o in operators(reader)] == ["А"]
        remove_registry(database)
    with Reader(database) as reader:
        assert loaded_registry(reader) is None
        assert not shares(reader)


@pytest.mark.parametrize(
    "content", ["a;b\n1;2\n", "", "АВС/ DEF;От;До;Емкость;Оператор;Регион\n", "79571234567\n",
                "АВС/ DEF;От;До;Емкость;Оператор;Регион\n957;x;y;1;А;Б\n"]
)  # fmt: skip
def test_another_file_is_refused_and_nothing_changes(
    database: Path, tmp_path: Path, content: str
) -> None:
    good = write_made_up(tmp_path)
    load_registry(database, good, NOW)
    bad = tmp_path / "bad.csv"
    bad.write_text(content, encoding="utf-8")
    with pytest.raises(NotTheRegistry):
        load_registry(database, [*good, bad], NOW)
    with Reader(database) as reader:
        registry = loaded_registry(reader)
    assert registry is not None
    assert registry.files == ("DEF-9xx.csv",)


def test_a_cancel_leaves_all_as_it_was(database: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        load_registry(database, write_made_up(tmp_path), NOW, Watch(cancelled=lambda: True))
    with Reader(database) as reader:
        assert loaded_registry(reader) is None
    with pytest.raises(UserError):
        load_registry(database, [tmp_path / "none.csv"], NOW)


class TestWithNumbers:
    @pytest.fixture
    def located(self, database: Path, tmp_path: Path) -> Path:
        load_registry(database, write_made_up(tmp_path), NOW)
        return database

    def expected(self, located: Path) -> dict[str, tuple[str, str]]:
        """Region and operator of each stored number, from the rows of the file."""
        blocks = {
            (code, int(first) // 250_000): (region.split("|")[-1], operator)
            for code, first, _last, _n, operator, region, _gar, _inn in made_up_rows()
        }
        return {
            phone: blocks.get((phone[2:5], int(phone[5:]) // 250_000), ("", ""))
            for (phone,) in Rows(located)("SELECT phone FROM phones")
        }

    def test_kept_counts_are_those_of_the_numbers(self, located: Path) -> None:
        expected = list(self.expected(located).values())
        with Reader(located) as reader:
            for share in shares(reader):
                assert share.phones == expected.count((share.place.name, share.operator))
            assert sum(share.phones for share in shares(reader)) == len(expected)
            assert sum(found.phones for found in places(reader)) == len(expected)

    @pytest.mark.parametrize("few", [True, False])
    def test_filters_by_region_and_operator(
        self, located: Path, monkeypatch: pytest.MonkeyPatch, few: bool
    ) -> None:
        """By the ranges where few are left, else window by window."""
        monkeypatch.setattr(
            "core.phones.storage.queries.phone_search.SORTABLE", 50_000 if few else -1
        )
        expected = self.expected(located)
        with Reader(located) as reader:
            for found in places(reader):
                for operator in (None, *operators(reader)):
                    where = PhoneFilter(
                        region_id=found.id, operator_id=operator.id if operator else None
                    )
                    wanted = {
                        phone
                        for phone, (region, name) in expected.items()
                        if (region == found.name and operator in (None,))
                        or (operator is not None and (region, name) == (found.name, operator.name))
                    }
                    assert count_phones(reader, where).value == len(wanted)
                    seen, cursor = [], None
                    while True:
                        page = phones(reader, where, PhoneSort.FIRST_SEEN, True, cursor, 50, 5.0)
                        seen += [row.phone for row in page.rows]
                        assert all(row.place == found.name for row in page.rows)
                        if (cursor := page.cursor) is None:
                            break
                    assert set(seen) == wanted
                    assert len(seen) == len(wanted)

    def test_an_erased_number_is_not_counted_any_more(self, located: Path, rows: Rows) -> None:
        phone = rows.one("SELECT phone FROM phones LIMIT 1")
        with exclusive(located):
            forget(located, phone, NOW)
        with Reader(located) as reader:
            total = sum(share.phones for share in shares(reader))
        assert total == rows.one("SELECT count(*) FROM phones")
        assert not contradictions(located)


def test_every_number_is_in_one_range_at_most(empty: Path, tmp_path: Path) -> None:
    """Random ranges, some of them overlapping, against the rows themselves."""
    pick = random.Random(25)
    rows = []
    for code in ("301", "495", "840", "941", "957"):
        for n in range(60):
            first = pick.randrange(9_900_000)
            last = first + pick.randrange(100_000)
            rows.append((code, f"{first:07d}", f"{last:07d}", "1", f"О{n % 7}", f"Р{n % 5}"))
    load_registry(empty, [written(tmp_path / "a.csv", rows)], NOW)
    with closing(sqlite3.connect(empty)) as db:
        ranges = db.execute("SELECT first, last FROM number_ranges ORDER BY first").fetchall()
    for (_, last), (first, _) in itertools.pairwise(ranges):
        assert last < first
    for _ in range(500):
        code, first, last, *_rest = pick.choice(rows)
        number = f"{pick.randrange(int(first), int(last) + 1):07d}"
        holders = {(r[5], r[4]) for r in rows if r[0] == code and r[1] <= number <= r[2]}
        kind, region, operator = of(empty, f"+7{code}{number}")
        if code == "840":
            assert (kind, region) == ("country", "AB")
        else:
            assert (region, operator) in holders
    assert of(empty, "+73010000000")[0] in {PlaceKind.REGION, PlaceKind.UNALLOCATED}
    assert place("unallocated", "") == "not allocated"

"""Phones found by their number or a part of it."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.phones.storage.queries import phones
from core.phones.storage.queries.phone_filter import PhoneFilter
from core.phones.storage.queries.phone_search import PhoneSort
from core.phones.storage.reader import Reader
from tests.phones.queries.phone_pages import all_phones, matches
from tests.phones.queries.raw import Raw

UNUSUAL = ("+79071234567890", "+14155552671", "+442071234567", "+4712345678", "+7812345")


@pytest.fixture(scope="module")
def mixed(path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same database with numbers of other lengths and countries among the others."""
    copy = tmp_path_factory.mktemp("mixed") / "mixed.db"
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy)) as db:
        db.executemany(
            "INSERT INTO phones (phone, first_seen, last_seen, first_run_id, last_run_id,"
            " first_project_id) VALUES (?, 0, 0, 1, 1, 1)",
            [(phone,) for phone in UNUSUAL],
        )
        db.commit()
    return copy


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "text",
    ["907", "+7907", "8907", "79", "+7 (935) 0", "12", "1234567", "8-935-00", "+1", "0",
     "790700", "500001", "0000055", "4550", "79074", "200002", "3120000", "155526", "6789012"],
)  # fmt: skip
@pytest.mark.parametrize("project_id", [None, 4])
def test_number_search(
    reader: Reader, raw: Raw, text: str, project_id: int | None, descending: bool
) -> None:
    where = PhoneFilter(text=text, project_id=project_id)
    plain = PhoneFilter(text=text.translate({ord(c): None for c in " ()-"}), project_id=project_id)
    found = all_phones(reader, where, PhoneSort.FIRST_SEEN, descending)
    expected = {row["id"] for row in raw.phones if matches(raw, row, plain)}
    assert len(found) == len(expected)
    assert {row.id for row in found} == expected


def test_full_number_in_any_writing(reader: Reader, raw: Raw) -> None:
    number = raw.phones[7]["phone"]
    spaced = f"8 ({number[2:5]}) {number[5:8]}-{number[8:10]}-{number[10:]}"
    for text in (number, number[1:], spaced, number[2:]):
        page = phones.phones(reader, PhoneFilter(text=text), budget=60)
        assert [row.phone for row in page.rows] == [number]


@pytest.mark.parametrize("length", [5, 6, 7, 8, 9, 11])
def test_a_part_of_a_number_is_found_wherever_it_stands(mixed: Path, length: int) -> None:
    raw = Raw(mixed)
    stored = [row["phone"] for row in raw.phones]
    parts = {
        phone[at : at + length]
        for phone in (*stored[::1499], *UNUSUAL)
        for at in range(1, len(phone) - length + 1)
    }
    with Reader(mixed) as reader:
        for part in sorted(parts):
            where = PhoneFilter(text=part)
            found = all_phones(reader, where, PhoneSort.FIRST_SEEN, True, limit=2)
            expected = [
                p for p in stored if part in p or (part[0] == "8" and p.startswith("+7" + part[1:]))
            ]
            assert sorted(row.phone for row in found) == sorted(expected)

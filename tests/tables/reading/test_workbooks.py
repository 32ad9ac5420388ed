"""Workbooks as Excel and others write them."""

import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from core.tables.reading.list_file import open_list
from core.tables.reading.problems import ListUnreadable


def rows_of(path: Path) -> list[list[str]]:
    with open_list(path) as source:
        return [list(row) for batch in source.batches() for row in batch]


def test_texts_numbers_dates_and_gaps(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Клиент", "Телефон", "С", "Когда"])
    sheet.append(
        [
            "Окна & двери",
            79571234567,
            date(2026, 11, 27),
            datetime(2026, 11, 27, 10, 30, 5),  # noqa: DTZ001 - Excel knows no zone
        ]
    )
    sheet.append([None, None, None, None])
    sheet.append([None, "8 (957) 123-45-68", 1.5, True])
    book.save(path)
    assert rows_of(path) == [
        ["Клиент", "Телефон", "С", "Когда"],
        ["Окна & двери", "79571234567", "2026-11-27", "2026-11-27 10:30:05"],
        ["", "8 (957) 123-45-68", "1.5", "1"],
    ]


def test_inline_texts_and_rich_texts(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "+79571234567")
        sheet.write_rich_string(1, 0, "8957", book.add_format({"bold": True}), "1234568")
        sheet.write_formula(2, 0, "=1+1", None, "79571234569")
    assert rows_of(path) == [["+79571234567"], ["89571234568"], ["79571234569"]]


def test_the_first_sheet_that_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        hidden, shown = book.add_worksheet("hidden"), book.add_worksheet("shown")
        hidden.write_string(0, 0, "no")
        shown.write_string(0, 0, "yes")
        shown.activate()
        hidden.hide()
    assert rows_of(path) == [["yes"]]


def test_a_million_different_texts_need_no_memory_of_their_own(tmp_path: Path) -> None:
    """Shared texts beyond a few megabytes stand in a file."""
    path = tmp_path / "list.xlsx"
    texts = [f"{n:06d}" + "я" * 200 for n in range(15_000)]
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for n, text in enumerate(texts):
            sheet.write_string(n, 0, text)
    assert [row[0] for row in rows_of(path)] == texts


def rewritten(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """The workbook with a piece of one of its parts replaced."""
    changed = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(old, new) if name == part else data)
    return changed


def simple(tmp_path: Path) -> Path:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet().write_number(0, 0, 79571234567)
    return path


def test_a_number_in_exponent_form_keeps_its_digits(tmp_path: Path) -> None:
    path = rewritten(
        simple(tmp_path), "xl/worksheets/sheet1.xml", b"79571234567", b"7.9571234567E+10"
    )
    assert rows_of(path) == [["79571234567"]]


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet", b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet"),
        ("xl/workbook.xml", b"<workbook ", b"<!DOCTYPE a [<!ENTITY b 'c'>]><workbook "),
        ("xl/worksheets/sheet1.xml", b"</row>", b""),
        ("xl/workbook.xml", b"</workbook>", b""),
        ("xl/_rels/workbook.xml.rels", b"worksheets/sheet1.xml", b"worksheets/none.xml"),
        ("xl/worksheets/sheet1.xml", b'<c r="A1">', b'<c r="A1" t="s">'),
    ],
)
def test_hostile_and_damaged_workbooks_are_named(
    tmp_path: Path, part: str, old: bytes, new: bytes
) -> None:
    with pytest.raises(ListUnreadable, match="damaged"):
        rows_of(rewritten(simple(tmp_path), part, old, new))


def test_a_stray_cell_far_to_the_right_makes_no_wide_rows(tmp_path: Path) -> None:
    path = rewritten(
        simple(tmp_path), "xl/worksheets/sheet1.xml", b"</row>", b'<c r="XFD1"><v>1</v></c></row>'
    )
    assert rows_of(path) == [["79571234567"]]

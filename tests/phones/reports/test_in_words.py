"""Excel's reports are for people: words, names, local dates; CSV keeps the contract."""

import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from core.i18n import set_language
from core.phones.reports.catalog import TABLES
from core.phones.reports.in_words import HEADINGS, columns_in_words, sheet_name
from core.phones.reports.names import Format, Headers, ReportName
from tests.phones.reports.asking import ask
from tests.phones.reports.raw import Raw
from tests.phones.reports.reading import read_csv, read_xlsx


@pytest.fixture
def far_east() -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("needs tzset")
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Etc/GMT-10"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.fixture
def russian() -> Iterator[None]:
    set_language("ru")
    yield
    set_language("en")


@pytest.mark.usefixtures("russian")
def test_each_column_and_sheet_has_words() -> None:
    for name, report in TABLES.items():
        assert {column.name for column in report.columns} - {"detail"} <= set(HEADINGS)
        headings = [column.name for column in columns_in_words(report)]
        assert not set(headings) & set(HEADINGS)
        assert len(set(headings)) == len(headings), name
        assert 0 < len(sheet_name(name)) <= 31


@pytest.mark.usefixtures("russian", "far_east")
def test_excel_has_words_and_local_dates(database: Path, tmp_path: Path, raw: Raw) -> None:
    file = ask(database, tmp_path, ReportName.SUMMARY, format=Format.XLSX).files[0]
    book = openpyxl.load_workbook(file)
    assert book.active.title == "Запуски"
    book.close()
    header, first, *_others = read_xlsx(file)
    assert header[:4] == ["Запуск", "Начат", "Закончен", "Итог"]
    assert first[3] == "завершён"
    begun = datetime.fromisoformat(raw.tables["runs"][0]["started_at"])
    assert first[1] == begun.astimezone().replace(tzinfo=None)
    assert begun.astimezone().hour == (begun.hour + 10) % 24


@pytest.mark.usefixtures("russian")
def test_rejected_numbers_have_names_and_reasons(database: Path, tmp_path: Path, raw: Raw) -> None:
    file = ask(database, tmp_path, ReportName.REJECTED, format=Format.XLSX).files[0]
    header, *rows = read_xlsx(file)
    assert header[-2:] == ["Проект", "Клиент"]
    for row, kept in zip(rows, raw.tables["rejected_phones"], strict=True):
        project = raw.project[kept["project_id"]]
        assert str(row[-1]).lstrip("'") == raw.client[project["client_id"]]
        assert "_" not in str(row[2])


def test_headers_can_be_chosen_for_both(database: Path, tmp_path: Path) -> None:
    words, names = Headers.WORDS, Headers.NAMES
    csv = read_csv(ask(database, tmp_path / "1", ReportName.PHONES, headers=words).files[0])
    assert csv[0][0] == "Number"
    assert len(csv[1][2]) == len("2026-01-01 03:00:00")
    request = {"format": Format.XLSX, "headers": names}
    book = read_xlsx(ask(database, tmp_path / "2", ReportName.PHONES, **request).files[0])
    assert book[0][0] == "phone"
    assert str(book[1][2]).endswith("Z")

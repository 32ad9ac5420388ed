"""Every report against an independent count from the raw tables, as CSV and XLSX."""

import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.errors import UsageError
from core.phones.reports.catalog import TABLES, narrowings
from core.phones.reports.export import ExportProgress, ExportRequest, export
from core.phones.reports.names import Format, Headers, ReportName
from core.phones.storage.connect import open_writer
from core.tables.cells import neutralised
from core.tables.columns import Kind
from tests.phones.reports.asking import ask
from tests.phones.reports.nasty import SIZE
from tests.phones.reports.raw import Raw
from tests.phones.reports.reading import read_csv, read_xlsx

NEWEST = SIZE.runs


def safe(cell: Any) -> Any:
    return neutralised(cell) if isinstance(cell, str) else cell


@pytest.mark.parametrize("run", [None, 1])
@pytest.mark.parametrize("name", list(TABLES))
def test_csv_is_right_to_the_last_row(
    database: Path, tmp_path: Path, raw: Raw, name: ReportName, run: int | None
) -> None:
    result = ask(database, tmp_path, name, run_id=run, delimiter=";")
    header, *rows = read_csv(result.files[0], ";")
    assert header == [column.name for column in TABLES[name].columns]
    expected = [
        ["" if cell is None else str(safe(cell)) for cell in row]
        for row in raw.expected(name, run or NEWEST)
    ]
    assert rows == expected
    assert result.rows == len(expected)
    if name is not ReportName.ERRORS or run is None:
        assert expected


@pytest.mark.parametrize("name", list(TABLES))
def test_xlsx_is_right_to_the_last_row(
    database: Path, tmp_path: Path, raw: Raw, name: ReportName
) -> None:
    result = ask(database, tmp_path, name, format=Format.XLSX, headers=Headers.NAMES)
    header, *rows = read_xlsx(result.files[0])
    assert header == [column.name for column in TABLES[name].columns]
    expected = [
        [
            as_read(safe(cell)) if column.kind in (Kind.TEXT, Kind.TIME) else cell
            for column, cell in zip(TABLES[name].columns, row, strict=True)
        ]
        for row in raw.expected(name, NEWEST)
    ]
    assert rows == expected
    assert result.rows == len(expected)


def as_read(text: str | None) -> str | None:
    """What openpyxl makes of a text: it leaves control characters escaped as Excel has them."""
    if not text:
        return None
    text = re.sub("(_x[0-9A-Fa-f]{4}_)", r"_x005F\1", text[:32_767])
    return re.sub("[\x00-\x08\x0b-\x1f]", lambda m: f"_x{ord(m[0]):04X}_", text)


def test_phones_in_a_sheet_are_text_and_no_formula_is_there(database: Path, tmp_path: Path) -> None:
    for name in (ReportName.PHONES, ReportName.AGGREGATED):
        file = ask(database, tmp_path, name, format=Format.XLSX).files[0]
        book = openpyxl.load_workbook(file)
        sheet = book.active
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert {c.data_type for row in sheet.iter_rows() for c in row} <= {
            "s",
            "n",
            "d",
            "inlineStr",
        }
        if name is ReportName.PHONES:
            assert {cell.data_type for cell in sheet["A"]} <= {"s", "inlineStr"}
            assert all(re.fullmatch(r"\+7\d{10}", cell.value) for cell in sheet["A"][1:])
        book.close()


def test_base_holds_each_number_once_and_nothing_else(
    database: Path, tmp_path: Path, raw: Raw
) -> None:
    result = ask(database, tmp_path, ReportName.BASE)
    assert result.files[0].suffix == ".db"
    with closing(sqlite3.connect(result.files[0])) as base:
        tables = base.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        assert tables == [("phones",)]
        rows = base.execute("SELECT * FROM phones").fetchall()
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert rows == sorted((row["phone"],) for row in raw.tables["phones"])
    assert result.rows == len(rows)


def test_all_makes_every_report_in_one_folder(database: Path, tmp_path: Path, raw: Raw) -> None:
    told: list[ExportProgress] = []
    request = ExportRequest(ReportName.ALL, tmp_path)
    result = export(database, request, told.append)
    (folder,) = tmp_path.iterdir()
    assert {file.name for file in folder.iterdir()} == {
        *(f"{name}.csv" for name in TABLES),
        "base.db",
    }
    tables = sum(len(raw.expected(name, NEWEST)) for name in TABLES)
    assert result.rows == tables + len(raw.tables["phones"])
    fractions = [progress.fraction for progress in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert told[-1].rows == result.rows


@pytest.mark.parametrize("name", list(TABLES))
@pytest.mark.parametrize("kind", list(Format))
def test_an_empty_database_gives_headers(tmp_path: Path, name: ReportName, kind: Format) -> None:
    database = tmp_path / "empty.db"
    open_writer(database).close()
    result = ask(database, tmp_path / "out", name, format=kind)
    assert result.rows == 0
    read = read_csv if kind is Format.CSV else read_xlsx
    assert len(read(result.files[0])) == 1


def test_clients_narrow_every_report_that_allows_it(
    database: Path, tmp_path: Path, raw: Raw
) -> None:
    chosen = [100_002, 100_005]
    of_clients = {i for i, row in raw.project.items() if row["client_id"] in chosen}
    seen = {
        link["phone_id"]
        for link in raw.tables["project_phones"]
        if link["project_id"] in of_clients
    }
    expected = {
        ReportName.AGGREGATED: len(of_clients),
        ReportName.CLIENTS: 2,
        ReportName.PHONES: len(seen),
        ReportName.LOCATED: len(seen),
        ReportName.NEW: sum(
            row["first_run_id"] == NEWEST and row["first_project_id"] in of_clients
            for row in raw.tables["phones"]
        ),
        ReportName.REJECTED: sum(
            row["project_id"] in of_clients for row in raw.tables["rejected_phones"]
        ),
        ReportName.ERRORS: sum(row[1] in chosen for row in raw.expected(ReportName.ERRORS, NEWEST)),
    }
    for name, count in expected.items():
        result = ask(database, tmp_path / name, name, clients=chosen)
        assert result.rows == count, name
        assert len(read_csv(result.files[0])) == count + 1
    assert all(expected.values())
    assert {name for name in TABLES if "clients" in narrowings(name)} == set(expected)


def test_period_narrows_by_day(database: Path, tmp_path: Path, raw: Raw) -> None:
    days = {"since": date(2026, 1, 2), "until": date(2026, 1, 3)}
    expected = {
        ReportName.SUMMARY: 2,
        ReportName.GROWTH: 2,
        ReportName.PHONES: sum(
            "2026-01-02" <= row["first_seen_at"][:10] <= "2026-01-03"
            for row in raw.tables["phones"]
        ),
        ReportName.NEW: 0,
    }
    for name, count in expected.items():
        assert ask(database, tmp_path, name, **days).rows == count, name
    assert expected[ReportName.PHONES]
    same_day = {"since": date(2026, 1, 2), "until": date(2026, 1, 2)}
    run_two = len(raw.expected(ReportName.NEW, 2))
    assert ask(database, tmp_path, ReportName.NEW, run_id=2, **same_day).rows == run_two


def test_a_run_that_does_not_exist(database: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="99"):
        ask(database, tmp_path / "none", ReportName.NEW, run_id=99)
    assert not (tmp_path / "none").exists()

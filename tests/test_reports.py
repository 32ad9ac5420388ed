"""Every report against an independent count from the raw tables, as CSV and XLSX."""

import re
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UsageError
from core.reports.catalog import TABLES, Column, Kind, ReportName, narrowings
from core.reports.cells import neutralised, neutralised_column
from core.reports.csv_table import CsvTable
from core.reports.export import (
    ExportProgress,
    ExportRequest,
    ExportResult,
    Format,
    export,
)
from core.storage.connect import open_writer
from tests.reports_helper import NASTY, SIZE, make_nasty_database, read_csv, read_xlsx

NEWEST = SIZE.runs


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reports") / "nasty.db"
    make_nasty_database(path)
    return path


class Raw:
    """The tables as they are, read without any of our queries."""

    def __init__(self, path: Path) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {}
        with closing(sqlite3.connect(path)) as db:
            db.row_factory = sqlite3.Row
            for table in (
                *("clients", "projects", "phones", "project_phones", "runs"),
                *("rejected_phones", "run_clients", "run_projects"),
            ):
                rows = db.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
                self.tables[table] = [dict(row) for row in rows]
        self.client = {row["id"]: row["username"] for row in self.tables["clients"]}
        self.project = {row["id"]: row for row in self.tables["projects"]}

    def expected(self, name: ReportName, run: int) -> list[tuple[Any, ...]]:
        return getattr(self, f"_{name}")(run)

    def _aggregated(self, run: int) -> list[tuple[Any, ...]]:
        total = Counter(link["project_id"] for link in self.tables["project_phones"])
        new = Counter(
            link["project_id"] for link in self.tables["project_phones"] if link["run_id"] == run
        )
        return [
            (p["name"], total[i], new[i], i, p["client_id"], self.client[p["client_id"]])
            for i, p in self.project.items()
        ]

    def _summary(self, _run: int) -> list[tuple[Any, ...]]:
        names = (
            *("id", "started_at", "completed_at", "status", "total_clients", "total_projects"),
            *("total_phones", "new_phones", "errors_count"),
        )
        return [tuple(row[name] for name in names) for row in self.tables["runs"]]

    def _growth(self, _run: int) -> list[tuple[Any, ...]]:
        found = []
        for row in self.tables["runs"]:
            phones = self.tables["phones"]
            so_far = sum(phone["first_run_id"] <= row["id"] for phone in phones)
            new = sum(phone["first_run_id"] == row["id"] for phone in phones)
            percent = round(100 * new / (so_far - new), 2) if so_far > new else None
            started, total = row["started_at"], row["total_phones"]
            found.append((row["id"], started, total, new, so_far, percent))
        return found

    def _clients(self, run: int) -> list[tuple[Any, ...]]:
        first: dict[int, dict[int, int]] = defaultdict(dict)
        for link in self.tables["project_phones"]:
            client = self.project[link["project_id"]]["client_id"]
            seen = first[client].get(link["phone_id"], link["run_id"])
            first[client][link["phone_id"]] = min(seen, link["run_id"])
        projects = Counter(row["client_id"] for row in self.project.values())
        return [
            (i, name, projects[i], len(first[i]), sum(r == run for r in first[i].values()))
            for i, name in self.client.items()
        ]

    def _phones(self, _run: int) -> list[tuple[Any, ...]]:
        links = Counter(link["phone_id"] for link in self.tables["project_phones"])
        names = ("phone", "original_format", "first_seen_at", "last_seen_at", "first_run_id")
        return [(*(row[name] for name in names), links[row["id"]]) for row in self.tables["phones"]]

    def _new(self, run: int) -> list[tuple[Any, ...]]:
        found = []
        for row in self.tables["phones"]:
            if row["first_run_id"] == run:
                project = self.project[row["first_project_id"]]
                client = project["client_id"]
                found.append(
                    (
                        *(row["phone"], row["first_seen_at"], project["id"], project["name"]),
                        *(client, self.client[client]),
                    )
                )
        return found

    def _rejected(self, _run: int) -> list[tuple[Any, ...]]:
        names = ("project_id", "raw", "reason", "first_run_id", "last_run_id")
        return [tuple(row[name] for name in names) for row in self.tables["rejected_phones"]]

    def _errors(self, run: int) -> list[tuple[Any, ...]]:
        clients = [
            (
                *("client", r["client_id"], self.client[r["client_id"]], None, "", r["reason"], ""),
                "no connection to the server",
            )
            for r in self.tables["run_clients"]
            if r["run_id"] == run and r["state"] == "failed"
        ]
        projects = [
            (
                *("project", r["client_id"], self.client[r["client_id"]], r["project_id"]),
                *(self.project[r["project_id"]]["name"], r["reason"], r["detail"]),
                "the server answered 502",
            )
            for r in self.tables["run_projects"]
            if r["run_id"] == run and r["state"] == "failed"
        ]
        return clients + sorted(projects, key=lambda row: (row[1], row[3]))


@pytest.fixture(scope="module")
def raw(database: Path) -> Raw:
    return Raw(database)


def ask(database: Path, folder: Path, name: ReportName, **options: Any) -> ExportResult:
    return export(database, ExportRequest(name, folder, **options))


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
    result = ask(database, tmp_path, name, format=Format.XLSX)
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


def test_names_carry_report_run_and_time(database: Path, tmp_path: Path) -> None:
    file = ask(database, tmp_path, ReportName.NEW, run_id=2).files[0]
    assert re.fullmatch(r"new_run2_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.csv", file.name)
    assert file.parent == tmp_path


def test_out_may_be_a_file_or_a_folder(database: Path, tmp_path: Path) -> None:
    named = ask(database, tmp_path, ReportName.SUMMARY, out=tmp_path / "новый" / "мой.csv")
    assert named.files == (tmp_path / "новый" / "мой.csv",)
    into = ask(database, tmp_path / "unused", ReportName.SUMMARY, out=tmp_path / "новый")
    assert into.files[0].parent == tmp_path / "новый"


def test_decimal_comma(database: Path, tmp_path: Path) -> None:
    file = ask(database, tmp_path, ReportName.GROWTH, delimiter=";", decimal=",").files[0]
    percents = [row[5] for row in read_csv(file, ";")[2:]]
    assert percents
    assert all(re.fullmatch(r"\d+,\d+", percent) for percent in percents)


@pytest.mark.parametrize("kind", list(Format))
@pytest.mark.parametrize("rows_a_part", [100, 450, 899, 900, 901])
def test_parts(database: Path, tmp_path: Path, raw: Raw, kind: Format, rows_a_part: int) -> None:
    request = ExportRequest(ReportName.PHONES, tmp_path, format=kind, out=tmp_path / f"p.{kind}")
    result = export(database, request, rows_a_part=rows_a_part)
    count = -(-900 // rows_a_part)
    assert len(result.files) == count
    if count == 1:
        assert result.files[0].name == f"p.{kind}"
    else:
        assert [file.stem for file in result.files] == [f"p_{n}" for n in range(1, count + 1)]
    read = read_csv if kind is Format.CSV else read_xlsx
    phones = []
    for file in result.files:
        header, *rows = read(file)
        assert header[0] == "phone"
        assert len(rows) <= rows_a_part
        phones += [row[0] for row in rows]
    assert phones == [row["phone"] for row in raw.tables["phones"]]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1-1", "@SUM(A1)", "-2+3", "\t=1", "\r=1", "\0=1", "+7907", "+"]
)
def test_text_that_could_run_is_neutralised(text: str) -> None:
    assert neutralised(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["+79070000001", "+12345678", "+123456789012345", "1+1", "", "a=1"]
)
def test_other_text_is_left_alone(text: str) -> None:
    assert neutralised(text) == text


@pytest.mark.parametrize(
    "text", ["+1234567", "+1234567890123456", "+7907000000a", "+79070000001\n"]
)
def test_only_a_whole_phone_is_exempt(text: str) -> None:
    assert neutralised(text) == "'" + text


CELLS = st.text(st.sampled_from("=+-@\t\r\n\0 7\"';,|aЯ<&"), max_size=5) | st.sampled_from(NASTY)


@given(st.lists(CELLS | st.none(), min_size=1, max_size=6))
def test_a_column_is_neutralised_as_its_cells_are(cells: list[str | None]) -> None:
    assert list(neutralised_column(cells)) == [neutralised(cell or "") for cell in cells]


@settings(max_examples=200)
@given(
    st.lists(st.tuples(CELLS | st.none(), st.none() | st.integers()), min_size=1, max_size=5),
    st.sampled_from([";", ",", "\t"]),
)
def test_csv_says_the_same_on_the_fast_way(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, int | None]], sign: str
) -> None:
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    table = CsvTable(path, [Column("a"), Column("b", Kind.INTEGER)], sign, ".")
    table.write(list(zip(*rows, strict=True)))
    for row in rows:
        table.write([[row[0]], [row[1]]])
    table.close()
    expected = [
        [neutralised(text or ""), "" if number is None else str(number)] for text, number in rows
    ]
    assert read_csv(path, sign) == [["a", "b"], *expected, *expected]

"""The files of a report: their names, places, parts and decimal sign."""

import re
from pathlib import Path

import pytest

from core.phones.reports.export import ExportRequest, export
from core.phones.reports.names import Format, Headers, ReportName
from tests.phones.reports.asking import ask
from tests.phones.reports.raw import Raw
from tests.phones.reports.reading import read_csv, read_xlsx


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
    out = tmp_path / f"p.{kind}"
    request = ExportRequest(
        ReportName.PHONES, tmp_path, format=kind, out=out, headers=Headers.NAMES
    )
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

"""Exports opened by a program that nobody here wrote."""

import csv
import io
import shutil
import subprocess
from pathlib import Path

import pytest

from core.phones.reports.export import ExportRequest, export
from core.phones.reports.names import Format, ReportName
from core.tables.cells import neutralised
from tests.phones.reports.nasty import NASTY
from tests.phones.reports.reading import read_csv

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        OFFICE is None, reason="LibreOffice is not installed (apt-get install libreoffice-calc)"
    ),
]


def as_seen_by_office(file: Path, filter_options: str = "") -> list[list[str]]:
    """What stands in the cells after LibreOffice has loaded the file."""
    assert OFFICE is not None
    out = file.parent / "seen"
    command = [
        OFFICE,
        "--headless",
        f"-env:UserInstallation={(file.parent / 'profile').as_uri()}",
        *([f"--infilter=Text - txt - csv (StarCalc):{filter_options}"] if filter_options else []),
        "--convert-to",
        # Comma, double quotes, UTF-8, from line 1, cells as shown: no, formulas: yes.
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true",
        "--outdir",
        str(out),
        str(file),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=110)
    text = (out / f"{file.stem}.csv").read_text("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def comparable(text: str) -> str:
    """Line ends as the office writes them; a cell holds 32,767 characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n")[:32_767]


@pytest.mark.parametrize("kind", list(Format))
def test_names_survive_and_nothing_runs(database: Path, tmp_path: Path, kind: Format) -> None:
    request = ExportRequest(ReportName.AGGREGATED, tmp_path, format=kind, delimiter=";")
    file = export(database, request).files[0]
    # Semicolon, double quotes, UTF-8, from line 1, no column formats, formulas evaluated.
    seen = as_seen_by_office(file, "59,34,76,1,,0,false,true" if kind is Format.CSV else "")
    assert seen[0][:2] == ["project_name", "total_phones"]
    names = [row[0] for row in seen[1:]]
    # Control characters are no text in a spreadsheet; each program shows them its own way.
    for name, shown in zip(NASTY, names, strict=False):
        if kind is Format.CSV and name == "+79070000001":
            continue  # a number to every spreadsheet that reads CSV: the reason for XLSX
        if not set(name) & set("\r\x01\t"):
            expected = comparable(neutralised(name))
            assert shown[:32_000] == expected[:32_000]
        assert shown not in {"2", "0", "1", "#NAME?"}


def test_phones_in_a_workbook_stay_text(database: Path, tmp_path: Path) -> None:
    sheet = export(database, ExportRequest(ReportName.PHONES, tmp_path, format=Format.XLSX))
    table = export(database, ExportRequest(ReportName.PHONES, tmp_path))
    seen = as_seen_by_office(sheet.files[0])
    written = read_csv(table.files[0])
    assert len(seen) == sheet.rows + 1
    assert [row[0] for row in seen[1:]] == [row[0] for row in written[1:]]
    assert all(row[0].startswith("+7") and len(row[0]) == 12 for row in seen[1:])
    assert [row[1] for row in seen[1:]] == [row[1] for row in written[1:]]

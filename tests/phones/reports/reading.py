"""What stands in an exported file."""

import csv
import io
from pathlib import Path

import openpyxl


def read_csv(path: Path, delimiter: str = ",") -> list[list[str]]:
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf"), "Excel needs the BOM"
    assert data.endswith(b"\r\n")
    text = data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def read_xlsx(path: Path) -> list[list[object]]:
    book = openpyxl.load_workbook(path)
    try:
        sheet = book.active
        return [
            [None if cell.value == "" else cell.value for cell in row] for row in sheet.iter_rows()
        ]
    finally:
        book.close()

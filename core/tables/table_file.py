"""A table that is at hand whole, as one file."""

from collections.abc import Sequence
from pathlib import Path

from core.stop import StopSignal
from core.tables.columns import Column, Columns
from core.tables.csv_table import CsvTable
from core.tables.problems import export_failure
from core.tables.workshop import Workshop
from core.tables.xlsx_table import XlsxTable

LONGEST_SHEET_NAME = 31


def write_table(
    path: Path, columns: Sequence[Column], cells: Columns, sheet: str, delimiter: str, decimal: str
) -> None:
    """Write the columns of cells to `path`: an Excel workbook where it ends in .xlsx, else CSV.

    The file appears complete or not at all. For a background thread. Raises ExportFailed.
    """
    try:
        with Workshop(path.parent, StopSignal().wait) as workshop:
            made = workshop.new_path(path.suffix)
            table: XlsxTable | CsvTable
            if path.suffix.casefold() == ".xlsx":
                table = XlsxTable(made, columns, sheet[:LONGEST_SHEET_NAME])
            else:
                table = CsvTable(made, columns, delimiter, decimal)
            table.write(cells)
            table.close()
            workshop.finish(made, path)
            workshop.deliver()
    except OSError as error:
        raise export_failure(error, path.parent) from error

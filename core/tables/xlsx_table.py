"""A table as an Excel workbook: phones are text cells, the header is frozen and filterable.

XlsxWriter makes the workbook in its constant-memory mode. Only the rows themselves are put
into its row file directly, many at a time: cell by cell through its interface costs about
four times as much, and a report can have a million rows.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxFileError
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from core.tables.cells import neutralised_column
from core.tables.columns import Cell, Column, Columns, Kind
from core.tables.local_dates import ExcelDates, excel_form

LONGEST_TEXT = 32_767  # characters that a cell can hold

# Text that cannot stand in XML as it is: markup, control characters, Excel's own escape of
# them, spaces that would be dropped, noncharacters.
_SPECIAL = re.compile("[&<>\x00-\x09\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_OUTER_SPACE = re.compile(r"(?:^|\n) | (?:\n|\Z)")  # of cells joined by line feeds


class _Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet that takes many rows at once."""

    def begin_rows(self) -> None:
        """Everything written cell by cell so far is done."""
        self._write_single_row(self.previous_row + 1)

    def append_rows(self, xml: str, last_row: int, last_column: int) -> None:
        """Add finished `<row>` elements; `last_row` counts from 0."""
        self.row_data_fh.write(xml)
        self.previous_row = last_row
        self._check_dimensions(last_row, last_column)

    def let_go(self) -> None:
        """Close the row file without making a workbook of it."""
        self._opt_close()

    def text_cell(self, reference: str, text: str) -> str:
        """A cell with any text in it, escaped as XlsxWriter does."""
        text = self._escape_data(self._escape_control_characters(text[:LONGEST_TEXT]))
        return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


class XlsxTable:
    """Writes rows to a new workbook at `path`; temporary files go beside it. Raises OSError.

    With `dates` times are local dates to Excel, else the text that they are kept as.
    """

    def __init__(
        self, path: Path, columns: Sequence[Column], sheet: str, *, dates: bool = False
    ) -> None:
        self._kinds = [column.kind for column in columns]
        self._letters = [xl_col_to_name(number) for number in range(len(columns))]
        self._rows = 0
        self._workbook = Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
        self._workbook.use_zip64()
        self._sheet: _Sheet = self._workbook.add_worksheet(sheet, worksheet_class=_Sheet)
        header = self._workbook.add_format({"bold": True, "bottom": 1})
        for number, column in enumerate(columns):
            self._sheet.set_column(number, number, column.width)
        for number, column in enumerate(columns):
            self._sheet.write_string(0, number, column.name, header)
        self._dates = ExcelDates() if dates else None
        self._date_form = 0
        if dates:
            form = self._workbook.add_format({"num_format": excel_form(), "align": "left"})
            self._date_form = form._get_xf_index()  # noqa: SLF001 - for rows that we write
        self._sheet.freeze_panes(1, 0)
        self._sheet.begin_rows()

    def write(self, columns: Columns) -> None:
        count = len(columns[0]) if columns else 0
        if not count:
            return
        numbers = range(self._rows + 2, self._rows + 2 + count)  # row 1 is the header
        template = ['<row r="%d">']
        values: list[Sequence[Cell]] = [numbers]
        for kind, letter, cells in zip(self._kinds, self._letters, columns, strict=True):
            part, filled = self._column(kind, letter, cells, numbers)
            template.append(part)
            values += filled
        template.append("</row>")
        row = "".join(template)
        xml = "".join(map(row.__mod__, zip(*values, strict=True)))
        self._rows += count
        self._sheet.append_rows(xml, self._rows, len(columns) - 1)

    def _column(
        self, kind: Kind, letter: str, cells: Sequence[Cell], numbers: range
    ) -> tuple[str, list[Sequence[Cell]]]:
        """A piece of the row's template, and the columns of values it takes."""
        if kind is Kind.TIME and self._dates is not None:
            days, form = list(map(self._dates.__getitem__, cells)), self._date_form
            return "%s", [
                [
                    "" if day is None else f'<c r="{letter}{number}" s="{form}"><v>{day}</v></c>'
                    for day, number in zip(days, numbers, strict=True)
                ]
            ]
        if kind is Kind.TIME:
            return f'<c r="{letter}%d" t="inlineStr"><is><t>%s</t></is></c>', [numbers, cells]
        if kind is not Kind.TEXT:
            if None not in cells:
                return f'<c r="{letter}%d"><v>%s</v></c>', [numbers, cells]
            return "%s", [
                [
                    "" if cell is None else f'<c r="{letter}{number}"><v>{cell}</v></c>'
                    for cell, number in zip(cells, numbers, strict=True)
                ]
            ]
        texts = neutralised_column(cells)
        joined = "\n".join(texts)
        longest = max(map(len, texts)) if len(joined) > LONGEST_TEXT else 0
        if (
            longest > LONGEST_TEXT
            or joined.count("\n") >= len(texts)
            or _SPECIAL.search(joined)
            or _OUTER_SPACE.search(joined)
        ):
            make = self._sheet.text_cell
            return "%s", [[make(f"{letter}{n}", t) for n, t in zip(numbers, texts, strict=True)]]
        return f'<c r="{letter}%d" t="inlineStr"><is><t>%s</t></is></c>', [numbers, texts]

    def close(self) -> None:
        """Pack the workbook; takes a few seconds for a million rows."""
        self._sheet.autofilter(0, 0, self._rows, len(self._kinds) - 1)
        try:
            self._workbook.close()
        except XlsxFileError as error:  # wraps the OSError
            cause = error.args[0] if error.args else error
            raise (cause if isinstance(cause, OSError) else OSError(str(error))) from error

    def abandon(self) -> None:
        self._sheet.let_go()

"""Saves what a table shows, for tables that no report has."""

from pathlib import Path
from tkinter import filedialog

from core.i18n import _
from core.phones import wording
from core.tables.columns import Column, Kind
from core.tables.dialect import decimal_sign, usual_delimiter
from core.tables.table_file import write_table
from gui.shell import Shell
from gui.widgets.table import Table


def save_table(window: Shell, table: Table, name: str) -> None:
    """Ask for a file and write the rows there in the background, as Excel or CSV. Tk thread."""
    chosen = filedialog.asksaveasfilename(
        parent=table,
        initialdir=str(window.program.settings.export_dir),
        initialfile=f"{name}.xlsx",
        defaultextension=".xlsx",
        filetypes=(("Excel", "*.xlsx"), ("CSV", "*.csv")),
    )
    if not chosen:
        return
    path, rows = Path(chosen), table.rows()
    columns = [
        Column(column.title(), Kind.INTEGER if column.number else Kind.TEXT, column.width // 6)
        for column in table.ordered_columns
    ]
    cells = [
        [
            (row.order[table.columns.index(column)] if row.order else None)
            if column.number
            else table.value(row, column)
            for row in rows
        ]
        for column in table.ordered_columns
    ]
    delimiter = usual_delimiter()
    window.background.run(
        lambda: write_table(path, columns, cells, name, delimiter, decimal_sign(delimiter)),
        lambda _none: window.toast(
            "done",
            _("Saved: {rows} in {file}").format(rows=wording.rows(len(rows)), file=path.name),
        ),
        window.show_error,
    )

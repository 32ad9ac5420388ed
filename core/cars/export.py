"""Listings on sale as a table for spreadsheets."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from core.cars.tables import ACTIVE, processed_data
from core.stop import StopSignal
from core.tables.columns import Cell, Column, Kind
from core.tables.csv_table import CsvTable
from core.tables.dialect import decimal_sign, usual_delimiter
from core.tables.problems import export_failure
from core.tables.workshop import Workshop
from core.tables.xlsx_table import XlsxTable

_LEFT_OUT = ("id", "active_status", "version", "fingerprint", "search", "normalized_data")
_BATCH = 1000


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


class ExportStopped(Exception):
    """Somebody stopped it; no file was written."""


def export(db: Connection, target: Path, form: Format, stop: StopSignal) -> int:
    """Write every listing on sale to `target`, which appears complete or not at all.

    Returns how many those were. Raises ExportFailed, ExportStopped.
    """
    columns = [column for column in processed_data.columns if column.name not in _LEFT_OUT]
    heads = [Column(column.name, _kind(column.type.python_type)) for column in columns]
    statement = (
        select(*columns)
        .where(processed_data.c.active_status == ACTIVE)
        .order_by(processed_data.c.id)
        .execution_options(yield_per=_BATCH)
    )
    rows = 0
    try:
        with Workshop(target.parent, stop.wait) as workshop:
            made = workshop.new_path(f".{form}")
            table: CsvTable | XlsxTable
            if form is Format.CSV:
                delimiter = usual_delimiter()
                table = CsvTable(made, heads, delimiter, decimal_sign(delimiter))
            else:
                table = XlsxTable(made, heads, "cars")
            try:
                for batch in _until_stopped(db.execute(statement).partitions(), stop):
                    table.write(list(_columns(batch, heads)))
                    rows += len(batch)
            except BaseException:
                table.abandon()
                raise
            table.close()
            workshop.finish(made, target)
            workshop.deliver()
    except OSError as error:
        raise export_failure(error, target) from error
    return rows


def _until_stopped(batches: Iterator[Any], stop: StopSignal) -> Iterator[Any]:
    for batch in batches:
        if stop.is_set:
            raise ExportStopped
        yield batch


def _kind(python_type: type) -> Kind:
    if python_type in (int, bool):
        return Kind.INTEGER
    return Kind.DECIMAL if python_type is float else Kind.TEXT


def _columns(batch: Sequence[Any], heads: Sequence[Column]) -> Iterator[list[Cell]]:
    for head, values in zip(heads, zip(*batch, strict=True), strict=True):
        if head.kind is Kind.TEXT:
            yield [_text(value) for value in values]
        else:
            yield [None if value is None else value * 1 for value in values]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "\n".join(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)

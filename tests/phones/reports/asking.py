"""A report asked for in one line."""

from pathlib import Path
from typing import Any

from core.phones.reports.export import ExportRequest, ExportResult, export
from core.phones.reports.names import ReportName


def ask(database: Path, folder: Path, name: ReportName, **options: Any) -> ExportResult:
    return export(database, ExportRequest(name, folder, **options))

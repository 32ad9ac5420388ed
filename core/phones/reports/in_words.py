"""A report for people: headings and what is counted in words, names beside ids.

The columns of the contract are for programs; Excel's reports are read by people.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from core.i18n import _
from core.phones import wording
from core.phones.events import RunStatus, Target
from core.phones.reports.catalog import Report
from core.phones.reports.names import ReportName
from core.phones.reports.titles import title
from core.phones.storage.reader import Reader
from core.tables.columns import Cell, Column, Columns

LONGEST_SHEET_NAME = 31
_NO_SHEET_NAME = str.maketrans("", "", "[]:*?/\\")

HEADINGS: dict[str, Callable[[], str]] = {
    "client": lambda: _("Client"),
    "client_id": lambda: _("Client's number"),
    "completed_at": lambda: _("Ended"),
    "errors": lambda: _("Errors"),
    "explanation": lambda: _("Why"),
    "first_run_id": lambda: _("First run"),
    "first_seen_at": lambda: _("First seen"),
    "growth_percent": lambda: _("Growth, %"),
    "last_run_id": lambda: _("Last run"),
    "last_seen_at": lambda: _("Last seen"),
    "new_phones": lambda: _("New numbers"),
    "operator": lambda: _("Operator"),
    "operator_inn": lambda: _("Operator's tax number"),
    "original_format": lambda: _("As it came"),
    "percent": lambda: _("Share, %"),
    "phone": lambda: _("Number"),
    "phones": lambda: _("Numbers"),
    "project_id": lambda: _("Project's number"),
    "project_name": lambda: _("Project"),
    "projects": lambda: _("Projects"),
    "raw": lambda: _("As it came"),
    "reason": lambda: _("Why"),
    "region": lambda: _("Region"),
    "run_id": lambda: _("Run"),
    "started_at": lambda: _("Started"),
    "status": lambda: _("Outcome"),
    "total_clients": lambda: _("Clients"),
    "total_phones": lambda: _("Numbers"),
    "total_projects": lambda: _("Projects"),
    "unique_phones_so_far": lambda: _("Numbers in all"),
    "what": lambda: _("What failed"),
}

_LEFT_OUT = {ReportName.ERRORS: ("reason", "detail")}  # the explanation says both in words
_NAMES = (Column("project_name", width=36), Column("client", width=28))


def columns_in_words(report: Report) -> Sequence[Column]:
    """The columns under the headings that people read; names follow where the report has none."""
    left_out = _LEFT_OUT.get(report.name, ())
    columns = [column for column in report.columns if column.name not in left_out]
    if report.name is ReportName.REJECTED:
        columns += _NAMES
    return [replace(column, name=HEADINGS[column.name]()) for column in columns]


def sheet_name(name: ReportName) -> str:
    """What the sheet says it is, as Excel allows it."""
    return title(name).translate(_NO_SHEET_NAME)[:LONGEST_SHEET_NAME]


def cells_in_words(report: Report, columns: Columns, reader: Reader) -> Columns:
    """The columns of a batch, as `columns_in_words` names them."""
    if not columns:
        return columns
    given = dict(zip((column.name for column in report.columns), columns, strict=True))
    match report.name:
        case ReportName.SUMMARY:
            given["status"] = [wording.status(RunStatus(str(each))) for each in given["status"]]
        case ReportName.REJECTED:
            given["reason"] = [wording.rejection(str(each)) for each in given["reason"]]
            projects, clients = _names(reader, given["project_id"])
            return (*given.values(), projects, clients)
        case ReportName.ERRORS:
            given["what"] = [_what(str(each)) for each in given["what"]]
    left_out = _LEFT_OUT.get(report.name, ())
    return [cells for name, cells in given.items() if name not in left_out]


def _what(target: str) -> str:
    return _("list of projects") if target == Target.CLIENT else _("project")


def _names(reader: Reader, projects: Sequence[Cell]) -> tuple[Sequence[Cell], Sequence[Cell]]:
    """The names of these projects and of their clients."""
    found = {
        project: (name, client)
        for project, name, client in reader.rows(
            "SELECT p.id, p.name, c.username FROM projects p JOIN clients c ON c.id = p.client_id"
            " WHERE p.id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted({int(each or 0) for each in projects})),),
        )
    }
    pairs = [found.get(each, ("", "")) for each in projects]
    return [name for name, _client in pairs], [client for _name, client in pairs]

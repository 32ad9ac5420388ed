"""Which reports there are: one entry each for menu, dialog, command line and files."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from core.phones.reports.names import Narrowing, ReportName
from core.phones.storage.queries import located_rows, shown_rows
from core.phones.storage.queries import report_rows as rows
from core.phones.storage.queries.report_stream import Batch, Scope, Stream
from core.phones.storage.queries.shown_rows import Shown
from core.phones.storage.reader import Reader
from core.tables.columns import Column, Kind


@dataclass(frozen=True, slots=True)
class Report:
    """A table that can be written as CSV and XLSX."""

    name: ReportName
    columns: Sequence[Column]
    stream: Stream
    by: frozenset[Narrowing]


def _number(name: str, width: int = 14) -> Column:
    return Column(name, Kind.INTEGER, width)


_PHONE = Column("phone", width=16)
_CLIENT_ID, _CLIENT = _number("client_id", 12), Column("client", width=28)
_PROJECT_ID, _PROJECT = _number("project_id", 12), Column("project_name", width=36)


def _time(name: str) -> Column:
    return Column(name, Kind.TIME, 22)


TABLES: dict[ReportName, Report] = {
    report.name: report
    for report in (
        Report(
            ReportName.AGGREGATED,
            (
                _PROJECT,
                _number("total_phones"),
                _number("new_phones"),
                _PROJECT_ID,
                _CLIENT_ID,
                _CLIENT,
            ),
            rows.aggregated,
            frozenset({Narrowing.RUN, Narrowing.CLIENTS}),
        ),
        Report(
            ReportName.SUMMARY,
            (
                _number("run_id", 8),
                _time("started_at"),
                _time("completed_at"),
                Column("status", width=12),
                _number("total_clients"),
                _number("total_projects"),
                _number("total_phones"),
                _number("new_phones"),
                _number("errors", 10),
            ),
            rows.summary,
            frozenset({Narrowing.PERIOD}),
        ),
        Report(
            ReportName.GROWTH,
            (
                _number("run_id", 8),
                _time("started_at"),
                _number("total_phones"),
                _number("new_phones"),
                _number("unique_phones_so_far", 22),
                Column("growth_percent", Kind.DECIMAL, 16),
            ),
            rows.growth,
            frozenset({Narrowing.PERIOD}),
        ),
        Report(
            ReportName.CLIENTS,
            (_CLIENT_ID, _CLIENT, _number("projects"), _number("phones"), _number("new_phones")),
            rows.clients,
            frozenset({Narrowing.RUN, Narrowing.CLIENTS}),
        ),
        Report(
            ReportName.PHONES,
            (
                _PHONE,
                Column("original_format", width=20),
                _time("first_seen_at"),
                _time("last_seen_at"),
                _number("first_run_id"),
                _number("projects", 10),
            ),
            rows.phones,
            frozenset({Narrowing.PERIOD, Narrowing.CLIENTS}),
        ),
        Report(
            ReportName.NEW,
            (
                _PHONE,
                _time("first_seen_at"),
                _PROJECT_ID,
                _PROJECT,
                _CLIENT_ID,
                _CLIENT,
            ),
            rows.new,
            frozenset({Narrowing.RUN, Narrowing.PERIOD, Narrowing.CLIENTS}),
        ),
        Report(
            ReportName.REJECTED,
            (
                _PROJECT_ID,
                Column("raw", width=24),
                Column("reason", width=22),
                _number("first_run_id"),
                _number("last_run_id"),
            ),
            rows.rejected,
            frozenset({Narrowing.CLIENTS}),
        ),
        Report(
            ReportName.ERRORS,
            (
                Column("what", width=10),
                _CLIENT_ID,
                _CLIENT,
                _PROJECT_ID,
                _PROJECT,
                Column("reason", width=22),
                Column("detail", width=40),
                Column("explanation", width=60),
            ),
            rows.errors,
            frozenset({Narrowing.RUN, Narrowing.CLIENTS}),
        ),
        Report(
            ReportName.LOCATED,
            (
                _PHONE,
                Column("region", width=36),
                Column("operator", width=28),
                Column("operator_inn", width=14),
                _time("first_seen_at"),
                _number("first_run_id"),
                _number("projects", 10),
            ),
            located_rows.located,
            frozenset({Narrowing.PERIOD, Narrowing.CLIENTS, Narrowing.PLACE}),
        ),
        Report(
            ReportName.REGIONS,
            (
                Column("region", width=36),
                Column("operator", width=28),
                _number("phones"),
                Column("percent", Kind.DECIMAL, 12),
            ),
            located_rows.regions,
            frozenset(),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class ShownTable:
    """How the rows of a table of the Data view are found, and counted before."""

    rows: Callable[[Reader, Scope, Shown], Iterator[Batch]]
    count: Callable[[Reader, Shown], int]


SHOWN: dict[ReportName, ShownTable] = {
    ReportName.PHONES: ShownTable(shown_rows.phones, shown_rows.count_shown_phones),
    ReportName.LOCATED: ShownTable(shown_rows.located, shown_rows.count_shown_phones),
    ReportName.AGGREGATED: ShownTable(shown_rows.projects, shown_rows.count_shown_projects),
    ReportName.CLIENTS: ShownTable(shown_rows.clients, shown_rows.count_shown_clients),
    ReportName.REJECTED: ShownTable(shown_rows.rejected, shown_rows.count_shown_rejected),
}


OF_THE_REGISTRY = frozenset({ReportName.LOCATED, ReportName.REGIONS})
"""Reports that say nothing before a registry of number ranges is loaded."""


def narrowings(name: ReportName) -> frozenset[Narrowing]:
    """What the report can be narrowed by; `all` takes everything and leaves out what cannot be
    narrowed so."""
    if name is ReportName.ALL:
        return frozenset(Narrowing)
    return TABLES[name].by if name in TABLES else frozenset({Narrowing.PERIOD, Narrowing.CLIENTS})

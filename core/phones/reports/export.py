"""Makes the files of a report.

    result = export(database, ExportRequest(ReportName.PHONES, folder=folder), progress, stop)

Runs on the calling thread, which must not be the one of a window. Nothing is written to the
database, and no read lasts longer than a moment.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from core.database.failures import StorageFailure, StorageProblem
from core.errors import UsageError
from core.i18n import _
from core.own_name import own_name
from core.phones.registry.located import loaded_registry
from core.phones.reports.base_file import BaseFile
from core.phones.reports.catalog import OF_THE_REGISTRY, SHOWN, TABLES, Report, narrowings
from core.phones.reports.in_words import cells_in_words, columns_in_words, sheet_name
from core.phones.reports.names import Format, Headers, Narrowing, ReportName
from core.phones.reports.parts import ROWS_A_PART, Parts, Table
from core.phones.reports.protected import refuse_protected
from core.phones.storage.queries import runs
from core.phones.storage.queries.report_rows import distinct_phones
from core.phones.storage.queries.report_stream import Batch, Scope
from core.phones.storage.queries.shown_rows import Shown
from core.phones.storage.reader import Reader
from core.stop import StopSignal
from core.tables.csv_table import CsvTable
from core.tables.problems import export_failure
from core.tables.workshop import Workshop
from core.tables.xlsx_table import XlsxTable
from core.watch import Cancelled

log = logging.getLogger(__name__)


class ExportCancelled(Cancelled):
    """Stopped as asked. No file was left behind."""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export and where to.

    `run_id` None: the newest run. `clients` are ids; empty means all. `since` and `until` are
    local days, both included. `shown` narrows and orders instead: the report of a table of the
    Data view (PHONES, LOCATED, AGGREGATED, CLIENTS or REJECTED) has its rows. `delimiter` and
    `decimal` are for CSV. `out` is a file, or a folder for `all`; None: a name of its own in
    `folder`.
    `headers` None: words in Excel, names in CSV.
    """

    report: ReportName
    folder: Path
    out: Path | None = None
    run_id: int | None = None
    clients: Sequence[int] = ()
    since: date | None = None
    until: date | None = None
    region_id: int | None = None
    operator_id: int | None = None
    shown: Shown | None = None
    format: Format = Format.CSV
    delimiter: str = ","
    decimal: str = "."
    headers: Headers | None = None

    @property
    def in_words(self) -> bool:
        """Whether the tables are for people."""
        usual = Headers.WORDS if self.format is Format.XLSX else Headers.NAMES
        return (self.headers or usual) is Headers.WORDS


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """`fraction` of the whole export, 0 to 1; `rows` written so far, over all reports."""

    report: ReportName
    fraction: float
    rows: int


@dataclass(frozen=True, slots=True)
class ExportResult:
    """The finished files and how many data rows (without headers) stand in them.

    `left_out` are reports of the set that cannot be narrowed as was asked.
    """

    files: tuple[Path, ...]
    rows: int
    left_out: tuple[ReportName, ...] = ()


def export(
    database: Path,
    request: ExportRequest,
    progress: Callable[[ExportProgress], None] | None = None,
    stop: StopSignal | None = None,
    rows_a_part: int = ROWS_A_PART,
) -> ExportResult:
    """Write the files of one report, or of all.

    Raises ExportCancelled after `stop`, ExportFailed where files cannot be written,
    UsageError for a run that does not exist or a file that must not be replaced,
    StorageFailure where the database cannot be read. In each case there is no new file and
    the old ones are whole.
    """
    stop = stop or StopSignal()
    with Reader(database, stop=lambda: stop.is_set) as reader:
        folder = request.out or request.folder
        try:
            scope = scope_of(reader, request)
            target = _target(request, scope)
            folder = target if request.report is ReportName.ALL else target.parent
            names = _names(request, loaded_registry(reader) is not None)
            targets = _targets(request, names, target)
            for file in targets.values():
                refuse_protected(file, database)
            with Workshop(folder, stop.wait, own=request.out is None) as workshop:
                work = _Export(
                    reader, request, scope, progress, stop, workshop, rows_a_part, len(names)
                )
                for name, file in targets.items():
                    work.make(name, file)
                if stop.is_set:
                    raise ExportCancelled
                files = workshop.deliver()
        except StorageFailure as failure:
            if failure.problem is StorageProblem.INTERRUPTED:
                raise ExportCancelled from None
            raise
        except OSError as error:
            log.warning("export of %s failed", request.report, exc_info=True)
            raise export_failure(error, folder) from error
    log.info("exported %s: %d rows, %d files", request.report, work.rows, len(files))
    return ExportResult(files, work.rows, _left_out(request))


def _names(request: ExportRequest, has_registry: bool) -> Sequence[ReportName]:
    """The reports to make: of a set those for all of which holds what was chosen, and without
    those that have nothing to say before a registry of number ranges is loaded."""
    if request.report is not ReportName.ALL:
        return [request.report]
    left_out = _left_out(request)
    return [
        name
        for name in (*TABLES, ReportName.BASE)
        if name not in left_out and (has_registry or name not in OF_THE_REGISTRY)
    ]


def _left_out(request: ExportRequest) -> tuple[ReportName, ...]:
    if request.report is not ReportName.ALL:
        return ()
    chosen = {
        Narrowing.RUN: request.run_id is not None,
        Narrowing.CLIENTS: bool(request.clients),
        Narrowing.PERIOD: request.since is not None or request.until is not None,
        Narrowing.PLACE: request.region_id is not None or request.operator_id is not None,
    }
    by = {narrowing for narrowing, is_chosen in chosen.items() if is_chosen}
    return tuple(name for name in (*TABLES, ReportName.BASE) if not by <= narrowings(name))


def count_shown(database: Path, report: ReportName, shown: Shown) -> int:
    """How many rows an export of this table of the Data view has: counted to the end.

    For a background thread. Raises StorageFailure.
    """
    with Reader(database) as reader:
        return SHOWN[report].count(reader, shown)


def scope_of(reader: Reader, request: ExportRequest) -> Scope:
    """What the report is about. Raises UsageError for a run that does not exist."""
    if request.since is not None and request.until is not None and request.until < request.since:
        raise UsageError(_("The period ends before it begins."), _("Give the earlier day first."))
    run_id = request.run_id
    if run_id is None:
        newest = runs.newest_run(reader)
        run_id = newest.id if newest else None
    elif runs.find_run(reader, run_id) is None:
        raise UsageError(
            _("There is no run {run}.").format(run=run_id),
            _("`{program} runs` lists the runs there are.").format(program=own_name()),
        )
    return Scope(
        run_id,
        request.clients,
        request.since,
        request.until,
        request.region_id,
        request.operator_id,
    )


def default_name(request: ExportRequest, run_id: int | None, now: datetime) -> str:
    """Report, run and time, e.g. `phones_run42_2026-11-21_07-33-05.csv`; no suffix for `all`."""
    name = f"{request.report}_run{run_id or 0}_{now:%Y-%m-%d_%H-%M-%S}"
    match request.report:
        case ReportName.ALL:
            return name
        case ReportName.BASE:
            return f"{name}.db"
    return f"{name}.{request.format}"


def _target(request: ExportRequest, scope: Scope) -> Path:
    name = default_name(request, scope.run_id, datetime.now().astimezone())
    if request.out is None:
        return request.folder / name
    if request.report is not ReportName.ALL and request.out.is_dir():
        return request.out / name
    return request.out


def _targets(
    request: ExportRequest, names: Sequence[ReportName], target: Path
) -> dict[ReportName, Path]:
    """The file of each report."""
    if request.report is not ReportName.ALL:
        return {request.report: target}
    return {
        name: target / f"{name}{'.db' if name is ReportName.BASE else f'.{request.format}'}"
        for name in names
    }


class _Export:
    """One call of `export`: makes report after report in a workshop."""

    def __init__(
        self,
        reader: Reader,
        request: ExportRequest,
        scope: Scope,
        progress: Callable[[ExportProgress], None] | None,
        stop: StopSignal,
        workshop: Workshop,
        rows_a_part: int,
        files: int,
    ) -> None:
        self._reader = reader
        self._request = request
        self._scope = scope
        self._progress = progress
        self._stop = stop
        self._workshop = workshop
        self._rows_a_part = rows_a_part
        self._files = files
        self._number = 0
        self.rows = 0

    def make(self, name: ReportName, target: Path) -> None:
        """Write one report; it is delivered with all others."""
        if name is ReportName.BASE:
            self._make_base(target)
        else:
            self._make_table(TABLES[name], target)
        self._number += 1

    def _make_base(self, target: Path) -> None:
        path = self._workshop.new_path(".db")
        base = BaseFile(path)
        try:
            for batch in distinct_phones(self._reader, self._scope):
                base.write(batch.columns[0])
                self._tell(ReportName.BASE, batch, base.rows)
            base.close()
        except BaseException:
            base.abandon()
            raise
        self.rows += base.rows
        self._workshop.finish(path, target)

    def _make_table(self, report: Report, target: Path) -> None:
        parts = Parts(
            lambda: self._workshop.new_path(f".{self._request.format}"),
            lambda path: self._open(report, path),
            self._rows_a_part,
        )
        try:
            for batch in self._batches(report):
                columns = batch.columns
                if self._request.in_words:
                    columns = cells_in_words(report, columns, self._reader)
                parts.write(columns)
                self._tell(report.name, batch, parts.rows)
            parts.close()
        except BaseException:
            with suppress(OSError):
                parts.abandon()
            raise
        self.rows += parts.rows
        for path, part_target in zip(parts.paths, parts.targets(target), strict=True):
            self._workshop.finish(path, part_target)

    def _batches(self, report: Report) -> Iterator[Batch]:
        shown = self._request.shown
        if shown is None:
            return report.stream(self._reader, self._scope)
        return SHOWN[report.name].rows(self._reader, self._scope, shown)

    def _open(self, report: Report, path: Path) -> Table:
        request, words = self._request, self._request.in_words
        columns = columns_in_words(report) if words else report.columns
        if request.format is Format.XLSX:
            return XlsxTable(
                path, columns, sheet_name(report.name) if words else report.name, dates=words
            )
        return CsvTable(path, columns, request.delimiter, request.decimal, dates=words)

    def _tell(self, name: ReportName, batch: Batch, rows: int) -> None:
        if self._progress is not None:
            fraction = (self._number + batch.done) / self._files
            self._progress(ExportProgress(name, fraction, self.rows + rows))
        if self._stop.is_set:
            raise ExportCancelled

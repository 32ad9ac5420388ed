"""Reports as they are exported, sent while they are read."""

import asyncio
import tempfile
import threading
from collections.abc import AsyncIterator, Generator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Query
from starlette.responses import StreamingResponse

from core.errors import UsageError
from core.i18n import _
from core.phones.reports.catalog import TABLES
from core.phones.reports.export import (
    ExportCancelled,
    ExportRequest,
    ExportResult,
    default_name,
    export,
    scope_of,
)
from core.phones.reports.names import Format, ReportName
from core.phones.service_switch import Surroundings
from core.phones.storage.queries.report_stream import Scope
from core.phones.storage.reader import Reader
from core.stop import StopSignal
from core.tables.csv_table import CsvText
from core.tables.dialect import DELIMITERS, decimal_sign, usual_delimiter
from core.turns import computing
from core.web.app import WebApp
from core.web.guard import needs
from core.web.problems import Problem, problem_responses

MOST_AT_ONCE = 4
PIECE = 1 << 18
_BOM = b"\xef\xbb\xbf"
_LARGEST_ID = 2**63 - 1
_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_Run = Annotated[
    int | None, Query(ge=1, le=_LARGEST_ID, description="the run it is about; else the newest")
]


def add_reports(app: WebApp, around: Surroundings) -> None:
    """Their routes."""
    desk = _Desk(around)

    def answers(form: Format) -> dict[str, Any]:
        body = {"content": {_TYPES[form]: {"schema": {"type": "string", "format": "binary"}}}}
        return {
            "dependencies": [needs("numbers")],
            "response_class": StreamingResponse,
            "responses": {200: body, **problem_responses(404)},
            "tags": ["reports"],
        }

    @app.get("/reports/{report}.csv", **answers(Format.CSV))
    async def csv(
        report: ReportName, run: _Run = None, delimiter: Literal[";", ",", "tab"] | None = None
    ) -> StreamingResponse:
        """The rows of `app.py export`, as CSV."""
        return await desk.csv(report, run, DELIMITERS[delimiter] if delimiter else None)

    @app.get("/reports/{report}.xlsx", **answers(Format.XLSX))
    async def xlsx(report: ReportName, run: _Run = None) -> StreamingResponse:
        """The same as a workbook; made before the first byte is sent."""
        return await desk.xlsx(report, run)


class _Desk:
    """Gives out a few reports at once. In the server's loop."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._active: set[StopSignal] = set()
        around.stop.on_request(self._end)

    def _end(self) -> None:
        for stop in tuple(self._active):
            stop.request()

    async def csv(
        self, report: ReportName, run: int | None, delimiter: str | None
    ) -> StreamingResponse:
        request = self._request(report, run, Format.CSV, delimiter or usual_delimiter())
        stop = self._begin()
        try:
            pieces = await asyncio.to_thread(_CsvPieces, self._around.database(), request, stop)
        except BaseException:
            self._active.discard(stop)
            raise
        return self._answer(request, pieces.run_id, self._sent(pieces, stop))

    async def xlsx(self, report: ReportName, run: int | None) -> StreamingResponse:
        request = self._request(report, run, Format.XLSX, ",")
        stop = self._begin()
        try:
            workbook = await asyncio.to_thread(_Workbook, self._around.database(), request, stop)
        except BaseException:
            self._active.discard(stop)
            raise
        answer = self._answer(request, workbook.run_id, self._sent(workbook, stop))
        answer.headers["Content-Length"] = str(workbook.bytes)
        return answer

    def _request(
        self, report: ReportName, run: int | None, form: Format, delimiter: str
    ) -> ExportRequest:
        if report not in TABLES:
            raise Problem(404, _("{report} is no single table.").format(report=report))
        return ExportRequest(
            report,
            Path(),
            run_id=run,
            format=form,
            delimiter=delimiter,
            decimal=decimal_sign(delimiter),
        )

    def _begin(self) -> StopSignal:
        if len(self._active) >= MOST_AT_ONCE:
            raise Problem(503, _("Too many reports are being made."), headers={"Retry-After": "30"})
        stop = StopSignal()
        self._active.add(stop)
        if self._around.stop.is_set:
            stop.request()
        return stop

    async def _sent(
        self, pieces: "_CsvPieces | _Workbook", stop: StopSignal
    ) -> AsyncIterator[bytes]:
        try:
            while piece := await asyncio.to_thread(pieces.read):
                yield piece
        finally:
            self._active.discard(stop)
            stop.request()  # a piece that is still being read is not worth it any more
            asyncio.get_running_loop().run_in_executor(None, pieces.close)

    def _answer(
        self, request: ExportRequest, run: int | None, pieces: AsyncIterator[bytes]
    ) -> StreamingResponse:
        name = default_name(request, run, datetime.now().astimezone())
        return StreamingResponse(
            pieces,
            media_type=_TYPES[request.format],
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "no-store",
            },
        )


def _scope(reader: Reader, request: ExportRequest) -> Scope:
    try:
        return scope_of(reader, request)
    except UsageError as error:
        raise Problem(404, error.message) from None


def _need_one_sheet(result: ExportResult) -> None:
    if len(result.files) > 1:
        raise Problem(404, _("An Excel sheet does not hold all rows of it: take it as CSV."))


class _CsvPieces:
    """A report as pieces of CSV, each read when it is asked for. One thread at a time.

    What could go wrong at once goes wrong here, while there is still an answer to give it in.
    """

    def __init__(self, database: Path, request: ExportRequest, stop: StopSignal) -> None:
        self._lock = threading.Lock()
        self._reader = Reader(database, stop=lambda: stop.is_set)
        try:
            scope = _scope(self._reader, request)
            self.run_id = scope.run_id
            self._pieces = self._made(request, scope)
            self._first = next(self._pieces)
        except BaseException:
            self._reader.close()
            raise

    def read(self) -> bytes:
        """The next piece; empty at the end. Raises StorageFailure, also where it is stopped."""
        with self._lock:
            first, self._first = self._first, b""
            return first or next(self._pieces, b"")

    def close(self) -> None:
        with self._lock:
            self._pieces.close()
            self._reader.close()

    def _made(self, request: ExportRequest, scope: Scope) -> Generator[bytes, None, None]:
        report = TABLES[request.report]
        text = CsvText(report.columns, request.delimiter, request.decimal)
        made = _BOM + text.header().encode()
        for batch in report.stream(self._reader, scope):
            if batch.columns:
                with computing:
                    made += text.rows(batch.columns).encode()
            if len(made) >= PIECE:
                yield made
                made = b""
        if made:
            yield made


class _Workbook:
    """A report as a finished workbook in a folder of its own, which goes with it."""

    def __init__(self, database: Path, request: ExportRequest, stop: StopSignal) -> None:
        with Reader(database) as reader:
            self.run_id = _scope(reader, request).run_id
        self._folder = tempfile.TemporaryDirectory(
            prefix="datamaster-report-", ignore_cleanup_errors=True
        )
        try:
            path = Path(self._folder.name) / "report.xlsx"
            _need_one_sheet(export(database, replace(request, out=path), stop=stop))
            self.bytes = path.stat().st_size
            self._file = path.open("rb")
        except ExportCancelled:
            self._folder.cleanup()
            raise Problem(503, _("The program ends.")) from None
        except BaseException:
            self._folder.cleanup()
            raise

    def read(self) -> bytes:
        return self._file.read(PIECE)

    def close(self) -> None:
        self._file.close()
        self._folder.cleanup()

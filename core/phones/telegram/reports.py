"""Reports sent as files: made in a helper thread, in parts that Telegram takes."""

import asyncio
import logging
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from core.database.failures import StorageFailure
from core.errors import UserError
from core.i18n import _
from core.phones.reports.catalog import TABLES
from core.phones.reports.export import ExportCancelled, ExportRequest, export
from core.phones.reports.names import Format, ReportName
from core.phones.reports.parts import ROWS_A_PART
from core.phones.storage.explain import explain
from core.stop import StopSignal
from core.tables.dialect import decimal_sign, usual_delimiter
from core.telegram.outgoing import Outgoing

log = logging.getLogger(__name__)

# The Bot API takes files of 50 MB; a little is left for the form around it.
FILE_LIMIT = 45 * 1024 * 1024

REPORTS = tuple(TABLES)
FORMATS = tuple(Format)


class ReportSender:
    """One report at a time. Belongs to the bot's loop. `limit` is in bytes a file."""

    def __init__(
        self, database: Path, send: Callable[[Outgoing], None], limit: int = FILE_LIMIT
    ) -> None:
        self._database = database
        self._send = send
        self._limit = limit
        self._stop = StopSignal()
        self._task: asyncio.Task[None] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def begin(self, name: ReportName, kind: Format) -> bool:
        """Make the report and send it; False where one is being made."""
        if self._task is not None and not self._task.done():
            return False
        self._task = asyncio.create_task(self._deliver(name, kind))
        return True

    async def close(self) -> None:
        """Stop what is being made and remove what was not sent."""
        self._stop.request()
        if self._task is not None:
            await asyncio.wait([self._task])
        if self._folder is not None:
            with suppress(OSError):  # held by a virus scanner
                self._folder.cleanup()

    async def _deliver(self, name: ReportName, kind: Format) -> None:
        try:
            files = await asyncio.to_thread(self._make, name, kind)
        except ExportCancelled:
            return
        except StorageFailure as failure:
            self._send(Outgoing(str(explain(failure))))
        except UserError as error:
            self._send(Outgoing(str(error)))
        except Exception:
            log.exception("The report %s for Telegram could not be made", name)
            text = _("The report {name} could not be made. The details are in the log.")
            self._send(Outgoing(text.format(name=name)))
        else:
            for place, file in enumerate(files, start=1):
                caption = name if len(files) == 1 else f"{name} {place}/{len(files)}"
                self._send(Outgoing(caption, document=file, temporary=True))

    def _make(self, name: ReportName, kind: Format) -> list[Path]:
        """The files of the report, none larger than the limit."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="datamaster-telegram-")
        delimiter = usual_delimiter()
        request = ExportRequest(
            name,
            folder=Path(tempfile.mkdtemp(dir=self._folder.name)),
            format=kind,
            delimiter=delimiter,
            decimal=decimal_sign(delimiter),
        )
        rows = ROWS_A_PART
        while True:
            result = export(self._database, request, stop=self._stop, rows_a_part=rows)
            largest = max(file.stat().st_size for file in result.files)
            rows = min(rows, result.rows)
            if largest <= self._limit or rows <= 1:
                return list(result.files)
            for file in result.files:
                file.unlink()
            # Rows differ in length, hence the margin; and if it was too small, once more.
            rows = max(1, int(rows * self._limit / largest * 0.9))

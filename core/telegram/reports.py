"""Reports sent as files: made in a helper thread, cut into parts that Telegram takes."""

import asyncio
import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from core.errors import UserError
from core.i18n import _
from core.stop import StopSignal
from core.telegram.outgoing import Outgoing

log = logging.getLogger(__name__)

# The Bot API takes files of 50 MB; a little is left for the form around it.
FILE_LIMIT = 45 * 1024 * 1024

# Writes a report (name, 'csv' or 'xlsx') into a folder; returns its files. Ends early, with
# whatever it has, as soon as the signal is set. Raises UserError.
ReportMaker = Callable[[str, str, Path, StopSignal], Sequence[Path]]


class ReportSender:
    """One report at a time. Belongs to the bot's loop."""

    def __init__(
        self,
        names: Sequence[str],
        make: ReportMaker,
        send: Callable[[Outgoing], None],
        limit: int = FILE_LIMIT,
    ) -> None:
        self.names = names
        self._make = make
        self._send = send
        self._limit = limit
        self._stop = StopSignal()
        self._task: asyncio.Task[None] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def begin(self, name: str, kind: str) -> bool:
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
            self._folder.cleanup()

    async def _deliver(self, name: str, kind: str) -> None:
        try:
            parts = await asyncio.to_thread(self._prepare, name, kind)
        except UserError as error:
            self._send(Outgoing(str(error)))
            return
        except Exception:
            log.exception("The report %s for Telegram could not be made", name)
            text = _("The report {name} could not be made. The details are in the log.")
            self._send(Outgoing(text.format(name=name)))
            return
        if self._stop.is_set:
            return
        for place, part in enumerate(parts, start=1):
            caption = name if len(parts) == 1 else f"{name} {place}/{len(parts)}"
            self._send(Outgoing(caption, document=part, temporary=True))

    def _prepare(self, name: str, kind: str) -> list[Path]:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="datamaster-telegram-")
        folder = Path(tempfile.mkdtemp(dir=self._folder.name))
        files = self._make(name, kind, folder, self._stop)
        return [part for file in files for part in _parts(file, self._limit)]


def _parts(file: Path, limit: int) -> list[Path]:
    if file.stat().st_size <= limit:
        return [file]
    if file.suffix != ".csv":
        raise UserError(
            _("The file {name} is too large for Telegram.").format(name=file.name),
            _("Ask for it as csv, which can be sent in parts."),
        )
    parts = split_csv(file, limit)
    file.unlink()
    return parts


def split_csv(file: Path, limit: int) -> list[Path]:
    """Copy a CSV file into numbered parts of at most `limit` bytes, each with the header.

    A single row that is larger makes a larger part.
    """
    parts: list[Path] = []
    with file.open("rb") as source:
        rows = _rows(source)
        header = next(rows)
        target: BinaryIO | None = None
        try:
            size = 0
            for row in rows:
                if target is None or size + len(row) > limit:
                    if target is not None:
                        target.close()
                    parts.append(file.with_stem(f"{file.stem}-{len(parts) + 1}"))
                    target = parts[-1].open("wb")
                    size = target.write(header)
                size += target.write(row)
        finally:
            if target is not None:
                target.close()
    return parts


def _rows(source: BinaryIO) -> Iterator[bytes]:
    """Whole rows: a name may hold a line end, and then it stands in quotation marks."""
    row = b""
    for line in source:
        row += line
        if row.count(b'"') % 2 == 0:
            yield row
            row = b""
    if row:
        yield row

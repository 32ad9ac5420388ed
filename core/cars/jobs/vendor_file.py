"""The vendor's daily file of everything that is on sale."""

import csv
import io
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

from core.asking.transport import NotSaved, Transport
from core.asking.troubles import UpstreamError
from core.cars.jobs.job import MOSCOW
from core.errors import UserError
from core.i18n import _
from core.settings.secret import Secret

READY_AT = 8  # o'clock in Moscow
SEPARATOR = "|"
_LONGEST_ID = 40


class FileRefused(UserError):
    """The file cannot be had, cannot be read, or must not be believed."""


@dataclass(frozen=True, slots=True)
class FileSource:
    """Files by their day, over HTTP with a name and a password."""

    transport: Transport
    user: str
    password: Secret

    def latest(self, now: datetime) -> date:
        """The day of the newest file that is there."""
        local = now.astimezone(MOSCOW)
        day = local.date()
        return day if local.hour >= READY_AT else date.fromordinal(day.toordinal() - 1)

    @contextmanager
    def open(self, day: date) -> Iterator[TextIO]:
        """The file of `day`, fetched into a temporary file: it may be larger than memory. Raises
        FileRefused."""
        key = b64encode(f"{self.user}:{self.password.reveal()}".encode()).decode()
        with tempfile.TemporaryFile() as file:
            try:
                reply = self.transport.save(
                    f"/{day.isoformat()}/all_active.csv", {"Authorization": f"Basic {key}"}, file
                )
            except (UpstreamError, NotSaved) as error:
                raise _not_there(day, str(error)) from None
            if reply.status != 200:
                raise _not_there(day, f"HTTP {reply.status}")
            file.seek(0)
            yield io.TextIOWrapper(file, encoding="utf-8-sig", newline="")


def _not_there(day: date, why: str) -> FileRefused:
    return FileRefused(
        _("The vendor's file of {day} cannot be had: {reason}.").format(
            day=day.isoformat(), reason=why
        ),
        _("It is there after 08:00 Moscow time; check CHE168_FILES_USER and the password, too."),
    )


@contextmanager
def open_local(path: Path) -> Iterator[TextIO]:
    """A file that somebody fetched."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield file


def read_ids(file: TextIO) -> Iterator[int]:
    """The inner_ids of a file, found by its header, as numbers: there are many, and those are
    small. Raises FileRefused."""
    refused = FileRefused(
        _("The file is not one of the vendor's: it has no column inner_id."),
        _("It is text with the columns separated by {separator}.").format(separator=SEPARATOR),
    )
    try:
        csv.field_size_limit(16 * 1024 * 1024)
        rows = csv.reader(file, delimiter=SEPARATOR)
        header = [name.strip().strip('"') for name in next(rows, [])]
        if "inner_id" not in header:
            raise refused
        at = header.index("inner_id")
        for row in rows:
            if len(row) > at and row[at].strip().isdecimal() and len(row[at]) < _LONGEST_ID:
                yield int(row[at])
    except (csv.Error, UnicodeDecodeError):
        raise refused from None

"""What the export dialog was asked for: kept between exports, checked, made into a request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.database.failures import StorageFailure, StorageProblem
from core.errors import UserError
from core.i18n import _
from core.phones.reports.catalog import narrowings
from core.phones.reports.export import ExportRequest, count_shown
from core.phones.reports.names import Format, Narrowing, ReportName
from core.phones.storage.queries.runs import run_list
from core.phones.storage.queries.shown_rows import Shown
from core.phones.storage.queries.tables import clients
from core.phones.storage.reader import Reader
from core.tables.dialect import DELIMITERS, decimal_sign, usual_delimiter

_DATE_FORMS = ("%d.%m.%Y", "%Y-%m-%d")
RUNS = 50
NEWEST = ""  # the choice of the run: whichever is the newest


@dataclass(frozen=True, slots=True)
class InView:
    """A table of the Data view, to be exported as it stands there. `find` says what that is, in a
    background thread; `words` name what narrows it."""

    report: ReportName
    find: Callable[[Reader], Shown]
    words: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What was found for an `InView`, and how many rows it has."""

    shown: Shown
    rows: int


def count(database: Path, view: InView) -> Counted:
    """In a background thread. Raises StorageFailure."""
    with Reader(database) as reader:
        shown = view.find(reader)
    return Counted(shown, count_shown(database, view.report, shown))


@dataclass(slots=True)
class ExportChoice:
    """As texts, the way the fields hold them. An empty `run` is the newest, an empty `folder`
    that of the settings, an empty `delimiter` that of the language."""

    report: str = ReportName.PHONES
    run: str = NEWEST
    since: str = ""
    until: str = ""
    clients: str = ""
    format: str = Format.XLSX
    delimiter: str = ""
    folder: str = ""

    @classmethod
    def remembered(cls, kept: Mapping[str, Any]) -> "ExportChoice":
        """The last choice, without what only that export was about."""
        choice = cls()
        if kept.get("report") in list(ReportName):
            choice.report = kept["report"]
        if kept.get("format") in list(Format):
            choice.format = kept["format"]
        if kept.get("delimiter") in DELIMITERS:
            choice.delimiter = kept["delimiter"]
        if isinstance(kept.get("folder"), str):
            choice.folder = kept["folder"]
        return choice

    def to_keep(self) -> dict[str, str]:
        return {
            "report": self.report,
            "format": self.format,
            "delimiter": self.delimiter,
            "folder": self.folder,
        }

    def period(self) -> tuple[date | None, date | None]:
        """Raises UserError where a date is none."""
        return day_of(self.since), day_of(self.until)


def day_of(text: str) -> date | None:
    """None for no text; raises UserError where it is no date."""
    if not text.strip():
        return None
    for form in _DATE_FORMS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day, no time
        except ValueError:
            continue
    raise UserError(
        _("“{text}” is no date.").format(text=text.strip()),
        _("Write it as 21.11.2026 or 2026-11-21."),
    )


def request(
    database: Path, choice: ExportChoice, export_dir: Path, shown: Shown | None = None
) -> ExportRequest:
    """In a background thread: clients' names are looked up. With `shown` nothing else narrows.

    Raises UserError, StorageFailure.
    """
    report = ReportName(choice.report)
    by = narrowings(report) if shown is None else frozenset()
    since, until = choice.period() if Narrowing.PERIOD in by else (None, None)
    delimiter = DELIMITERS[choice.delimiter] if choice.delimiter else usual_delimiter()
    return ExportRequest(
        report=report,
        folder=Path(choice.folder) if choice.folder else export_dir,
        run_id=int(choice.run) if choice.run and Narrowing.RUN in by else None,
        clients=_client_ids(database, choice.clients) if Narrowing.CLIENTS in by else (),
        since=since,
        until=until,
        shown=shown,
        format=Format(choice.format),
        delimiter=delimiter,
        decimal=decimal_sign(delimiter),
    )


def _client_ids(database: Path, text: str) -> Sequence[int]:
    wanted = [each.strip() for each in text.split(",") if each.strip()]
    if not wanted:
        return ()
    with Reader(database) as reader:
        known = clients(reader, limit=1_000_000).rows
    ids = {str(row.id): row.id for row in known}
    names: dict[str, list[int]] = {}
    for row in known:
        names.setdefault(row.username.casefold(), []).append(row.id)
    found: list[int] = []
    for each in wanted:
        matches = [ids[each]] if each in ids else names.get(each.casefold(), [])
        if not matches:
            raise UserError(
                _("There is no client “{name}”.").format(name=each),
                _("Give names or numbers as they stand in the Data view, with commas between."),
            )
        found += matches
    return found


def known_runs(database: Path) -> list[int]:
    """In a background thread: the newest runs; none where there is no database."""
    try:
        with Reader(database) as reader:
            return [run.id for run in run_list(reader, RUNS)]
    except StorageFailure as failure:
        if failure.problem is StorageProblem.MISSING:
            return []
        raise

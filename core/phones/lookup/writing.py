"""The answer as a file: the columns of the list as they were, and beside them what is known."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from core.phones.lookup.answers import Answer, Shown, batches, count
from core.phones.lookup.check import CheckedList, State
from core.phones.lookup.columns import headed
from core.phones.lookup.words import HEADINGS, OF_THE_REGISTRY, heading, reason, state_word
from core.phones.registry.words import place
from core.phones.reports.names import Format
from core.phones.reports.parts import ROWS_A_PART, Parts, Table
from core.phones.reports.protected import refuse_protected
from core.tables.columns import Cell, Column, Columns, Kind
from core.tables.csv_table import CsvTable
from core.tables.problems import export_failure
from core.tables.workshop import Workshop
from core.tables.xlsx_table import XlsxTable
from core.watch import UNWATCHED, Cancelled, Watch

log = logging.getLogger(__name__)


def write_answers(
    checked: CheckedList,
    target: Path,
    form: Format,
    delimiter: str,
    shown: Shown = Shown.ALL,
    *,
    in_words: bool = True,
    watch: Watch = UNWATCHED,
    rows_a_part: int = ROWS_A_PART,
) -> tuple[tuple[Path, ...], int]:
    """Write the rows that `shown` leaves; returns the files and their number of rows.

    `in_words`: headings and answers in the present language, else their names for programs.
    Raises UsageError for a file that must not be replaced, ExportFailed, StorageFailure, and
    Cancelled where `watch` ends it. Then the file that was there is whole.
    """
    columns = _columns(checked, in_words)
    whole = max(1, count(checked.counts, shown))

    def open_table(path: Path) -> Table:
        if form is Format.XLSX:
            return XlsxTable(path, columns, target.stem[:31])
        return CsvTable(path, columns, delimiter, ".")

    try:
        refuse_protected(target, checked.database)
        with Workshop(target.parent, lambda _seconds: watch.cancelled()) as workshop:
            parts = Parts(lambda: workshop.new_path(f".{form}"), open_table, rows_a_part)
            try:
                for rows in batches(checked, shown):
                    parts.write(_cells(checked, rows, in_words))
                    _look(watch, min(1.0, parts.rows / whole))
                parts.close()
            except BaseException:
                with suppress(OSError):
                    parts.abandon()
                raise
            for path, part in zip(parts.paths, parts.targets(target), strict=True):
                workshop.finish(path, part)
            files = workshop.deliver()
    except OSError as error:
        log.warning("the answer could not be written", exc_info=True)
        raise export_failure(error, target.parent) from error
    return files, parts.rows


def _look(watch: Watch, done: float) -> None:
    if watch.cancelled():
        raise Cancelled
    watch.progress(done)


def _columns(checked: CheckedList, in_words: bool) -> list[Column]:
    shown = [name for name in HEADINGS if checked.has_registry or name not in OF_THE_REGISTRY]
    own = [heading(name) if in_words else name for name in shown]
    names = headed([*checked.columns.names, *own])
    kinds = [Kind.TEXT] * len(checked.columns.names) + [HEADINGS[name][0] for name in shown]
    widths = [18] * len(checked.columns.names) + [HEADINGS[name][1] for name in shown]
    return [Column(*column) for column in zip(names, kinds, widths, strict=True)]


def _cells(checked: CheckedList, rows: Sequence[Answer], in_words: bool) -> Columns:
    """Column by column: those of the list, then the answers."""
    width = len(checked.columns.names)
    lists: list[Sequence[Cell]] = [
        [row.cells[place] if place < len(row.cells) else "" for row in rows]
        for place in range(width)
    ]
    states = {state: state_word(state) if in_words else str(state) for state in State}
    answers: list[Sequence[Cell]] = [
        [states[row.state] for row in rows],
        [row.phone or "" for row in rows],
        [(reason(row.reason) if in_words and row.reason else row.reason) for row in rows],
        [row.repeats for row in rows],
        [_moment(row.first_seen, in_words) for row in rows],
        [_moment(row.last_seen, in_words) for row in rows],
        [row.projects for row in rows],
        [row.project_names for row in rows],
        [row.client_names for row in rows],
    ]
    if checked.has_registry:
        answers += [
            [place(row.place_kind, row.place) for row in rows],
            [row.operator for row in rows],
        ]
    return [*lists, *answers]


@lru_cache(maxsize=100_000)
def _moment(seconds: int | None, in_words: bool) -> str:
    """A page of records has one time, so few are worked out."""
    if seconds is None:
        return ""
    moment = datetime.fromtimestamp(seconds, UTC)
    if in_words:
        return f"{moment.astimezone():%Y-%m-%d %H:%M}"
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"

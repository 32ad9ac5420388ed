"""The Runs view: every run with its numbers, what failed in it, and two runs compared."""

import time
import tkinter as tk
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.database.failures import StorageFailure, StorageProblem
from core.formats import duration, moment, number
from core.i18n import _
from core.phones import wording
from core.phones.after_run.results import Result, results
from core.phones.events import RunStatus
from core.phones.reports.names import ReportName
from core.phones.storage.queries.compare import Comparison, compare_runs
from core.phones.storage.queries.runs import FailedItem, RunRow, failed_items, run_list
from core.phones.storage.reader import Reader
from gui import style
from gui.views.base import View
from gui.views.run_details import RunDetails
from gui.widgets.basics import Card
from gui.widgets.buttons import Button
from gui.widgets.context_menu import MenuEntry, pop_up_menu
from gui.widgets.empty_state import EmptyState
from gui.widgets.table import Column, Table, TableRow
from gui.window_state import memory_of

FOLLOW_SECONDS = 3.0  # while a run goes on and the view is looked at
MOST_FAILED = 1000  # shown; more are counted

_MARKS = {
    RunStatus.RUNNING: "accent",
    RunStatus.COMPLETED: "",
    RunStatus.STOPPED: "warning",
    RunStatus.FAILED: "error",
}


@dataclass(frozen=True, slots=True)
class Failures:
    """What failed in one run, as far as it is shown, and what its rules made after it."""

    run: RunRow
    items: Sequence[FailedItem]
    made: Sequence[Result] = ()


class RunsView(View):
    title = staticmethod(lambda: _("Runs"))
    reports_runs = True

    def build(self) -> Iterator[None]:
        self.runs: dict[str, RunRow] = {}
        self._stale = True
        self._read_at = 0.0
        self.compared: tuple[int, int] | None = None  # what the lower half compares
        self.body.columnconfigure(0, weight=1)
        self._share_height()
        self.compare = Button(self.header, command=self._compare)
        self.compare.pack(side="right")
        self.texts.show(self.compare, self._compare_text)
        self.menu = tk.Menu(self, tearoff=False)
        self._card = Card(self.body)
        self._card.grid(row=0, column=0, sticky="nsew", pady=(0, style.GAP))
        self._card.rowconfigure(0, weight=1)
        self._card.columnconfigure(0, weight=1)
        self.table = Table(
            self._card,
            (
                Column("id", lambda: _("Run"), 64, number=True, sortable=True),
                Column("started", lambda: _("Started"), 124),
                Column("mode", lambda: _("Mode"), 74),
                Column("status", lambda: _("Outcome"), 94),
                Column("duration", lambda: _("Took"), 78, sortable=True),
                Column("clients", lambda: _("Clients"), 70, number=True, spare=True),
                Column("projects", lambda: _("Projects"), 74, number=True),
                Column("phones", lambda: _("Valid"), 74, number=True),
                Column("new", lambda: _("New"), 66, number=True, sortable=True),
                Column("errors", lambda: _("Errors"), 70, number=True, sortable=True),
            ),
            self.texts,
            on_select=self._selected,
            on_open=self._show_new,
            on_menu=self._pop_up,
            on_copy=lambda: self._copy(self.table),
            select="extended",
            memory=memory_of(self.window.kept, "runs"),
        )
        self.table.mark_sorted(*(self.table.kept_order or ("id", True)))
        self.table.grid(row=0, column=0, sticky="nsew", padx=10, pady=8)
        yield
        self.details = RunDetails(self.body, self.texts, self.window, self._resume, self._discard)
        self.details.grid(row=1, column=0, sticky="nsew")
        self.empty = EmptyState(
            self.body,
            "runs",
            self.texts,
            lambda: _("No run yet"),
            lambda: _("Every run is kept here with its numbers and with what failed in it."),
            (lambda: _("To collecting"), lambda: self.window.navigate("collect")),
        )
        self._show_compare()
        yield

    # --- rows ---

    def shown(self) -> None:
        if self._stale:
            self._read()

    def run_changed(self) -> None:
        self._stale = True
        if self.visible:
            self._read()
        self._show_retry()

    def on_tick(self) -> None:
        if self._live and time.monotonic() - self._read_at > FOLLOW_SECONDS:
            self._read()

    def data_changed(self) -> None:
        self._stale = True
        if self.visible:
            self._read()

    def session_changed(self) -> None:
        self._stale = True
        self.runs = {}
        self.details.clear()
        if self.visible:
            self._read()

    def retheme(self) -> None:
        self.table.retheme()
        self.details.retheme()

    def retranslate(self) -> None:
        super().retranslate()
        self._show(list(self.runs.values()))
        if self.compared is not None:
            self._compare()

    def _read(self) -> None:
        self._read_at = time.monotonic()
        path = self.window.program.settings.database_path
        self.window.background.run(
            lambda: _runs(path), self._found, self.window.show_error, slot="runs"
        )

    def _found(self, runs: Sequence[RunRow]) -> None:
        self._stale = False
        self._show(runs)

    def _show(self, runs: Sequence[RunRow]) -> None:
        self.runs = {str(run.id): run for run in runs}
        self.table.show(_row(run, live=self._live) for run in runs)
        if runs:
            self.empty.place_forget()
            self._card.grid()
            self.details.grid()
        else:
            self._card.grid_remove()
            self.details.grid_remove()
            self.empty.place(relx=0.5, rely=0.45, anchor="center")
        if runs and not self.table.selected:
            self.table.choose(str(runs[0].id))
        elif self.compared is None:
            self._show_chosen(self.table.selected)

    # --- one run, or two ---

    def _share_height(self) -> None:
        """More for the runs, or for the many rows in which two of them differ."""
        upper, lower = (3, 2) if self.compared is None else (2, 3)
        self.body.rowconfigure(0, weight=upper, uniform="rows")
        self.body.rowconfigure(1, weight=lower, uniform="rows")

    def _selected(self, keys: Sequence[str]) -> None:
        self.compared = None
        self._share_height()
        self._show_compare()
        self._show_chosen(keys)

    def _show_chosen(self, keys: Sequence[str]) -> None:
        chosen = [self.runs[key] for key in keys if key in self.runs]
        if len(chosen) != 1:
            return
        run, path = chosen[0], self.window.program.settings.database_path
        self.window.background.run(
            lambda: Failures(run, _failed(path, run.id), _made(path, run.id)),
            self._show_failures,
            self.window.show_error,
            slot="failures",
        )

    def _show_failures(self, failures: Failures) -> None:
        self.details.show_run(failures.run, failures.items, failures.made, live=self._live)
        self._show_retry()

    @property
    def _live(self) -> bool:
        """Whether this window or another process collects into the database now."""
        return self.window.run.active or self.window.runs.held_by is not None

    def _show_retry(self) -> None:
        self.details.enable_retry(not self.window.run.active and self.window.runs.has_token)

    def _resume(self, run: RunRow) -> None:
        self.window.runs.resume(run.id)
        self.window.navigate("collect")

    def _discard(self, run: RunRow) -> None:
        self.window.runs.ask_to_discard(run.id)

    def _show_new(self, key: str) -> None:
        """Double click: the numbers that the run found first."""
        self.window.show_new_of(int(key))

    def _copy(self, table: Table) -> None:
        if text := table.text_of(table.selected):
            self.window.copy(text)

    def _pop_up(self, key: str, x: int, y: int) -> None:
        """What can be done with a run, or with the selected ones."""
        run = self.runs.get(key)
        if run is None:
            return
        idle = not self.window.run.active and self.window.runs.has_token
        unfinished = run.status is not RunStatus.COMPLETED and not self._live
        entries: list[MenuEntry] = [
            (_("New numbers of this run"), lambda: self._show_new(key), True),
            (_("Export them…"), lambda: self.window.export(ReportName.NEW, run.id), True),
        ]
        if unfinished or run.errors_count:
            again = _("Continue this run") if unfinished else _("Retry only these")
            entries.append((again, lambda: self._resume(run), idle))
        if unfinished and not run.discarded:
            entries.append((_("Discard…"), lambda: self._discard(run), idle))
        if run.errors_count:
            action = partial(self.window.export, ReportName.ERRORS, run.id)
            entries.append((_("Export errors…"), action, True))
        entries += [
            (self._compare_text(), self._compare, self._two() is not None),
            (_("Copy the row"), lambda: self._copy(self.table), True),
            self.table.columns_entry(),
        ]
        pop_up_menu(self.menu, entries, x, y)

    def _compare_text(self) -> str:
        two = self._two()
        if two is None:
            return _("Compare two runs")
        return _("Compare {newer} with {older}").format(older=two[0], newer=two[1])

    def _two(self) -> tuple[int, int] | None:
        """The two selected runs; of a single one, it and the one before."""
        if not hasattr(self, "table"):
            return None
        ids = sorted(int(key) for key in self.table.selected)
        if len(ids) == 1:
            older = [run.id for run in self.runs.values() if run.id < ids[0]]
            return (max(older), ids[0]) if older else None
        return (ids[0], ids[1]) if len(ids) == 2 else None

    def _show_compare(self) -> None:
        self.compare.configure(text=self._compare_text())
        self.compare.enable(self._two() is not None)

    def _compare(self) -> None:
        two = self._two()
        if two is None:
            return
        path = self.window.program.settings.database_path
        self.compared = two
        self._share_height()
        self.details.say_comparing(*two)
        self.window.background.run(
            lambda: _compared(path, *two),
            self.details.show_comparison,
            self.window.show_error,
            slot="failures",
        )


def _row(run: RunRow, *, live: bool) -> TableRow:
    values = (
        number(run.id),
        moment(run.started_at),
        wording.mode(run.mode),
        wording.outcome(run.status, live=live, discarded=run.discarded),
        duration(run.seconds),
        number(run.total_clients),
        number(run.total_projects),
        number(run.total_phones),
        number(run.new_phones),
        number(run.errors_count),
    )
    died = run.status is RunStatus.RUNNING and not live
    order = (
        run.id, run.started_at, "", "", run.seconds, run.total_clients, run.total_projects,
        run.total_phones, run.new_phones, run.errors_count,
    )  # fmt: skip
    return TableRow(str(run.id), values, _MARKS[RunStatus.STOPPED if died else run.status], order)


def _runs(path: Path) -> list[RunRow]:
    """In a background thread, as the functions below."""
    try:
        with Reader(path) as reader:
            return run_list(reader)
    except StorageFailure as failure:
        if failure.problem in (StorageProblem.MISSING, StorageProblem.OUTDATED):
            return []
        raise


def _failed(path: Path, run_id: int) -> Sequence[FailedItem]:
    with Reader(path) as reader:
        return failed_items(reader, run_id, MOST_FAILED)


def _made(path: Path, run_id: int) -> Sequence[Result]:
    with Reader(path) as reader:
        return results(reader, run_id)


def _compared(path: Path, older: int, newer: int) -> Comparison:
    with Reader(path) as reader:
        return compare_runs(reader, older, newer)

"""The lower card of the Runs view: one run with what failed, or two runs compared."""

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import Any

from core.formats import duration, moment, number
from core.i18n import _
from core.phones import wording
from core.phones.after_run.results import Result
from core.phones.after_run.words import result_line
from core.phones.events import RunStatus, Target
from core.phones.reports.names import ReportName
from core.phones.storage.queries.compare import Comparison
from core.phones.storage.queries.runs import FailedItem, RunRow
from gui import style
from gui.shell import Shell
from gui.texts import Texts
from gui.widgets.basics import Card, Label, Row
from gui.widgets.buttons import Button
from gui.widgets.context_menu import pop_up_menu
from gui.widgets.save_table import save_table
from gui.widgets.table import Column, Table, TableRow
from gui.window_state import memory_of


class RunDetails(Card):
    """Shows what it is given; asks nothing itself."""

    def __init__(
        self,
        master: tk.Misc,
        texts: Texts,
        window: Shell,
        resume: Callable[[RunRow], Any],
        discard: Callable[[RunRow], Any],
    ) -> None:
        """`resume` continues a run, `discard` asks whether it shall not be offered any more."""
        super().__init__(master)
        self._window = window
        self._compared: Comparison | None = None
        self._menu = tk.Menu(self, tearoff=False)
        self._resume = resume
        self._discard = discard
        self._run: RunRow | None = None
        self._items: Sequence[FailedItem] = ()
        self._may_retry = True
        self._live = False
        self._two = (0, 0)  # what is compared
        self.columnconfigure(0, weight=1)
        self.rowconfigure(2, weight=1)
        top = Row(self)
        top.grid(row=0, column=0, sticky="ew", padx=style.PAD, pady=(style.GAP, 0))
        top.columnconfigure(0, weight=1)
        self.heading = Label(top, size=style.HEADING, bold=True)
        self.heading.grid(row=0, column=0, sticky="w")
        self.discard = Button(top, command=lambda: self._with_run(self._discard), look="quiet")
        self.discard.grid(row=0, column=1, padx=(0, style.GRID * 2))
        texts.show(self.discard, lambda: _("Discard…"))
        self.export = Button(top, command=self._export, look="quiet", image="export")
        self.export.grid(row=0, column=3)
        texts.show(self.export, lambda: _("Export…"))
        self.retry = Button(top, command=lambda: self._with_run(self._resume), image="refresh")
        self.retry.grid(row=0, column=2)
        self.sentence = Label(self, colour=style.MUTED, size=style.SECONDARY, wraps=True)
        self.sentence.grid(row=1, column=0, sticky="ew", padx=style.PAD, pady=(2, style.GRID))
        self.failures = Table(
            self,
            (
                Column("what", lambda: _("What failed"), 190, stretch=True, sortable=True),
                Column("client", lambda: _("Client"), 160, stretch=True, sortable=True),
                Column("reason", lambda: _("Why"), 300, stretch=True, sortable=True),
            ),
            texts,
            on_menu=lambda _key, x, y: self._pop_up(self.failures, x, y),
            on_copy=lambda: self._copy(self.failures),
            select="extended",
            memory=memory_of(window.kept, "failures"),
        )
        self.changes = Table(
            self,
            (
                Column("client", lambda: _("Client"), 180, stretch=True, sortable=True),
                Column("project", lambda: _("Project"), 240, stretch=True, sortable=True),
                Column("new", lambda: _("New"), 90, number=True, sortable=True),
                Column("gone", lambda: _("No longer there"), 140, number=True, sortable=True),
            ),
            texts,
            on_menu=lambda _key, x, y: self._pop_up(self.changes, x, y),
            on_copy=lambda: self._copy(self.changes),
            select="extended",
            memory=memory_of(window.kept, "changes"),
        )
        self.clear()

    def clear(self) -> None:
        self._run, self._items = None, ()
        self.heading.say("")
        self.sentence.say("")
        self._place(None)
        self._show_buttons()

    def show_run(
        self,
        run: RunRow,
        items: Sequence[FailedItem],
        made: Sequence[Result] = (),
        *,
        live: bool,
    ) -> None:
        """`made` are the reports made after it."""
        same = self._run is not None and self._run.id == run.id
        self._run, self._items, self._live, self._compared = run, items, live, None
        status = wording.outcome(run.status, live=live, discarded=run.discarded)
        self.heading.say(_("Run {id}, {status}").format(id=run.id, status=status))
        reports = [_("After it: {what}").format(what=result_line(result)) for result in made]
        self.sentence.say("\n".join([_sentence(run), *reports]))
        self.failures.show((_failure(item) for item in items), keep_selection=same)
        self.failures.empty.say(_nothing_failed(run, live=live))
        self._place(self.failures)
        self._show_buttons()

    def say_comparing(self, older: int, newer: int) -> None:
        self.heading.say(
            _("Run {newer} compared with run {older}").format(older=older, newer=newer)
        )
        self.sentence.say(_("Comparing…"))
        self._run = self._compared = None
        self._two = (older, newer)
        self._show_buttons()
        self._place(None)

    def show_comparison(self, found: Comparison) -> None:
        self.sentence.say(
            _("{new} new in the database, {links} new in projects, {gone} no longer there").format(
                new=wording.numbers(found.new_phones),
                links=number(found.new),
                gone=number(found.disappeared),
            )
        )
        rows = [
            TableRow(
                str(project.project_id),
                (
                    client.client,
                    project.project,
                    number(project.new),
                    "—" if project.disappeared is None else number(project.disappeared),
                ),
                order=(
                    client.client.casefold(),
                    project.project.casefold(),
                    project.new,
                    project.disappeared,
                ),
            )
            for client in found.clients
            for project in client.projects
        ]
        self._compared = found
        self.changes.show(rows, keep_selection=False)
        self.changes.empty.say(_("Nothing changed between these two runs."))
        self._place(self.changes)
        self._show_buttons()

    def enable_retry(self, enabled: bool) -> None:
        self._may_retry = enabled
        self._show_buttons()

    def retheme(self) -> None:
        self.failures.retheme()
        self.changes.retheme()

    def _show_buttons(self) -> None:
        """What can be done with the run: continue it, or try again what failed in it."""
        run = self._run
        unfinished = run is not None and run.status is not RunStatus.COMPLETED and not self._live
        if unfinished:
            self.retry.configure(text=_("Continue this run"))
        else:
            self.retry.configure(text=_("Retry only these"))
        _show(self.retry, unfinished or (run is not None and bool(self._items)))
        _show(self.discard, unfinished and run is not None and not run.discarded)
        _show(self.export, self._compared is not None or (run is not None and bool(self._items)))
        self.retry.enable(self._may_retry)
        self.discard.enable(self._may_retry)

    def _copy(self, table: Table) -> None:
        if text := table.text_of(table.selected):
            self._window.copy(text)

    def _pop_up(self, table: Table, x: int, y: int) -> None:
        pop_up_menu(
            self._menu,
            (
                (_("Copy the row"), lambda: self._copy(table), True),
                (_("Select all"), table.choose_all, True),
                (_("Export…"), self._export, True),
                table.columns_entry(),
            ),
            x,
            y,
        )

    def _export(self) -> None:
        """Of a run what failed in it; of two what changed, as it stands in the table."""
        if self._compared is not None:
            older, newer = self._two
            name = _("Run {newer} compared with run {older}").format(older=older, newer=newer)
            save_table(self._window, self.changes, name)
        elif self._run is not None:
            self._window.export(ReportName.ERRORS, self._run.id)

    def _with_run(self, action: Callable[[RunRow], Any]) -> None:
        if self._run is not None:
            action(self._run)

    def _place(self, shown: Table | None) -> None:
        for table in (self.failures, self.changes):
            if table is shown:
                table.grid(row=2, column=0, sticky="nsew", padx=10, pady=(0, 8))
            else:
                table.grid_remove()


def _show(button: Button, shown: bool) -> None:
    if shown:
        button.grid()
    else:
        button.grid_remove()


def _nothing_failed(run: RunRow, *, live: bool) -> str:
    if run.status is RunStatus.COMPLETED:
        return _("Nothing failed in this run.")
    if run.status is RunStatus.RUNNING and live:
        return _("Nothing has failed so far. The run is going on.")
    return _("Nothing had failed until the run ended. It is not finished.")


def _sentence(run: RunRow) -> str:
    parts = [
        _("{mode} mode, begun {date}, {time} of work").format(
            mode=wording.mode(run.mode), date=moment(run.started_at), time=duration(run.seconds)
        ),
        wording.requests(run.requests),
        _("{received}: {new}, {known}, {repeated}, {rejected}").format(
            received=wording.records(run.received),
            new=wording.new(run.new_phones),
            known=wording.known(run.known),
            repeated=wording.repeated(run.repeated),
            rejected=wording.rejected(run.rejected),
        ),
    ]
    text = "\n".join([" · ".join(parts), *wording.left_out(run.left_out)])
    if run.status is RunStatus.FAILED and run.reason is not None:
        why = wording.reason(run.reason, run.detail)
        text = f"{why[:1].upper()}{why[1:]}. {wording.advice(run.reason)}\n{text}"
    return text


def _failure(item: FailedItem) -> TableRow:
    if item.client_id is None or (item.target is Target.PROJECT and item.project_id is None):
        what = _("entry of a list")
        key = f"entry {item.client_id} {item.detail}"
    elif item.project_id is None:
        what = _("list of projects")
        key = f"client {item.client_id}"
    else:
        what = f"{item.project_id} {item.project}"
        key = f"project {item.project_id}"
    why = wording.reason(item.reason, item.detail) if item.reason else _("unknown reason")
    return TableRow(key, (what, item.client, why))

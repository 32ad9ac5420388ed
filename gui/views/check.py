"""Check a list: which of its numbers are known, since when, in which projects; which are new."""

import tkinter as tk
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tkinter import filedialog

from core.formats import day, number
from core.i18n import _
from core.phones import wording
from core.phones.lookup.answers import Answer, Shown, count
from core.phones.lookup.check import State
from core.phones.lookup.columns import ListColumns, no_numbers
from core.phones.lookup.words import reason, shown_word, state_word
from core.phones.numbers.outcome import Rejection
from core.phones.registry.words import place
from gui import style
from gui.shell import Shell
from gui.views.base import View
from gui.views.check_job import PAGE, Answered, Given, check, look
from gui.views.check_parts import BringCard, WorkLine
from gui.views.data_sheets import shown_phone
from gui.widgets.basics import Card, Label, Row
from gui.widgets.buttons import Button, Segmented
from gui.widgets.context_menu import pop_up_menu
from gui.widgets.fields import Choice
from gui.widgets.pager import Pager
from gui.widgets.table import Column, Table, TableRow
from gui.window_state import memory_of

_MARKS = {State.NEW: "accent", State.NO_NUMBER: "muted", State.ERASED: "warning"}


class CheckView(View):
    title = staticmethod(lambda: _("Check a list"))

    def __init__(self, master: tk.Misc, window: Shell) -> None:
        self._given: Given | None = None
        self._columns: ListColumns | None = None
        self.answered: Answered | None = None
        self._starts = [0]  # the row before each page, as far as they are known
        self._page = 0
        super().__init__(master, window)

    def build(self) -> Iterator[None]:
        self.save = Button(self.header, command=self._save, look="primary")
        self.save.pack(side="right")
        self.texts.show(self.save, lambda: _("Save the answer…"))
        self.again = Button(self.header, command=self.start_again)
        self.again.pack(side="right", padx=style.GAP)
        self.texts.show(self.again, lambda: _("Another list"))
        self.body.columnconfigure(0, weight=1)
        self.body.rowconfigure(2, weight=1)
        self.bringing = BringCard(
            self.body, self.texts, self.bring, takes_files=self.window.takes_files
        )
        yield
        self.top = Row(self.body)
        self.top.columnconfigure(0, weight=1)
        self.name = Label(self.top, bold=True)
        self.name.grid(row=0, column=0, sticky="w")
        self.column_label = Label(self.top, colour=style.MUTED)
        self.column_label.grid(row=0, column=1, padx=style.GAP)
        self.texts.show(self.column_label, lambda: _("Numbers in column"))
        self.column = Choice(self.top, [], lambda value: self._check(int(value)))
        self.column.grid(row=0, column=2)
        self.line = WorkLine(self.body, self.window, self.texts)
        self.line.grid(row=1, column=0, sticky="ew", pady=(0, style.GRID * 2))
        yield
        self._build_answer()
        yield
        self.start_again()

    def _build_answer(self) -> None:
        self.card = card = Card(self.body)
        card.columnconfigure(0, weight=1)
        card.rowconfigure(1, weight=1)
        self.filter = Segmented(card, [str(shown) for shown in Shown], lambda _key: self._ask(0))
        self.filter.grid(row=0, column=0, sticky="w", padx=style.PAD, pady=(style.GAP, 0))
        self.table = Table(
            card,
            (
                Column("line", lambda: _("Row"), 60, number=True),
                Column("cell", lambda: _("In the list"), 130, stretch=True),
                Column("answer", lambda: _("Answer"), 130),
                Column("number", lambda: _("Number"), 132),
                Column("seen", lambda: _("First seen"), 90),
                Column("projects", lambda: _("Projects"), 150, stretch=True),
                Column("clients", lambda: _("Clients"), 110, stretch=True, spare=True),
                Column("place", lambda: _("Region and operator"), 120, stretch=True, spare=True),
            ),
            self.texts,
            on_menu=self._pop_up,
            on_copy=self._copy,
            memory=memory_of(self.window.kept, "check"),
        )
        self.table.grid(row=1, column=0, sticky="nsew", padx=5, pady=8)
        self.texts.call(lambda: self.table.empty.say(_("Nothing found.")))
        self.menu = tk.Menu(card, tearoff=False)
        self.count = Label(card, colour=style.MUTED)
        self.count.grid(row=2, column=0, sticky="w", padx=style.PAD, pady=(0, style.GAP))
        self.pager = Pager(card, self._ask)
        self.pager.grid(row=2, column=0, sticky="e", padx=style.PAD, pady=(0, style.GAP))

    # --- when ---

    def shown(self) -> None:
        if self._given is None:
            self.find()

    def session_changed(self) -> None:
        """Another database: what was said of the old one does not hold."""
        if self.built:
            self.start_again()

    def data_changed(self) -> None:
        """The answer stays: it says what was known when it was asked."""

    @property
    def settled(self) -> bool:
        return self.built and not self.line.busy

    def find(self) -> None:
        self.bringing.text.focus_set()

    def retheme(self) -> None:
        for part in (self.bringing, self.table, self.line):
            part.retheme()

    def retranslate(self) -> None:
        super().retranslate()
        if self.answered is not None:
            self._say_filters(self.answered)
            self._ask(self._page)

    def end(self) -> None:
        if self.built:
            self.line.cancel()
            if self.answered is not None:
                self.answered.close()

    # --- a list is brought ---

    def start_again(self) -> None:
        """Back to the beginning; what was said of the list before is forgotten."""
        self.line.drop()
        self.column.enable(True)
        self._forget()
        self._given = self._columns = None
        self.top.grid_remove()
        self.bringing.grid(row=2, column=0, sticky="nsew")
        self.again.enable(False)

    def bring(self, given: Given) -> None:
        """Look at the list and check it, by the column that is guessed."""
        self._given = given
        accept = self.window.program.settings.phone_accept
        self.line.do(
            _("Looking at the list…"),
            lambda _watch: look(given, accept),
            lambda columns: self._looked(given, columns),
            lambda: None,
        )

    def bring_file(self, path: Path) -> None:
        """A list that was dropped onto the window, in the place of the one before."""
        self.start_again()
        self.bring(Given(path.name, path=path))

    def _looked(self, given: Given, columns: ListColumns) -> None:
        self._columns = columns
        places = [str(place) for place in range(len(columns.names))]
        self.column.say(dict(zip(places, columns.names, strict=True)), places)
        self.name.say(given.name)
        self.bringing.grid_remove()
        self.top.grid(row=0, column=0, sticky="ew", pady=(0, style.GRID * 2))
        for part in (self.column_label, self.column):
            part.grid() if len(places) > 1 else part.grid_remove()
        self.again.enable(True)
        self.column.set("" if columns.column is None else str(columns.column))
        if columns.column is None:
            self.line.say_error(no_numbers())
        else:
            self._check(columns.column)

    def _check(self, column: int) -> None:
        given, columns = self._given, self._columns
        if given is None or columns is None:
            return
        self._forget()
        settings = self.window.program.settings
        self.line.do(
            _("Checking the list…"),
            lambda watch: check(
                settings.database_path, given, columns, column, settings.phone_accept, watch
            ),
            self._show_answer,
            lambda: None,
        )

    # --- the answer ---

    def _show_answer(self, answered: Answered) -> None:
        self.answered = answered
        self._say_filters(answered)
        self.filter.set(Shown.ALL)
        self._may_leaf(True)
        self.card.grid(row=2, column=0, sticky="nsew")
        self._ask(0)

    def _say_filters(self, answered: Answered) -> None:
        self.filter.say(
            {
                str(shown): f"{shown_word(shown)} {number(count(answered.counts, shown))}"
                for shown in Shown
            }
        )

    def _ask(self, page: int) -> None:
        answered = self.answered
        if answered is None:
            return
        if page == 0:
            self._starts = [0]
        self._page = page
        shown, after = Shown(self.filter.value), self._starts[page]
        self.window.background.run(
            lambda: answered.page(shown, after),
            partial(self._show_rows, answered, shown),
            self.line.say_error,
            slot="check page",
        )

    def _show_rows(self, answered: Answered, shown: Shown, found: Sequence[Answer]) -> None:
        if answered is not self.answered:
            return
        rows, more = found[:PAGE], len(found) > PAGE
        del self._starts[self._page + 1 :]
        if more:
            self._starts.append(rows[-1].id)
        self.table.show([_row(answered, row) for row in rows], keep_selection=False)
        first = self._page * PAGE
        text = f"{number(first + 1)}–{number(first + len(rows))}" if rows else ""
        self.pager.show(self._page, text, has_next=more)
        self.count.say(wording.rows(count(answered.counts, shown)))

    def _copy(self) -> None:
        if text := self.table.text_of(self.table.selected):
            self.window.copy(text)

    def _pop_up(self, _key: str, x: int, y: int) -> None:
        entries = ((_("Copy"), self._copy, True), self.table.columns_entry())
        pop_up_menu(self.menu, entries, x, y)

    def _forget(self) -> None:
        """Let the answer go; whoever still reads in it ends first, in the background."""
        answered, self.answered = self.answered, None
        self.card.grid_remove()
        self.save.enable(False)
        if answered is not None:
            self.window.background.run(answered.close, lambda _none: None)

    # --- saving ---

    def _save(self) -> None:
        if self.answered is None:
            return
        chosen = filedialog.asksaveasfilename(
            parent=self,
            initialfile=f"{Path(self.answered.given.name).stem}_checked.xlsx",
            defaultextension=".xlsx",
            filetypes=((_("Excel workbook"), "*.xlsx"), ("CSV", "*.csv")),
        )
        if chosen:
            self.write(Path(chosen))

    def write(self, target: Path) -> None:
        """Write the rows that are shown, beside the list's own columns."""
        answered, shown = self.answered, Shown(self.filter.value)
        if answered is None:
            return
        self._may_leaf(False)
        self.line.do(
            _("Writing the answer…"),
            lambda watch: answered.write(target, shown, watch),
            self._was_written,
            lambda: self._may_leaf(True),
        )

    def _may_leaf(self, may: bool) -> None:
        """Not while the answer is written: whoever asks for a page would wait for the file."""
        self.save.enable(may)
        self.filter.enable(may)
        self.column.enable(may)
        self.pager.back.enable(may and self._page > 0)
        self.pager.forward.enable(may and len(self._starts) > self._page + 1)

    def _was_written(self, result: tuple[tuple[Path, ...], int]) -> None:
        files, rows = result
        self._may_leaf(True)
        names = ", ".join(file.name for file in files)
        self.line.say(f"{names}: {wording.rows(rows)}", style.DONE, file=files[0])


def _row(answered: Answered, row: Answer) -> TableRow:
    answer = state_word(row.state)
    if row.reason and row.reason != Rejection.NOT_A_NUMBER:  # which the answer says already
        answer = f"{answer}: {reason(row.reason)}"
    elif row.repeats is not None:
        answer = _("{answer}, as in row {row}").format(answer=answer, row=row.repeats)
    where = ", ".join(filter(None, (place(row.place_kind, row.place), row.operator)))
    seen = "" if row.first_seen is None else _day(row.first_seen)
    values = (
        str(row.line),
        row.cells[answered.column] if answered.column < len(row.cells) else "",
        answer,
        shown_phone(row.phone) if row.phone else "",
        seen,
        row.project_names,
        row.client_names,
        where,
    )
    return TableRow(
        str(row.id), values, "muted" if row.repeats is not None else _MARKS.get(row.state, "")
    )


def _day(seconds: int) -> str:
    return day(datetime.fromtimestamp(seconds, UTC).astimezone().date())

"""Which columns of an older base are read, and what its first rows then say."""

import tkinter as tk
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from core.formats import day
from core.i18n import _
from core.phones.imports.dates import ImportColumns, date_column, dates_of
from core.phones.lookup.columns import ListColumns, cells, no_numbers
from core.phones.lookup.found import found_in
from core.phones.numbers.outcome import Accept
from gui import style
from gui.views.data_sheets import shown_phone
from gui.widgets.basics import Label, Row, frame_of_one
from gui.widgets.buttons import Button
from gui.widgets.dialog import Dialog
from gui.widgets.fields import Choice
from gui.widgets.table import Column, Table, TableRow

ROWS = 8  # of the preview
SAMPLE = 24  # letters of a cell beside the name of its column
NO_DATES = "none"


class ImportColumnsDialog(Dialog):
    """The guess stands in it; Enter takes it."""

    size = (680, 560)
    resizes = True

    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master)
        self._found: ListColumns | None = None
        self._accept_kind = Accept.VALID
        self._chosen: Callable[[ImportColumns], Any] = lambda _columns: None
        self.texts.call(lambda: self.title(_("Columns of the base")))
        self.columnconfigure(0, weight=1)
        self.rowconfigure(3, weight=1)
        self.name = Label(self, bold=True)
        self.name.grid(row=0, column=0, sticky="w", padx=style.EDGE, pady=(style.EDGE, style.GAP))
        self._build_choices()
        self.wrong = Label(self, colour=style.ERROR, wraps=True)
        self.wrong.grid(row=2, column=0, sticky="ew", padx=style.EDGE)
        card = frame_of_one(self)
        card.grid(row=3, column=0, sticky="nsew", padx=style.EDGE, pady=(style.GAP, 0))
        self.table = Table(
            card,
            (
                Column("cell", lambda: _("In the list"), 150, stretch=True),
                Column("number", lambda: _("Number"), 140),
                Column("date", lambda: _("Date in the list"), 140, stretch=True),
                Column("seen", lambda: _("First seen"), 100),
            ),
            self.texts,
            select="none",
        )
        self.table.grid(row=0, column=0, sticky="nsew", padx=8, pady=8)
        row = Row(self)
        row.grid(row=4, column=0, sticky="ew", padx=style.EDGE, pady=style.EDGE)
        self.ok = Button(row, command=self.accept, look="primary")
        self.ok.pack(side="right")
        self.texts.show(self.ok, lambda: _("Take in"))
        cancel = Button(row, command=self.cancel)
        cancel.pack(side="right", padx=(0, style.GRID * 2))
        self.texts.show(cancel, lambda: _("Cancel"))
        self.bind("<Return>", lambda _e: self.accept())

    def _build_choices(self) -> None:
        form = Row(self)
        form.grid(row=1, column=0, sticky="ew", padx=style.EDGE)
        self.phone = Choice(form, [], lambda _v: self._show(), width=280)
        self.date = Choice(form, [NO_DATES], lambda _v: self._show(), width=280)
        words = (lambda: _("Numbers in column"), lambda: _("Dates in column"))
        for place, (choice, word) in enumerate(zip((self.phone, self.date), words, strict=True)):
            label = Label(form, colour=style.MUTED)
            below = (0, style.GRID * 2)
            label.grid(row=place, column=0, sticky="w", padx=(0, style.GAP), pady=below)
            self.texts.show(label, word)
            choice.grid(row=place, column=1, sticky="w", pady=below)

    def ask(
        self, name: str, found: ListColumns, accept: Accept, chosen: Callable[[ImportColumns], Any]
    ) -> None:
        """`found` is how the list begins; `chosen` gets the columns when they are accepted."""
        self._found, self._accept_kind, self._chosen = found, accept, chosen
        self.name.say(name)
        self._say_columns(found)
        self.phone.set("" if found.column is None else str(found.column))
        dated = date_column(found)
        self.date.set(NO_DATES if dated is None else str(dated))
        self._show()
        self.open()

    def accept(self) -> None:
        """Read these columns; nothing where none is chosen for the numbers."""
        if (columns := self._columns()) is not None:
            self.close()
            self._chosen(columns)

    def focus_first(self) -> None:
        self.ok.focus_set()

    def retheme(self) -> None:
        super().retheme()
        self.table.retheme()

    def _say_columns(self, found: ListColumns) -> None:
        texts = {str(n): _named(found, n) for n in range(len(found.names))}
        self.phone.say(texts, list(texts))
        self.date.say({NO_DATES: _("without days"), **texts}, [NO_DATES, *texts])

    def _columns(self) -> ImportColumns | None:
        if not self.phone.value:
            return None
        date = None if self.date.value == NO_DATES else int(self.date.value)
        return ImportColumns(int(self.phone.value), date)

    def _show(self) -> None:
        """The first rows, as they would be read."""
        found, columns = self._found, self._columns()
        self.ok.enable(columns is not None)
        error = no_numbers()
        self.wrong.say("" if columns is not None else f"{error.message} {error.hint}")
        if found is None or columns is None:
            self.table.show([])
            return
        rows = found.sample[:ROWS]
        numbers, dates = cells(rows, columns.phone), dates_of(rows, columns.date)
        written = [""] * len(rows) if columns.date is None else cells(rows, columns.date)
        self.table.show(
            TableRow(
                str(place),
                (
                    numbers[entry.place],
                    _("no number") if entry.phone is None else shown_phone(entry.phone),
                    written[entry.place],
                    _day(dates[entry.place]),
                ),
                "muted" if entry.phone is None else "",
            )
            for place, entry in enumerate(found_in(numbers, self._accept_kind))
        )


def _named(found: ListColumns, column: int) -> str:
    """A column by its name and what stands first in it."""
    first = next((text.strip() for text in cells(found.sample, column) if text.strip()), "")
    shown = first if len(first) <= SAMPLE else f"{first[: SAMPLE - 1]}…"
    return f"{found.names[column]}: {shown}" if shown else found.names[column]


def _day(seconds: int | None) -> str:
    if seconds is None:
        return ""
    return day(datetime.fromtimestamp(seconds, UTC).astimezone().date())

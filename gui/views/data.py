"""The Data view: phones, projects, clients and rejected numbers, searched as one types."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from core.database.failures import StorageFailure, StorageProblem
from core.formats import number
from core.i18n import _
from core.phones.events import Event, RunFinished
from core.phones.reports.names import ReportName
from core.phones.storage.explain import explain
from core.phones.storage.queries.phones import PhoneRow
from core.phones.storage.queries.shown_rows import Shown
from core.phones.storage.queries.tables import Count
from gui import style
from gui.dialogs.export_choice import InView
from gui.shell import Shell
from gui.views.base import View
from gui.views.data_details import WIDTH
from gui.views.data_filters import FilterRow
from gui.views.data_places import Place, PlaceRow
from gui.views.data_reading import Asked, read_count, read_page, read_runs
from gui.views.data_row import ChosenRow, ChosenRows
from gui.views.data_sheets import (
    PAGE,
    PHONES,
    SHEETS,
    Filters,
    Item,
    Order,
    Sheet,
    SheetPage,
    count_words,
    phone_filter,
)
from gui.widgets.basics import Card, Label, Row
from gui.widgets.buttons import Button, Segmented
from gui.widgets.empty_state import EmptyState
from gui.widgets.fields import SearchField
from gui.widgets.pager import Pager
from gui.widgets.table import Table
from gui.window_state import memory_of

FOLLOW_SECONDS = 3.0  # while a run goes on and the view is looked at


class DataView(View):
    title = staticmethod(lambda: _("Data"))

    def __init__(self, master: Any, window: Shell) -> None:
        self.sheet = PHONES
        self._orders = {key: sheet.order for key, sheet in SHEETS.items()}
        self._items: dict[str, Item] = {}
        self._cursors: list[Any] = [None]  # where each page begins, as far as they are known
        self._page = 0
        self._count: Count | None = None
        self._asked: Asked | None = None
        self._stale = True
        self._read_at = 0.0
        super().__init__(master, window)

    def build(self) -> Iterator[None]:
        self.tabs = Segmented(self.header, list(SHEETS), self.show_sheet)
        self.tabs.pack(side="left", padx=(style.GAP, 0))
        self.texts.call(
            lambda: self.tabs.say({key: sheet.title() for key, sheet in SHEETS.items()})
        )
        self.export = Button(self.header, command=self._export, look="primary")
        self.export.pack(side="right")
        self.texts.show(self.export, lambda: _("Export…"))
        self.search = SearchField(self.header, self._searched, width=240)
        self.search.pack(side="right", padx=style.GAP)
        self.texts.show(self.search, lambda: _("Number or name"), "placeholder_text")
        yield
        self.body.columnconfigure(0, weight=1)
        self.body.rowconfigure(1, weight=1)
        above = Row(self.body)
        above.grid(row=0, column=0, columnspan=2, sticky="ew", pady=(0, style.GAP))
        above.columnconfigure(0, weight=1)
        self.filters = FilterRow(above, self.window, self.texts, self._changed)
        self.filters.grid(row=0, column=0, sticky="ew")
        self.places = PlaceRow(above, self.window, self.texts, self._place_chosen)
        self.places.grid(row=1, column=0, sticky="ew", pady=(style.GRID * 2, 0))
        yield
        self.card = Card(self.body)
        self.card.grid(row=1, column=0, sticky="nsew")
        self.card.columnconfigure(0, weight=1)
        self.card.rowconfigure(0, weight=1)
        self.tables: dict[str, Table] = {}
        for sheet in SHEETS.values():
            self._add_table(sheet)
            yield
        self.pager = Pager(self.card, self._go)
        self.pager.grid(row=1, column=0, sticky="e", padx=style.PAD, pady=(0, style.GAP))
        self.count = Label(self.card, colour=style.MUTED)
        self.count.grid(row=1, column=0, sticky="w", padx=style.PAD, pady=(0, style.GAP))
        self.fresh = Button(self.card, command=self.reread, look="quiet", image="refresh")
        self.fresh.grid(row=1, column=0, pady=(0, style.GAP))
        self.fresh.grid_remove()
        self.texts.show(self.fresh, lambda: _("There are newer rows (F5)"))
        self.row = ChosenRow(self.body, self.window, self.texts, self._look_at, self._chosen_rows)
        self.row.details.grid(row=1, column=1, sticky="nsew", padx=(style.GAP, 0))
        self.body.columnconfigure(1, minsize=style.pixels(self, WIDTH))
        self.empty = EmptyState(
            self.body,
            "data",
            self.texts,
            lambda: _("No numbers yet"),
            lambda: _("After the first run the collected numbers can be searched here."),
            (lambda: _("To collecting"), lambda: self.window.navigate("collect")),
        )
        self._use_sheet()

    def _add_table(self, sheet: Sheet) -> None:
        table = Table(
            self.card,
            sheet.columns,
            self.texts,
            on_select=self._selected,
            on_open=lambda _key: self.row.look_inside(),
            on_sort=self._sorted,
            on_menu=self._pop_up,
            on_copy=lambda: self.row.copy_rows(),
            select="extended",
            memory=memory_of(self.window.kept, f"data {sheet.key}"),
        )
        if table.kept_order is not None:
            self._orders[sheet.key] = Order(*table.kept_order)
        table.grid(row=0, column=0, sticky="nsew", padx=5, pady=8)
        table.grid_remove()
        self.texts.call(
            lambda: table.empty.say(_("Nothing found. Clear the search or the filters above."))
        )
        self.tables[sheet.key] = table

    # --- when ---

    def shown(self) -> None:
        self.table.let_go()
        if self._stale or self.window.run.active:
            self._read_runs()
            self._ask(page=0)
        self.run_changed()

    def session_changed(self) -> None:
        self._stale = True
        self.filters.put(Filters())
        self.places.put(Filters())
        self.search.field.put("")
        if self.visible:
            self.shown()

    def on_tick(self) -> None:
        live = self.window.run.active or self.window.runs.held_by is not None
        if live and time.monotonic() - self._read_at > FOLLOW_SECONDS:
            self._follow()

    def reread(self) -> None:
        self._read_runs()
        self.table.let_go()
        self._ask(page=self._page)

    def find(self) -> None:
        self.search.focus_set()

    def _follow(self) -> None:
        """What a run brings is shown as long as nobody has the rows in hand; else they stay as
        they are, and it is told that there are others."""
        self._read_at = time.monotonic()
        if not self.table.in_hand and self._page == 0:
            self._ask(page=0)
        elif self._asked is not None:
            asked, path = self._asked, self.window.program.settings.database_path
            self.window.background.run(
                lambda: read_count(path, asked),
                lambda count: self._show_count(asked, count, newer=True),
                lambda _error: None,
                slot="data count",
            )

    def on_event(self, event: Event) -> None:
        if isinstance(event, RunFinished):
            self._stale = True
            if self.built and self.visible:
                self._read_runs()
                self._follow()

    def run_changed(self) -> None:
        self.row.details.enable_erase(not self.window.run.active)

    def retheme(self) -> None:
        for table in self.tables.values():
            table.retheme()
        self.row.details.retheme()

    def retranslate(self) -> None:
        super().retranslate()
        self._ask(page=self._page)

    # --- what is asked ---

    @property
    def table(self) -> Table:
        return self.tables[self.sheet.key]

    def show_sheet(self, key: str) -> None:
        """Change to another table; the filters stay."""
        self.table.grid_remove()
        self.sheet = SHEETS[key]
        self.tabs.set(key)
        self._use_sheet()
        self._ask(page=0)

    def _use_sheet(self) -> None:
        self.filters.use(self.sheet)
        self.places.use(self.sheet)
        self.table.grid()
        self._items = {}
        self.table.show(())
        self.table.empty.place_forget()
        self.row.show_nothing()

    def _searched(self, text: str) -> None:
        self.table.let_go()
        self.filters.put(replace(self.filters.filters, text=text))
        self._ask(page=0)

    def _changed(self) -> None:
        self.places.put(self.filters.filters)
        self.table.let_go()
        self._ask(page=0)

    def _place_chosen(self, region: Place, operator: Place) -> None:
        self.filters.put(replace(self.filters.filters, region=region, operator=operator))
        self._changed()

    def _sorted(self, key: str, descending: bool) -> None:
        self._orders[self.sheet.key] = Order(key, descending)
        self.table.let_go()
        self._ask(page=0)

    def _go(self, page: int) -> None:
        self._ask(page=page)

    def _ask(self, page: int) -> None:
        """Read a page; whatever is still being read for an older question is dropped."""
        if not self.built:
            return
        if self._asked is not None:
            self._asked.stale.set()
        if page == 0:
            self._cursors = [None]
            self._count = None
        asked = Asked(
            self.sheet, self.filters.filters, self._orders[self.sheet.key], threading.Event()
        )
        self._asked = asked
        self._page = page
        self._read_at = time.monotonic()
        path, cursor = self.window.program.settings.database_path, self._cursors[page]
        self.window.background.run(
            lambda: read_page(path, asked, cursor),
            lambda found: self._show(asked, found),
            lambda error: self._failed(asked, error),
            slot="data page",
        )
        if self._count is None:
            self.window.background.run(
                lambda: read_count(path, asked),
                lambda count: self._show_count(asked, count),
                lambda _error: None,
                slot="data count",
            )

    def _read_runs(self) -> None:
        path = self.window.program.settings.database_path
        self.window.background.run(
            lambda: read_runs(path), self.filters.show_runs, lambda _error: None, slot="data runs"
        )
        self.places.read()

    # --- what is shown ---

    def _show(self, asked: Asked, page: SheetPage | None) -> None:
        if asked is not self._asked:
            return
        self._stale = False
        parts = (self.card, self.row.details, self.filters)
        if page is None:
            for part in parts:
                part.grid_remove()
            self.export.enable(False)
            self.empty.place(relx=0.5, rely=0.45, anchor="center")
            return
        self.empty.place_forget()
        for part in parts:
            part.grid()
        self._items = dict(page.items)
        del self._cursors[self._page + 1 :]
        if page.next is not None:
            self._cursors.append(page.next)
        table = self.table
        table.look_for(asked.filters.text)
        table.show(page.rows)
        table.mark_sorted(page.order.key, page.order.descending)
        if page.rows and not table.selected:
            table.choose(page.rows[0].key)
        else:
            self._selected(table.selected)  # what is known of it may have changed
        self.export.enable(bool(page.rows))
        self.fresh.grid_remove()
        self._say_count(asked.sheet)
        self._show_pager(len(page.rows))

    def _show_pager(self, rows: int) -> None:
        first = self._page * PAGE
        text = f"{number(first + 1)}–{number(first + rows)}" if rows else ""
        self.pager.show(self._page, text, has_next=len(self._cursors) > self._page + 1)

    def _show_count(self, asked: Asked, count: Count | None, *, newer: bool = False) -> None:
        """`newer`: the rows are those of an older count."""
        if asked is self._asked or (self._asked and asked.filters == self._asked.filters):
            if newer and count != self._count:
                self.fresh.grid()
            self._count = count
            self._say_count(asked.sheet)

    def _say_count(self, sheet: Sheet) -> None:
        """Never less than the rows that are seen."""
        count, seen = self._count, self._page * PAGE + len(self._items)
        if count is not None and not count.exact:
            count = Count(max(count.value, seen), count.exact)
        self.count.say(count_words(sheet, count) if count else "")

    def _failed(self, asked: Asked, error: Exception) -> None:
        if isinstance(error, StorageFailure):
            if error.problem is StorageProblem.INTERRUPTED:
                return
            error = explain(error)
        if asked is self._asked:
            self.window.show_error(error)

    # --- one row ---

    def _chosen_rows(self) -> ChosenRows:
        keys = [key for key in self.table.selected if key in self._items]
        items = [self._items[key] for key in keys]
        stored = {str(row.id): {"phone": row.phone} for row in items if isinstance(row, PhoneRow)}
        return ChosenRows(items, self.table.text_of(keys, stored))

    def _selected(self, keys: Sequence[str]) -> None:
        if keys and keys[0] in self._items:
            focus = self.table.tree.focus()
            key = focus if focus in keys and focus in self._items else keys[0]
            self.row.show(self._items[key])
        else:
            self.row.show_nothing()

    def _pop_up(self, key: str, x: int, y: int) -> None:
        self._selected(self.table.selected or [key])  # the table's own word of it comes later
        self.row.pop_up(x, y, self.table.columns_entry())

    def show_new_of(self, run_id: int) -> None:
        """The numbers that a run found first."""
        self._look_at("phones", Filters(run_id=run_id))

    def _look_at(self, key: str, filters: Filters) -> None:
        self.search.field.put("")
        self.filters.put(filters)
        self.places.put(filters)
        self.show_sheet(key)

    def _export(self) -> None:
        """Exactly what is shown: the filters, what was typed, and the order."""
        sheet, filters = self.sheet, self.filters.filters
        order = self._orders[sheet.key]
        self.window.export(
            view=InView(
                # With a registry numbers are exported as they are shown: with region and operator.
                ReportName.LOCATED if sheet is PHONES and self.places.loaded else sheet.report,
                lambda reader: Shown(phone_filter(reader, filters), order.key, order.descending),
                self.filters.words(sheet),
            )
        )

    def data_changed(self) -> None:
        """Numbers were erased or added: the same page anew."""
        self._stale = True
        if self.visible:
            self._ask(page=self._page)

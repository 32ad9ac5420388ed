"""The four tables of the Data view: their columns, how a page is read, what a row says.

Reading happens in a background thread; nothing here touches widgets.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.formats import day, number
from core.i18n import _
from core.phones import wording
from core.phones.registry.words import place
from core.phones.reports.names import ReportName
from core.phones.storage.queries import runs, tables
from core.phones.storage.queries.phone_filter import PhoneFilter
from core.phones.storage.queries.phone_search import PhoneSort
from core.phones.storage.queries.phones import PhoneRow, count_phones, phones
from core.phones.storage.queries.tables import (
    ClientRow,
    Count,
    ProjectRow,
    RejectedFilter,
    RejectedRow,
)
from core.phones.storage.reader import Reader
from gui.texts import Words
from gui.widgets.table import Column, TableRow

PAGE = 100
COUNT_SECONDS = 3.0  # for counting what a search finds, in the background
Item = PhoneRow | ProjectRow | ClientRow | RejectedRow


@dataclass(frozen=True, slots=True)
class Filters:
    """What the operator chose above the table. `new_only` without a run means the newest."""

    text: str = ""
    client: tuple[int, str] | None = None  # id and name
    project: tuple[int, str] | None = None
    run_id: int | None = None
    since: date | None = None
    until: date | None = None
    new_only: bool = False
    region: tuple[int, str] | None = None  # of the registry of number ranges
    operator: tuple[int, str] | None = None

    @property
    def client_id(self) -> int | None:
        return self.client[0] if self.client else None

    @property
    def project_id(self) -> int | None:
        return self.project[0] if self.project else None


@dataclass(frozen=True, slots=True)
class Order:
    key: str
    descending: bool


@dataclass(frozen=True, slots=True)
class SheetPage:
    """Rows of one page, where the next one begins, and the order they are really in."""

    items: Mapping[str, Item]
    rows: Sequence[TableRow]
    next: Any
    order: Order


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. `uses` names the filters that narrow it; `words` says how many there are;
    `report` has its rows."""

    key: str
    title: Words
    columns: Sequence[Column]
    uses: frozenset[str]
    order: Order
    read: Callable[[Reader, Filters, Order, Any], SheetPage]
    count: Callable[[Reader, Filters], Count]
    words: Callable[[int], str]
    report: ReportName


def shown_phone(phone: str) -> str:
    """A Russian number in groups, as people read it: +7 907 820-67-64."""
    if len(phone) == 12 and phone.startswith("+7"):
        return f"+7 {phone[2:5]} {phone[5:8]}-{phone[8:10]}-{phone[10:]}"
    return phone


def run_name(run_id: int) -> str:
    """Below 0 are the imports of older bases."""
    if run_id < 0:
        return _("base {id}").format(id=-run_id)
    return _("No. {id}").format(id=run_id)


# --- phones ---


def phone_filter(reader: Reader, filters: Filters) -> PhoneFilter:
    """What the operator chose, in the words of the queries; of rows other than numbers each takes
    what narrows it."""
    run_id = filters.run_id
    if run_id is None and filters.new_only:
        newest = runs.newest_run(reader)
        run_id = newest.id if newest else None
    return PhoneFilter(
        filters.text,
        filters.client_id,
        filters.project_id,
        run_id,
        filters.since,
        filters.until,
        filters.region[0] if filters.region else None,
        filters.operator[0] if filters.operator else None,
    )


def _read_phones(reader: Reader, filters: Filters, order: Order, cursor: Any) -> SheetPage:
    """Asks on until the page is full; a newer search interrupts the reader."""
    where = phone_filter(reader, filters)
    found: list[PhoneRow] = []
    while True:
        page = phones(
            reader, where, PhoneSort(order.key), order.descending, cursor, PAGE - len(found)
        )
        found += page.rows
        cursor = page.cursor
        if cursor is None or len(found) >= PAGE:
            break
    rows = [
        TableRow(
            str(row.id),
            (
                shown_phone(row.phone),
                row.client,
                row.project,
                number(row.projects),
                day(row.first_seen_at.astimezone().date()),
                run_name(row.first_run_id),
                ", ".join(filter(None, (place(row.place_kind, row.place), row.operator))),
            ),
        )
        for row in found
    ]
    items = {str(row.id): row for row in found}
    return SheetPage(items, rows, cursor, Order(page.sort, page.descending))


PHONES = Sheet(
    "phones",
    lambda: _("Numbers"),
    (
        Column("phone", lambda: _("Number"), 112, sortable=True),
        Column("client", lambda: _("Client"), 110, stretch=True),
        Column("project", lambda: _("Project"), 120, stretch=True),
        Column("projects", lambda: _("Projects"), 72, number=True, sortable=True),
        Column("first_seen", lambda: _("First seen"), 80, sortable=True),
        Column("run", lambda: _("Run"), 64, spare=True),
        Column("place", lambda: _("Region and operator"), 120, stretch=True, spare=True),
    ),
    frozenset({"client", "project", "run", "period", "new", "place"}),
    Order(PhoneSort.FIRST_SEEN, True),
    _read_phones,
    lambda reader, filters: count_phones(reader, phone_filter(reader, filters), COUNT_SECONDS),
    wording.numbers,
    ReportName.PHONES,
)


# --- projects, clients ---


def _read_projects(reader: Reader, filters: Filters, order: Order, cursor: Any) -> SheetPage:
    page = tables.projects(
        reader,
        filters.text,
        filters.client_id,
        tables.Sort(order.key),
        order.descending,
        cursor,
        PAGE,
    )
    rows = [
        TableRow(
            str(row.id), (row.name, row.client, number(row.phones), str(row.status), str(row.id))
        )
        for row in page.rows
    ]
    return SheetPage({str(row.id): row for row in page.rows}, rows, page.next, order)


PROJECTS = Sheet(
    "projects",
    lambda: _("Projects"),
    (
        Column("name", lambda: _("Project"), 200, stretch=True, sortable=True),
        Column("client", lambda: _("Client"), 140, stretch=True),
        Column("links", lambda: _("Numbers"), 90, number=True, sortable=True),
        Column("status", lambda: _("Server's code"), 70, number=True, spare=True),
        Column("id", lambda: _("ID"), 90, number=True, sortable=True),
    ),
    frozenset({"client"}),
    Order(tables.Sort.NAME, False),
    _read_projects,
    lambda reader, filters: tables.count_projects(reader, filters.text, filters.client_id),
    wording.projects,
    ReportName.AGGREGATED,
)


def _read_clients(reader: Reader, filters: Filters, order: Order, cursor: Any) -> SheetPage:
    page = tables.clients(
        reader, filters.text, tables.Sort(order.key), order.descending, cursor, PAGE
    )
    rows = [
        TableRow(str(row.id), (row.username, number(row.projects), number(row.links), str(row.id)))
        for row in page.rows
    ]
    return SheetPage({str(row.id): row for row in page.rows}, rows, page.next, order)


CLIENTS = Sheet(
    "clients",
    lambda: _("Clients"),
    (
        Column("name", lambda: _("Client"), 220, stretch=True, sortable=True),
        Column("projects", lambda: _("Projects"), 100, number=True, sortable=True),
        Column("links", lambda: _("Numbers in projects"), 160, number=True, sortable=True),
        Column("id", lambda: _("ID"), 90, number=True, sortable=True),
    ),
    frozenset(),
    Order(tables.Sort.NAME, False),
    _read_clients,
    lambda reader, filters: tables.count_clients(reader, filters.text),
    wording.clients,
    ReportName.CLIENTS,
)


# --- rejected numbers ---


def _rejected_filter(filters: Filters) -> RejectedFilter:
    return RejectedFilter(filters.text, filters.client_id, filters.project_id, filters.run_id)


def _read_rejected(reader: Reader, filters: Filters, order: Order, cursor: Any) -> SheetPage:
    page = tables.rejected(reader, _rejected_filter(filters), cursor, PAGE)
    items = {f"{row.project_id}/{row.raw}": row for row in page.rows}
    rows = [
        TableRow(
            key,
            (
                row.raw,
                wording.rejection(row.reason),
                row.client,
                row.project,
                run_name(row.first_run_id),
                run_name(row.last_run_id),
            ),
        )
        for key, row in items.items()
    ]
    return SheetPage(items, rows, page.next, order)


REJECTED = Sheet(
    "rejected",
    lambda: _("Rejected"),
    (
        Column("raw", lambda: _("As it came"), 139, stretch=True),
        Column("reason", lambda: _("Why"), 173, stretch=True),
        Column("client", lambda: _("Client"), 100, stretch=True),
        Column("project", lambda: _("Project"), 108, stretch=True),
        Column("first_run", lambda: _("First"), 68, spare=True),
        Column("last_run", lambda: _("Last"), 80, spare=True),
    ),
    frozenset({"client", "project", "run"}),
    Order("project", False),
    _read_rejected,
    lambda reader, filters: tables.count_rejected(reader, _rejected_filter(filters)),
    wording.rejected_numbers,
    ReportName.REJECTED,
)

SHEETS = {sheet.key: sheet for sheet in (PHONES, PROJECTS, CLIENTS, REJECTED)}


def count_words(sheet: Sheet, count: Count) -> str:
    """'12,408 numbers', or '10,000+ numbers' where counting to the end would take long; nothing
    while hardly any are counted."""
    if count.exact:
        return sheet.words(count.value)
    value = count.value // PAGE * PAGE  # a round number, so that the noun is in the right form
    return sheet.words(value).replace(number(value), f"{number(value)}+", 1) if value else ""

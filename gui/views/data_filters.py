"""The row of filters above the tables of the Data view."""

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from core.i18n import _
from core.phones import wording
from core.phones.storage.queries import tables
from core.phones.storage.reader import Reader
from gui import style
from gui.dialogs.pick import Found, PickDialog
from gui.shell import Shell
from gui.texts import Texts
from gui.views.data_sheets import Filters, Sheet
from gui.widgets.basics import Row
from gui.widgets.buttons import Button
from gui.widgets.fields import Choice

ANY = ""
PERIODS = (ANY, "today", "7", "30", "365")
MOST_FOUND = 200
NAMES = (22, 16, 12, 9, 6)  # letters of a chosen name: the most that leaves room for all filters


class FilterRow(Row):
    """Shows and changes `filters`; tells of every change. Filters that a table does not use
    keep their place and cannot be pressed."""

    def __init__(
        self,
        master: tk.Misc,
        window: Shell,
        texts: Texts,
        changed: Callable[[], Any],
    ) -> None:
        super().__init__(master)
        self._window = window
        self._changed = changed
        self._runs: Sequence[int] = ()
        self.filters = Filters()
        self.client = Button(self, command=self._pick_client, look="choice",
                             image="chevron_down", compound="right")  # fmt: skip
        self.project = Button(self, command=self._pick_project, look="choice",
                              image="chevron_down", compound="right")  # fmt: skip
        self.run = Choice(self, [ANY], self._run_chosen)
        self.period = Choice(self, PERIODS, self._period_chosen)
        self.new = Button(self, command=self._new_pressed, look="choice")
        self._all = (self.client, self.project, self.run, self.period, self.new)
        for widget in self._all:
            widget.pack(side="left", padx=(0, style.GAP))
        self.clear = Button(self, command=self._clear, look="quiet", image="close")
        self._room = 0
        self.bind("<Configure>", self._resized)
        texts.call(self._say)

    def use(self, sheet: Sheet) -> None:
        """Enable what narrows this table."""
        for name, widget in (
            ("client", self.client),
            ("project", self.project),
            ("run", self.run),
            ("period", self.period),
            ("new", self.new),
        ):
            widget.enable(name in sheet.uses)

    def put(self, filters: Filters) -> None:
        """Other filters, without telling."""
        self.filters = filters
        self._say()

    def show_runs(self, runs: Sequence[int]) -> None:
        self._runs = runs
        self._say()

    def words(self, sheet: Sheet) -> str:
        """What narrows this table now, in a line."""
        filters, uses = self.filters, sheet.uses
        parts = [sheet.title()]
        if filters.text:
            parts.append(f"“{filters.text}”")
        if filters.client and "client" in uses:
            parts.append(_("Client: {name}").format(name=filters.client[1]))
        if filters.project and "project" in uses:
            parts.append(_("Project: {name}").format(name=filters.project[1]))
        if filters.run_id is not None and "run" in uses:
            parts.append(self.run.cget("text"))
        if filters.since is not None and "period" in uses:
            parts.append(self.period.cget("text"))
        if filters.new_only and "new" in uses:
            parts.append(_("Only new"))
        if "place" in uses:
            parts += [chosen[1] for chosen in (filters.region, filters.operator) if chosen]
        return ", ".join(parts)

    # --- what is said ---

    def _say(self) -> None:
        filters = self.filters
        texts = {str(run): _("New in run {id}").format(id=run) for run in self._runs}
        self.run.say({ANY: _("Run: any"), **texts}, [ANY, *texts])
        self.run.set(ANY if filters.run_id is None else str(filters.run_id))
        self.period.say(
            {
                ANY: _("First seen: any time"),
                "today": _("First seen today"),
                "7": _("First seen within 7 days"),
                "30": _("First seen within 30 days"),
                "365": _("First seen within a year"),
            }
        )
        self.new.configure(text=_("Only new"))
        self.new.dress("chosen" if filters.new_only else "choice")
        if replace(filters, text="") != Filters():
            self.clear.pack(side="left")
        else:
            self.clear.pack_forget()
        self._say_names()

    def _resized(self, event: Any) -> None:
        room = int(event.width / style.scaling(self))
        if room != self._room:
            self._room = room
            self._say_names()

    def _say_names(self) -> None:
        filters = self.filters
        for letters in NAMES:
            client = _short(filters.client[1], letters) if filters.client else _("all")
            project = _short(filters.project[1], letters) if filters.project else _("all")
            self.client.configure(text=_("Client: {name}").format(name=client))
            self.project.configure(text=_("Project: {name}").format(name=project))
            buttons = (*self._all, self.clear)
            if sum(button.cget("width") + style.GAP for button in buttons) <= self._room:
                return

    # --- what is chosen ---

    def _set(self, **changes: Any) -> None:
        self.filters = replace(self.filters, **changes)
        self._say()
        self._changed()

    def _pick_client(self) -> None:
        self._window.dialog(PickDialog).ask(
            lambda: _("Client"), _find_clients, lambda pick: self._set(client=pick, project=None)
        )

    def _pick_project(self) -> None:
        client = self.filters.client_id

        def find(reader: Reader, text: str) -> Found:
            page = tables.projects(reader, text, client, limit=MOST_FOUND)
            return [(row.id, row.name, row.client) for row in page.rows]

        self._window.dialog(PickDialog).ask(
            lambda: _("Project"), find, lambda pick: self._set(project=pick)
        )

    def _run_chosen(self, value: str) -> None:
        self._set(run_id=int(value) if value else None, new_only=False)

    def _period_chosen(self, value: str) -> None:
        today = datetime.now().astimezone().date()
        self._set(since=period_begin(value, today), until=None)

    def _new_pressed(self) -> None:
        self._set(new_only=not self.filters.new_only, run_id=None)

    def _clear(self) -> None:
        self.period.set(ANY)
        self.filters = Filters(text=self.filters.text)
        self._say()
        self._changed()


def period_begin(value: str, today: date) -> date | None:
    """The first day of a period of PERIODS."""
    if value == ANY:
        return None
    return today if value == "today" else today - timedelta(days=int(value) - 1)


def _find_clients(reader: Reader, text: str) -> Found:
    page = tables.clients(reader, text, limit=MOST_FOUND)
    return [(row.id, row.username, wording.projects(row.projects)) for row in page.rows]


def _short(name: str, letters: int) -> str:
    name = " ".join(name.split())
    return name if len(name) <= letters else name[: letters - 1] + "…"

"""The Growth view: how the collection grows, run by run, day by day, and right now."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from core.database.failures import StorageFailure
from core.i18n import _
from core.phones.events import Event, Progress, RunFinished, RunStarted
from core.phones.storage.explain import explain
from gui import style
from gui.charts import of_runs
from gui.charts.chart import Chart
from gui.charts.grouping import believable
from gui.charts.live import Samples
from gui.shell import Shell
from gui.views import dashboard_data
from gui.views.base import View
from gui.views.dashboard_data import DashboardData
from gui.views.dashboard_parts import AgainstBefore, Tiles
from gui.widgets.basics import Row, apart
from gui.widgets.buttons import Button, Segmented
from gui.widgets.empty_state import EmptyState
from gui.widgets.fields import Choice
from gui.widgets.scroll import ScrollArea

RELOAD_SECONDS = 10.0  # while a run goes on and the view is looked at
REDRAW_SECONDS = 2.0  # the live chart
RUNS_TO_CHOOSE = 30
BREATH_MS = 12
LAYOUT_MS = 120
NEWEST = ""  # the choice of the run: always the newest


class DashboardView(View):
    title = staticmethod(lambda: _("Growth"))
    scrolls = True

    def __init__(self, master: Any, window: Shell) -> None:
        self._data: DashboardData | None = None
        self._run_id: int | None = None  # None: the newest
        self._stale = True
        self._loaded_at = 0.0
        self._live_at = 0.0
        self._samples = Samples()
        self._steps: str | None = None
        super().__init__(master, window)

    def build(self) -> Iterator[None]:
        self.run_choice = Choice(self.header, [NEWEST], self._run_chosen)
        self.run_choice.pack(side="right")
        self.compare = Button(self.header, command=self._compare)
        self.compare.pack(side="right", padx=(0, style.GRID * 2))
        self.texts.show(self.compare, lambda: _("Compare runs…"))
        self.body.columnconfigure(0, weight=1)
        self.body.rowconfigure(1, weight=1)
        self.tiles = Tiles(self.body, self.texts)
        self.tiles.grid(
            row=0, column=0, sticky="ew", pady=(0, style.GAP), padx=(0, style.BESIDE_BAR)
        )
        yield
        self.area = ScrollArea(self.body)
        self.area.grid(row=1, column=0, sticky="nsew")
        self.charts: dict[str, Chart] = {}
        self.area.inside.columnconfigure(0, weight=1)
        self._live_row = self._row(0, 1)
        self._add_chart("live", self._live_row, 0, 180)
        self._live_row.grid_remove()
        yield
        row = self._row(1, 6, 4)
        self._add_chart("total", row, 0, 236)
        yield
        self._add_chart("new", row, 1, 236)
        yield
        row = self._row(2, 1, 1)
        self._add_chart("top", row, 0, 236)
        self.top_of = Segmented(self.charts["top"].add_tools(), ["clients", "projects"],
                                lambda _v: self._show_top())  # fmt: skip
        self.top_of.pack(side="left")
        self.texts.call(
            lambda: self.top_of.say({"clients": _("Clients"), "projects": _("Projects")})
        )
        yield
        self.against = AgainstBefore(row, self.texts)
        self.against.grid(row=0, column=1, sticky="nsew", padx=apart(1, 2))
        yield
        row = self._row(3, 1, 1)
        self._add_chart("records", row, 0, 216)
        yield
        self._add_chart("work", row, 1, 216)
        yield
        self._add_chart("days", self._row(4, 1), 0, 216)
        yield
        self._places_row = self._row(5, 1, 1)
        self._add_chart("places", self._places_row, 0, 236)
        self._add_chart("operators", self._places_row, 1, 236)
        self._places_row.grid_remove()
        yield
        self.empty = EmptyState(
            self.body,
            "dashboard",
            self.texts,
            lambda: _("Nothing to draw yet"),
            lambda: _("After the first run the growth of your collection is shown here."),
            (lambda: _("To collecting"), lambda: self.window.navigate("collect")),
        )
        self.texts.call(self._say_titles)
        self.texts.call(self._say_runs)

    def _row(self, place: int, *weights: int) -> Row:
        """A row of charts whose widths are as the weights."""
        row = Row(self.area.inside)
        row.grid(row=place, column=0, sticky="ew", pady=(0, style.GAP), padx=(0, style.GRID))
        for column, weight in enumerate(weights):
            row.columnconfigure(column, weight=weight, uniform="charts")
        return row

    def _add_chart(self, key: str, row: Row, column: int, height: int) -> None:
        chart = Chart(row, self.window, height=height, picked=self._picked)
        columns = row.grid_size()[0]
        chart.grid(row=0, column=column, sticky="nsew", padx=apart(column, columns))
        self.charts[key] = chart

    # --- when ---

    @property
    def settled(self) -> bool:
        """Charts of an account without a run are not drawn at all."""
        read = self.built and not self._stale
        return read and (self._data is None or any(c.drawn for c in self.charts.values()))

    def shown(self) -> None:
        # The view is laid out first: loading matplotlib at the same time would hold it up.
        self.after(LAYOUT_MS, self._catch_up)

    def _catch_up(self) -> None:
        if not self.visible:
            return
        if self._stale or self.window.run.active:
            self._load()
        self._show_live()
        for chart in self.charts.values():
            chart.catch_up()

    def data_changed(self) -> None:
        self._stale = True
        if self.visible:
            self._load()

    def session_changed(self) -> None:
        self._run_id = None
        self._stale = True
        self._samples.clear()
        for chart in self.charts.values():
            chart.show(None)
        if self.visible:
            self._load()

    def on_event(self, event: Event) -> None:
        match event:
            case RunStarted():
                self._samples.clear()
                self._stale = True
            case Progress():
                self._samples.add(event)
            case RunFinished():
                self._stale = True
                if self.built and self.visible:
                    self._load()
                    self._show_live()

    def run_changed(self) -> None:
        self._show_live()

    def on_tick(self) -> None:
        now = time.monotonic()
        held = self.window.runs.held_by is not None
        if (self.window.run.active or held) and now - self._loaded_at > RELOAD_SECONDS:
            self._load()
        if self.window.run.active and now - self._live_at > REDRAW_SECONDS:
            self._live_at = now
            self._show_live()

    def retheme(self) -> None:
        self.area.retheme()
        for chart in self.charts.values():
            chart.retheme()

    def retranslate(self) -> None:
        super().retranslate()
        if self._data is not None:
            self._show(self._data)

    # --- what ---

    def _load(self) -> None:
        self._loaded_at = time.monotonic()
        path, run_id = self.window.program.settings.database_path, self._run_id
        self.window.background.run(
            lambda: dashboard_data.read(path, run_id), self._read, self._failed, slot="dashboard"
        )

    def _failed(self, error: Exception) -> None:
        if isinstance(error, StorageFailure):
            error = explain(error)
        sentence = str(error)
        for key in ("total", "new"):
            self.charts[key].show(None, sentence)

    def _read(self, data: DashboardData | None) -> None:
        self._stale = False
        self._show(data)

    def _show(self, data: DashboardData | None) -> None:
        if data is None or not data.rows:
            self.area.grid_remove()
            self.empty.place(relx=0.5, rely=0.55, anchor="center")
            self._data = None
            self.tiles.show_nothing()
            self._say_runs()
            return
        self.empty.place_forget()
        self.area.grid()
        self._data = data
        run_id = data.row.run.id if data.row else None
        rows, charts = data.rows, self.charts
        self._do_one_by_one(
            [
                lambda: self.tiles.show(data),
                self._say_runs,
                lambda: charts["total"].show(of_runs.total(rows, run_id)),
                lambda: charts["new"].show(of_runs.new_phones(rows, run_id)),
                self._say_titles,
                self._show_top,
                lambda: self.against.show(data.row, data.row_before),
                lambda: charts["records"].show(of_runs.records(rows, run_id)),
                lambda: charts["work"].show(of_runs.duration_and_errors(rows, run_id)),
                self._show_days,
                self._show_places,
            ]
        )

    def _do_one_by_one(self, steps: list[Callable[[], object]]) -> None:
        """Small pieces with a breath between them, so that nothing else waits; what was begun
        for older data is dropped."""
        if self._steps is not None:
            self.after_cancel(self._steps)
            self._steps = None
        if steps:
            steps[0]()
            self._steps = self.after(BREATH_MS, lambda: self._do_one_by_one(steps[1:]))

    def _show_days(self) -> None:
        data = self._data
        if data is None:
            return
        counts, others = believable(data.days, datetime.now().astimezone().date())
        step, days = of_runs.days(counts)
        chart = self.charts["days"]
        words = [of_runs.step_words(step), *of_runs.without_date(others)]
        chart.say(_("Records by creation date"), ", ".join(words))
        no_days = "" if counts else _("The server gave no dates.")
        chart.show(days if counts else None, no_days)

    def _show_places(self) -> None:
        data = self._data
        if data is None or not data.places:
            self._places_row.grid_remove()
            return
        self._places_row.grid()
        self.charts["places"].show(of_runs.places(data.places))
        self.charts["operators"].show(of_runs.operators(data.operators))

    def _show_top(self) -> None:
        data = self._data
        if data is None:
            return
        rows = data.top_clients if self.top_of.value == "clients" else data.top_projects
        empty = _("This run found no new numbers.")
        self.charts["top"].show(of_runs.top(rows) if rows else None, "" if rows else empty)

    def _show_live(self) -> None:
        if not self.built or not self.visible:
            return
        chart = self.charts["live"]
        samples = self._samples.points
        if not self.window.run.active or len(samples) < 2:
            self._live_row.grid_remove()
            return
        self._live_row.grid()
        chart.show(of_runs.live(samples))

    def _say_titles(self) -> None:
        run = self._data.row.run.id if self._data and self._data.row else None
        self.charts["live"].say(_("Records of the present run"), _("and new numbers among them"))
        self.charts["total"].say(_("All numbers grow"), _("after each run"))
        self.charts["new"].say(_("New in each run"))
        self.charts["top"].say(_("Most new"), _("No. {id}").format(id=run) if run else "")
        self.charts["records"].say(_("Records read in each run"))
        self.charts["work"].say(_("Time and errors"), _("of each run"))
        self.charts["places"].say(_("Regions"), _("by numbers"))
        self.charts["operators"].say(_("Operators"), _("that were given the ranges"))

    # --- the chosen run ---

    def _say_runs(self) -> None:
        ids = [row.run.id for row in reversed(self._data.rows)] if self._data else []
        shown = ids[:RUNS_TO_CHOOSE]
        if self._run_id is not None and self._run_id not in shown:
            shown.append(self._run_id)
        texts = {str(run): _("Run {id}").format(id=run) for run in shown}
        texts[NEWEST] = _("Run: the newest")
        self.run_choice.say(texts, [NEWEST, *map(str, shown)])
        self.run_choice.set(NEWEST if self._run_id is None else str(self._run_id))
        self.run_choice.enable(bool(ids))
        self.compare.enable(len(ids) > 1)

    def _run_chosen(self, value: str) -> None:
        self._run_id = int(value) if value else None
        self._load()

    def _picked(self, run_id: int) -> None:
        """A bar or a point was clicked on."""
        self._run_chosen(str(run_id))

    def _compare(self) -> None:
        data = self._data
        if data is not None and data.row is not None:
            self.window.navigate("runs")

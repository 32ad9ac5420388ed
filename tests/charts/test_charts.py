"""Charts as data, compared with counts from the raw tables, and drawn into pictures."""

import itertools
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.make_database import make_database
from benchmarks.synthetic_data import Size
from core.i18n import set_language
from core.phones.storage.queries.growth import DayCount, growth_by_day, top_clients, top_projects
from core.phones.storage.queries.runs import GrowthRow, growth
from core.phones.storage.reader import Reader
from gui.charts import of_runs
from gui.charts.axis import places_to_label, round_steps, short
from gui.charts.drawing import Drawing, Look
from gui.charts.grouping import MOST_BARS, Step, believable, by_time, grouped
from gui.charts.live import MOST, Samples
from gui.charts.model import ChartData, Ranking, Unit

RUNS = 75


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("charts") / "made.db"
    make_database(path, Size(4000, 7000, clients=30, projects=60, runs=RUNS))
    return path


@pytest.fixture(scope="module")
def rows(database: Path) -> list[GrowthRow]:
    with Reader(database) as reader:
        return growth(reader)


def asked(database: Path, sql: str) -> list[tuple[int, ...]]:
    with closing(sqlite3.connect(database)) as db:
        return db.execute(sql).fetchall()


def values(data: ChartData, panel: int = 0, series: int = 0) -> list[float]:
    found = [value for value in data.panels[panel].series[series].values if value is not None]
    assert len(found) == len(data.labels) == len(data.hover)
    return found


def test_total_is_the_count_of_phones_after_each_run(database: Path, rows: list[GrowthRow]) -> None:
    expected = [
        count
        for (count,) in asked(
            database,
            "SELECT (SELECT count(*) FROM phones WHERE first_run_id <= runs.id) FROM runs"
            " ORDER BY id",
        )
    ]
    data = of_runs.total(rows, RUNS)
    assert values(data) == expected
    assert list(data.keys) == list(range(1, RUNS + 1))


def test_bars_are_single_or_means_of_runs(database: Path, rows: list[GrowthRow]) -> None:
    by_run = Counter(dict(asked(database, "SELECT first_run_id, count(*) FROM phones GROUP BY 1")))
    data = of_runs.new_phones(rows, RUNS)
    bars = values(data)
    assert len(bars) <= MOST_BARS
    newest = bars[-40:]
    assert newest == [by_run[run] for run in range(RUNS - 39, RUNS + 1)]
    assert list(data.keys[-40:]) == list(range(RUNS - 39, RUNS + 1))
    groups = grouped(range(1, RUNS + 1))
    for bar, group in zip(bars, groups, strict=True):
        assert bar == pytest.approx(sum(by_run[run] for run in group) / len(group))
    assert data.panels[0].series[0].chosen == len(bars) - 1


def test_records_and_duration_and_errors(database: Path, rows: list[GrowthRow]) -> None:
    stored = asked(
        database,
        "SELECT received, active_seconds, errors_count FROM runs ORDER BY id DESC LIMIT 40",
    )
    assert values(of_runs.records(rows, None))[-40:] == [row[0] for row in reversed(stored)]
    work = of_runs.duration_and_errors(rows, None)
    assert values(work, 0)[-40:] == [row[1] for row in reversed(stored)]
    assert values(work, 1)[-40:] == [row[2] for row in reversed(stored)]
    assert work.panels[0].unit is Unit.SECONDS


def test_days_hold_every_dated_link(database: Path) -> None:
    with Reader(database) as reader:
        step, data = of_runs.days(growth_by_day(reader))
    ((links,),) = asked(database, "SELECT count(*) FROM project_phones")
    assert sum(values(data)) == links
    assert step is Step.WEEK


def test_tops(database: Path) -> None:
    with Reader(database) as reader:
        ranking = of_runs.top(top_projects(reader, 1, 5))
        clients = of_runs.top(top_clients(reader, 1, 5))
    best = asked(
        database,
        "SELECT count(*) FROM phones WHERE first_run_id = 1 GROUP BY first_project_id"
        " ORDER BY 1 DESC LIMIT 5",
    )
    assert [row.value for row in ranking.rows] == [count for (count,) in best]
    best = asked(
        database,
        "SELECT count(*) FROM phones JOIN projects ON projects.id = first_project_id"
        " WHERE first_run_id = 1 GROUP BY client_id ORDER BY 1 DESC LIMIT 5",
    )
    assert [row.value for row in clients.rows] == [count for (count,) in best]


@pytest.mark.parametrize("count", [0, 1, 59, 60, 61, 100, 1000])
def test_groups_keep_every_item_once(count: int) -> None:
    groups = grouped(range(count))
    assert len(groups) <= MOST_BARS
    assert [item for group in groups for item in group] == list(range(count))
    if count > MOST_BARS:
        assert all(len(group) == 1 for group in groups[-40:])


@pytest.mark.parametrize(
    ("days", "step"),
    [(1, Step.DAY), (60, Step.DAY), (61, Step.WEEK), (420, Step.MONTH), (2000, Step.QUARTER),
     (9000, Step.YEAR)],
)  # fmt: skip
def test_time_is_grouped_by_the_finest_step_that_fits(days: int, step: Step) -> None:
    begin = date(2001, 1, 3)
    counts = [DayCount(begin + timedelta(days=n), n + 1) for n in range(0, days, 3)]
    counts.append(DayCount(begin + timedelta(days=days - 1), 7))
    counts = sorted({each.day: each for each in counts}.values(), key=lambda each: each.day)
    found, spans = by_time(counts)
    assert found is step
    assert len(spans) <= MOST_BARS
    assert sum(span.links for span in spans) == sum(each.links for each in counts)
    for span, following in itertools.pairwise(spans):
        assert span.last + timedelta(days=1) == following.first


def test_dates_that_cannot_be_right_do_not_hide_the_others() -> None:
    """1970-01-01, 0001-01-01 and 9999-12-31 stand for 'no date' in many programs."""
    right = [DayCount(date(2026, 5, 1), 5), DayCount(date(2026, 5, 9), 4)]
    wrong = [date.min, date(1970, 1, 1), date(1989, 12, 31), date(2027, 1, 1), date(9999, 12, 31)]
    days = sorted([*right, *(DayCount(day, 2) for day in wrong)], key=lambda each: each.day)
    good, others = believable(days, today=date(2026, 5, 10))
    assert (good, others) == (right, 10)
    step, spans = by_time(good)
    assert step is Step.DAY
    assert len(spans) == 9
    assert of_runs.without_date(0) == []
    assert "10" in of_runs.without_date(others)[0]
    assert believable([DayCount(date.max, 1)], today=date.max) == ([DayCount(date.max, 1)], 0)


def test_even_years_may_be_too_many() -> None:
    days = [DayCount(date(1, 1, 1), 1), DayCount(date(2026, 5, 1), 5), DayCount(date.max, 2)]
    step, spans = by_time(days)
    assert step is Step.YEAR
    assert len(spans) == MOST_BARS
    assert spans[-1].links == 2


@pytest.mark.parametrize("largest", [1, 3, 7, 99, 1234, 1_000_001, 123_456_789])
def test_steps_are_round_and_few(largest: int) -> None:
    steps = round_steps(largest, Unit.COUNT)
    assert steps[0] == 0
    assert steps[-1] >= largest > steps[-2]
    assert 2 <= len(steps) <= 6


def test_values_beside_the_axis_are_short() -> None:
    set_language("en")
    assert [short(v, Unit.COUNT) for v in (0, 999, 1500, 2_000_000)] == ["0", "999", "1.5 K", "2 M"]
    set_language("ru")
    try:
        assert short(1500, Unit.COUNT) == "1,5\N{NO-BREAK SPACE}тыс."
    finally:
        set_language("en")


def test_the_last_place_always_has_its_label() -> None:
    for count in range(1, 200):
        chosen = places_to_label(["№ 100"] * count, 640)
        assert chosen[-1] == count - 1
        assert len(chosen) <= 640 // 49


def test_few_runs_have_a_label_each_on_a_narrow_chart() -> None:
    assert places_to_label(["№ 1", "№ 2", "№ 3"], 200) == [0, 1, 2]
    assert places_to_label(["21 Nov 2026"] * 3, 200) == [0, 2]
    assert places_to_label([], 200) == []


def test_a_long_run_keeps_few_samples() -> None:
    from core.phones.events import Progress, Totals

    samples = Samples()
    for second in range(200_000):
        totals = Totals(received=second * 10, new=second)
        progress = Progress(1, totals, None, None, False, None, 0.0, 1.0, 0.5, float(second), None)
        samples.add(progress)
    assert 50 < len(samples.points) <= MOST + 1
    times = [point[0] for point in samples.points]
    assert times == sorted(times)
    assert times[0] == 0
    assert times[-1] > 190_000


@pytest.fixture(scope="module")
def drawing(tmp_path_factory: pytest.TempPathFactory) -> Drawing:
    return Drawing(tmp_path_factory.mktemp("matplotlib cache"))


@pytest.mark.parametrize(
    ("days", "russian", "english"),
    [(30, "02.01.2024", "02 Jan 2024"), (420, "01.2024", "Jan 2024"), (9000, "2024", "2024")],
)
def test_a_span_is_named_as_finely_as_it_is(days: int, russian: str, english: str) -> None:
    first = date(2024, 1, 2)
    counts = [DayCount(first, 5), DayCount(first + timedelta(days=days), 7)]
    said = []
    for language in ("ru", "en"):
        set_language(language)
        said.append(of_runs.days(counts)[1].labels[0])
    assert said == [russian, english]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_bars_are_not_as_wide_as_the_chart(drawing: Drawing, count: int) -> None:
    counts = [DayCount(date(2026, 1, 1) + timedelta(days=n), 5) for n in range(count)]
    drawing.draw(of_runs.days(counts)[1], Look(640, 240))
    bars = drawing._figure.axes[-1].patches
    assert len(bars) == count
    assert all(bar.get_window_extent().width < 640 / 4 for bar in bars)


@pytest.mark.parametrize("count", [5, 30])
def test_the_last_label_is_whole_and_as_near_to_its_bar_as_can_be(
    drawing: Drawing, count: int
) -> None:
    counts = [DayCount(date(2026, 1, 1) + timedelta(days=n), 5) for n in range(count)]
    picture = drawing.draw(of_runs.days(counts)[1], Look(640, 240))
    label = drawing._figure.axes[-1].get_xticklabels()[-1].get_window_extent()
    assert label.x1 <= 640
    middle = (label.x0 + label.x1) / 2
    assert label.x1 > 639 or middle == pytest.approx(picture.places[-1], abs=1)


@pytest.mark.parametrize("dark", [False, True])
def test_pictures_are_drawn_with_places_under_the_pointer(
    drawing: Drawing, rows: list[GrowthRow], dark: bool
) -> None:
    for data in (of_runs.total(rows, RUNS), of_runs.duration_and_errors(rows, RUNS)):
        picture = drawing.draw(data, Look(640, 240, dark=dark))
        assert (picture.width, picture.height) == (640, 240)
        assert len(picture.rgba) == 640 * 240 * 4
        assert len(picture.places) == len(data.labels)
        assert list(picture.places) == sorted(picture.places)
        assert 0 < picture.places[0] < picture.places[-1] < 640
        background = picture.rgba[:3]
        assert background == (bytes.fromhex("1B232B") if dark else b"\xff\xff\xff")
        colours = {picture.rgba[at : at + 3] for at in range(0, len(picture.rgba), 4)}
        assert len(colours) > 20, "nothing was drawn"


def test_a_ranking_is_drawn_from_top_to_bottom(drawing: Drawing, database: Path) -> None:
    with Reader(database) as reader:
        ranking = of_runs.top(top_clients(reader, 1, 6))
    picture = drawing.draw(ranking, Look(400, 220))
    assert not picture.across
    assert len(picture.places) == 6
    assert list(picture.places) == sorted(picture.places)
    drawing.draw(Ranking([]), Look(400, 220))


def test_a_chart_is_saved_with_its_title(
    drawing: Drawing, rows: list[GrowthRow], tmp_path: Path
) -> None:
    file = tmp_path / "Рост номеров.png"
    drawing.save(of_runs.total(rows, RUNS), Look(800, 400, 2.0, title="Всего номеров"), file)
    with Image.open(file) as image:
        assert image.format == "PNG"
        assert image.size == (800, 400)


def test_matplotlib_is_loaded_with_the_first_picture_only(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
import gui.views.dashboard
from gui.charts.drawing import Drawing, Look
from gui.charts.model import Ranking
assert "matplotlib" not in sys.modules
Drawing(Path(sys.argv[1])).draw(Ranking([]), Look(100, 100))
assert "matplotlib" in sys.modules
assert "matplotlib.pyplot" not in sys.modules
import matplotlib
assert Path(matplotlib.get_configdir()) == Path(sys.argv[1]), matplotlib.get_configdir()
"""
    cache = tmp_path / "кэш"
    command = [sys.executable, "-c", script, str(cache)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr


def test_a_name_beside_its_number_is_cut_only_where_it_must_be(drawing: Drawing) -> None:
    from matplotlib.figure import Figure

    from gui.charts.drawing import _cut

    figure = Figure(figsize=(4, 1), dpi=72)
    drawn = figure.text(0, 0, "")
    for text in ("illicit " * 9, "WOMEN " * 9):  # by its width, not by its letters
        drawn.set_text(text.strip())
        whole = drawn.get_window_extent().width
        _cut(drawn, text, whole)
        assert drawn.get_text() == text.strip()
        _cut(drawn, text, whole / 2)
        shown = drawn.get_text()
        assert text.startswith(shown[:-1])
        assert shown.endswith("…")
        assert not shown.endswith(" …")
        assert whole * 0.35 < drawn.get_window_extent().width <= whole / 2

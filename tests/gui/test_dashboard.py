"""The dashboard on the real window, with a made database."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.phones.events import Mode, Progress, RunStarted, RunState, Totals
from tests.gui.conftest import Stage, open_on, rows

pytestmark = pytest.mark.gui

FIRST_PICTURE = 90.0


def test_growth_shows_totals_charts_and_a_run_beside_the_one_before(
    stage: Stage, database: Path
) -> None:
    view = open_on(stage, database, "dashboard").view("dashboard")
    shown = ("total", "new", "top", "records", "work", "days")
    # The first picture of a process lets matplotlib look for fonts, which takes seconds.
    stage.until(lambda: all(view.charts[key].drawn for key in shown), FIRST_PICTURE)
    assert view.tiles.tiles["phones"].number.text == "3,000"
    ((new,),) = rows(database, "SELECT new_phones FROM runs WHERE id = 5")
    assert view.tiles.tiles["new"].number.text == f"{new}"
    assert view.against.title.text == "Run No. 5 compared with No. 4"

    chart = view.charts["new"]
    picture = chart._picture
    at = picture.places[1]
    assert chart.place_at(at, 50) == 1
    assert chart.hover_text(1).startswith("Run 2")
    chart.canvas.event_generate("<Motion>", x=int(at), y=50)
    stage.until(lambda: chart.canvas.find_withtag("values"))
    chart.canvas.event_generate("<Button-1>", x=int(at), y=50)
    stage.until(lambda: view.against.title.text == "Run No. 2 compared with No. 1")
    assert view.run_choice.value == "2"


def test_charts_follow_theme_and_are_saved(stage: Stage, database: Path, tmp_path: Path) -> None:
    window = open_on(stage, database, "dashboard")
    chart = window.view("dashboard").charts["total"]
    stage.until(lambda: chart.drawn, FIRST_PICTURE)
    assert chart._picture.rgba[:3] == b"\xff\xff\xff"
    window.theme.set("dark")
    stage.until(lambda: chart.drawn)
    assert chart._picture.rgba[:3] == bytes.fromhex("1B232B")
    file = tmp_path / "рост.png"
    chart.save(file)
    stage.until(file.exists)


def test_a_run_has_a_live_chart(stage: Stage) -> None:
    window = stage.open(RATE_LIMIT_DELAY="0.6")
    window.navigate("dashboard")
    view = window.view("dashboard")
    window.runs.start()
    stage.until(
        lambda: view._live_row.winfo_ismapped() and view.charts["live"].drawn, FIRST_PICTURE
    )
    window.runs.stop()
    stage.finish_run()
    stage.until(lambda: not view._live_row.winfo_ismapped())
    stage.until(lambda: view.charts["total"].drawn)


def test_charts_that_nobody_sees_are_not_drawn(
    stage: Stage, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gui.charts.drawing import Drawing

    drawn: list[object] = []
    draw = Drawing.draw

    def counted(self: Drawing, data: Any, look: Any) -> Any:
        drawn.append(data)
        return draw(self, data, look)

    monkeypatch.setattr(Drawing, "draw", counted)
    window = open_on(stage, database, "dashboard")
    charts = window.view("dashboard").charts
    settled = ("total", "new", "top", "records", "work", "days")
    stage.until(lambda: all(charts[key].drawn for key in settled), FIRST_PICTURE)
    window.navigate("collect")
    drawn.clear()
    window.theme.set("dark")
    window.pump.put(RunStarted(6, Mode.FULL, False, datetime.now(UTC), "phones.db"))
    for number in range(1, 5):
        window.pump.put(
            Progress(6, Totals(received=number), 1, 1, True, 9, 0.1, 1.0, 0.5, float(number), None)
        )
    stage.turn(0.5)
    window.run.state = RunState.IDLE
    assert not drawn
    window.navigate("dashboard")
    stage.until(lambda: all(charts[key].drawn for key in settled))
    assert drawn


def test_no_database_yet(stage: Stage, tmp_path: Path) -> None:
    window = open_on(stage, tmp_path / "none.db", "dashboard")
    stage.until(lambda: window.view("dashboard").empty.winfo_ismapped())

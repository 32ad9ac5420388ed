"""Each button does what stands beside it: which run is continued, and which is offered."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.phones.events import RunStatus
from gui.widgets.dialog import Question
from tests.gui.conftest import Stage, open_on, rows

pytestmark = pytest.mark.gui

DEMO = "--clients 8 --projects 30 --records 900 --break-projects 2"


def collect_button(window: Any, key: str) -> Any:
    return window.view("collect").controls.buttons[key]


def offers(window: Any) -> dict[str, Any]:
    banner = window.view("collect").banner
    return {b.cget("text"): b for b in banner.buttons} if banner.visible else {}


def chosen_run(stage: Stage, window: Any, run_id: int) -> Any:
    """The Runs view with this run chosen and shown."""
    window.navigate("runs")
    runs = window.view("runs")
    stage.until(lambda: str(run_id) in runs.runs)
    runs.table.choose(str(run_id))
    stage.until(lambda: runs.details.heading.text.startswith(f"Run {run_id},"))
    return runs


def test_a_run_is_continued_by_its_number(stage: Stage) -> None:
    """Run 1 is stopped, run 2 completes with errors and overtakes it."""
    window = stage.open(DATAMASTER_DEMO=DEMO, MAX_RETRIES="0", RATE_LIMIT_DELAY="0.15")
    stage.until(lambda: collect_button(window, "start").enabled)
    collect_button(window, "start").invoke()
    stage.until(lambda: window.run.totals.projects >= 2)
    window.runs.stop()
    assert stage.finish_run().status is RunStatus.STOPPED
    stage.closed()

    window = stage.open(RATE_LIMIT_DELAY="0")
    stage.until(lambda: "New run" in offers(window))
    looks = [offers(window)["Continue"]._look, collect_button(window, "continue")._look]
    assert looks == ["primary", "plain"]  # one of them leads
    offers(window)["New run"].invoke()
    end = stage.finish_run()
    assert (end.run_id, end.status, end.totals.errors) == (2, RunStatus.COMPLETED, 2)
    progress = window.view("collect").progress
    assert progress.lines[1].count.text == "28 of 30"
    assert progress.lines[1].bar.fraction < 1
    stage.closed()

    window = stage.open()
    stage.until(lambda: window.run.last is not None)
    assert offers(window) == {}  # neither the overtaken run nor the one with errors
    assert window.view("collect").progress.percent.text == "100%"
    assert window.view("collect").progress.lines[1].count.text == "28 of 30"
    assert collect_button(window, "start")._look == "primary"
    collect_button(window, "continue").invoke()
    assert stage.finish_run().run_id == 2

    runs = chosen_run(stage, window, 2)
    runs.details.retry.invoke()
    stage.until(lambda: window.run.active)
    assert stage.finish_run().run_id == 2

    runs = chosen_run(stage, window, 1)
    assert runs.details.retry.cget("text") == "Continue this run"
    assert "not finished" in runs.details.failures.empty.text
    runs.details.retry.invoke()
    stage.until(lambda: window.run.active)
    assert stage.finish_run().run_id == 1
    database = window.program.settings.database_path
    assert rows(database, "SELECT count(*) FROM runs") == [(2,)]


def unfinish(database: Path, run_id: int) -> None:
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE runs SET status = 'stopped' WHERE id = ?", (run_id,))


def test_a_discarded_run_is_offered_no_longer(stage: Stage, database: Path) -> None:
    unfinish(database, 5)
    phones = rows(database, "SELECT count(*) FROM phones")
    window = open_on(stage, database, "collect")
    stage.until(lambda: "Discard…" in offers(window))
    offers(window)["Discard…"].invoke()
    question = window.dialog(Question)
    stage.until(lambda: question.opened)
    question.buttons[0].invoke()
    stage.until(lambda: not offers(window) and window.run.last is not None)
    assert not collect_button(window, "continue").enabled
    assert rows(database, "SELECT status, reason FROM runs WHERE id = 5") == [
        ("stopped", "discarded")
    ]
    assert rows(database, "SELECT count(*) FROM phones") == phones
    runs = chosen_run(stage, window, 5)
    assert "discarded" in runs.details.heading.text
    assert runs.details.retry.enabled  # by its number it still can be continued
    assert not runs.details.discard.winfo_ismapped()
    stage.closed()

    window = open_on(stage, database, "collect")
    stage.until(lambda: window.run.last is not None)
    assert offers(window) == {}


def test_after_a_start_the_last_run_is_shown(stage: Stage, database: Path) -> None:
    stage.environ["DAILY_AT"] = "07:00"
    window = open_on(stage, database, "collect")
    stage.until(lambda: window.run.last is not None)
    collect = window.view("collect")
    ((new,),) = rows(database, "SELECT new_phones FROM runs WHERE id = 5")
    assert collect.numbers.tiles["new"].number.text == f"{new:,}"
    assert collect.controls.headline.text.startswith("Last run: ")
    assert "07:00" in collect.progress.remaining.text
    assert collect.pill._label.text == "Run 5: completed"

"""Whole stories on the real window, the real engine and the built-in server."""

import platform
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from core.i18n import set_language
from core.phones.events import RunState, RunStatus
from gui.dialogs.export import ExportDialog
from gui.views import VIEWS
from tests.gui.conftest import QUICK_DEMO, SMALL_DEMO, Stage, rows
from tests.phones.reports.reading import read_csv

pytestmark = pytest.mark.gui

SLOW = "0.15"  # seconds between requests: time enough to do something during a run


def press(window: object, key: str) -> None:
    """A main button, as a person presses it: nothing happens where it is disabled."""
    button = window.view("collect").controls.buttons[key]  # type: ignore[attr-defined]
    if button.enabled:
        button.invoke()


def buttons(window: object) -> dict[str, bool]:
    found = window.view("collect").controls.buttons  # type: ignore[attr-defined]
    return {key: button.enabled for key, button in found.items()}


def answers(window: object) -> dict[str, object]:
    """The buttons of the banner by their text."""
    banner = window.view("collect").banner  # type: ignore[attr-defined]
    return {b.cget("text"): b for b in banner.buttons} if banner.visible else {}


def test_from_first_start_to_continued_run(stage: Stage) -> None:
    """First start, demo, stop, close, start again, Continue, export: nothing lost or twice."""
    window = stage.open(demo=False)
    assert window.view_key == "welcome"
    window.view("welcome").demo.invoke()
    stage.until(lambda: window.program.demo is not None and window.view_key == "collect")
    stage.closed()

    window = stage.open(RATE_LIMIT_DELAY=SLOW)
    stage.until(lambda: buttons(window)["start"])
    press(window, "start")
    stage.until(lambda: window.run.progress is not None and window.run.totals.projects >= 5)
    press(window, "stop")
    assert stage.finish_run().status is RunStatus.STOPPED
    stored = window.run.totals
    database = window.program.settings.database_path
    stage.closed()

    window = stage.open(RATE_LIMIT_DELAY="0")
    stage.until(lambda: "Continue" in answers(window))
    assert set(answers(window)) == {"Continue", "New run", "Later", "Discard…"}
    view = window.view("collect")
    assert f"{stored.projects} of" in view.banner.sentence.text
    assert view.numbers.tiles["received"].number.text == f"{stored.received:,}"
    assert view.progress.lines[1].count.text.startswith(f"{stored.projects} of ")
    assert view.progress.percent.text != "0%"
    assert view.progress.elapsed.text.startswith("took ")
    answers(window)["Continue"].invoke()
    end = stage.finish_run()
    assert end.status is RunStatus.COMPLETED
    assert rows(database, "SELECT status, total_projects FROM runs") == [("completed", 30)]
    assert (end.totals.received, end.totals.projects) == (4000, 30)
    assert end.totals.received > stored.received > 0
    assert answers(window) == {}

    press(window, "export")
    dialog = window.dialog(ExportDialog)
    stage.until(lambda: dialog.opened and dialog.form.runs)
    dialog.form.format._choose("csv")
    dialog.go.invoke()
    stage.until(lambda: dialog.state_text.text.startswith("Done: "))
    (file,) = window.program.settings.export_dir.glob("phones_*.csv")
    ((phones,),) = rows(database, "SELECT count(*) FROM phones")
    assert len(read_csv(file)) == phones + 1


def test_without_a_token_collect_leads_back_to_where_it_is_entered(stage: Stage) -> None:
    window = stage.open(demo=False)
    window.navigate("collect")
    assert set(answers(window)) == {"Enter the token", "Try the demo"}
    answers(window)["Enter the token"].invoke()
    assert window.view_key == "welcome"
    welcome = window.view("welcome")
    for text, answer in (("", "Enter the token first."), ("two words", "Allowed: the token ex")):
        welcome.token.put(text)
        welcome.test.invoke()
        assert welcome.result.text.startswith(answer)
    window.navigate("collect")
    answers(window)["Try the demo"].invoke()
    stage.until(lambda: window.program.demo is not None)
    assert answers(window) == {}
    assert buttons(window)["start"]


def test_later_leaves_continue_enabled(stage: Stage) -> None:
    window = stage.open(RATE_LIMIT_DELAY=SLOW)
    press(window, "start")
    stage.until(lambda: window.run.totals.projects >= 2)
    press(window, "stop")
    stage.finish_run()
    stage.closed()

    window = stage.open()
    stage.until(lambda: "Later" in answers(window))
    answers(window)["Later"].invoke()
    assert answers(window) == {}
    assert buttons(window)["continue"]


def test_three_fast_presses_are_one_run(stage: Stage) -> None:
    window = stage.open()
    button = window.view("collect").controls.buttons["start"]
    for _press in range(3):
        button.invoke()
        window.event_generate("<Control-Return>")
    stage.finish_run()
    database = window.program.settings.database_path
    assert rows(database, "SELECT count(*) FROM runs") == [(1,)]
    assert rows(database, "SELECT total_projects FROM runs") == [(30,)]


def test_stop_twice_abandons_the_requests_in_flight(stage: Stage) -> None:
    window = stage.open(DATAMASTER_DEMO=f"{QUICK_DEMO} --long-wait-at 12 --long-wait 60")
    press(window, "start")
    stage.until(lambda: window.run.totals.projects >= 1)
    press(window, "stop")
    assert window.run.state is RunState.STOPPING
    assert window.view("collect").controls.buttons["stop"].cget("text") == "Stopping…"
    press(window, "stop")
    began = datetime.now(UTC)
    assert stage.finish_run().status is RunStatus.STOPPED
    assert (datetime.now(UTC) - began).total_seconds() < 5
    assert buttons(window) == {"start": True, "stop": False, "continue": True, "export": True}


def test_closing_during_a_run_asks(stage: Stage) -> None:
    from gui.widgets.dialog import Question

    window = stage.open(RATE_LIMIT_DELAY=SLOW)
    press(window, "start")
    stage.until(lambda: window.run.totals.projects >= 1)
    window.ask_to_close()
    question = window.dialog(Question)
    stage.until(lambda: question.opened)
    texts = [button.cget("text") for button in question.buttons]
    assert texts == ["Keep running minimised", "Stop and quit", "Cancel"]
    question.buttons[2].invoke()
    assert not question.opened
    assert not window.closing

    window.ask_to_close()
    database = window.program.settings.database_path
    question.buttons[1].invoke()
    stage.until(lambda: window.closing)
    stage.closed()
    assert rows(database, "SELECT status FROM runs") == [("stopped",)]


def test_a_run_that_ends_before_the_question_is_answered(stage: Stage) -> None:
    from gui.widgets.dialog import Question

    window = stage.open(DATAMASTER_DEMO=SMALL_DEMO)
    press(window, "start")
    window.ask_to_close()
    stage.finish_run()
    assert not window.closing
    window.dialog(Question).buttons[1].invoke()
    assert window.closing


def test_the_demo_is_not_left_during_a_run(stage: Stage) -> None:
    window = stage.open(RATE_LIMIT_DELAY=SLOW)
    program = window.program
    press(window, "start")
    window.session.leave_demo()
    assert "program" not in window.background._newest
    assert window.program is program
    window.runs.stop()
    assert stage.finish_run().status is RunStatus.STOPPED


def test_language_and_theme_change_during_a_run(stage: Stage) -> None:
    import customtkinter as ctk

    del stage.environ["LANGUAGE"], stage.environ["THEME"]
    demo = "--clients 1 --projects 60 --records 600"
    window = stage.open(ahead=True, DATAMASTER_DEMO=demo, RATE_LIMIT_DELAY="0.3", LANG="C")
    press(window, "start")
    stage.until(lambda: window.run.totals.projects >= 1)
    settings = window.view("settings")
    window.navigate("settings")
    stage.until(lambda: settings.rows["WORKERS"].text == "5")
    settings.rows["LANGUAGE"].control.widget._choose("ru")
    stage.until(lambda: window.side_bar.items["collect"]._text.text == "Сбор")
    settings.rows["THEME"].control.widget._choose("dark")
    stage.until(lambda: ctk.get_appearance_mode() == "Dark")
    window.navigate("collect")
    collect = window.view("collect")
    assert collect.controls.buttons["stop"].cget("text") == "Стоп"
    assert "client" not in collect.controls.headline.text
    assert window.run.active
    press(window, "stop")
    assert stage.finish_run().status is RunStatus.STOPPED
    assert (stage.home / ".env").read_text("utf-8").split() == ["LANGUAGE=ru", "THEME=dark"]


@pytest.mark.parametrize("pieces", [0, 1, 2])
def test_language_and_theme_change_while_views_are_being_built(stage: Stage, pieces: int) -> None:
    window = stage.open()
    views = [window.view(spec.key) for spec in VIEWS]
    for view in views:
        for _piece in range(pieces):
            view.build_step()
    window.theme.set("dark")
    set_language("ru")
    try:
        window.retranslate()
    finally:
        set_language("en")
    assert all(view.built for view in views)
    assert window.view("data").filters.new.cget("text") == "Только новые"


def test_an_outage_is_told_with_a_countdown_and_passes(stage: Stage) -> None:
    window = stage.open(RATE_LIMIT_DELAY="0.05", MAX_RETRIES="0")
    press(window, "start")
    stage.until(lambda: window.run.totals.projects >= 2)
    window.program.demo.go_down()
    banner = window.view("collect").banner
    stage.until(lambda: banner.visible and "Outage" in banner.title.text)
    stage.until(lambda: "Next try in" in banner.sentence.text)
    assert "Next try in" in window.view("collect").controls.explanation.text
    window.program.demo.come_back()
    assert stage.finish_run().status is RunStatus.COMPLETED
    assert window.run.totals.errors == 0
    assert not banner.visible


def test_a_rejected_token_in_mid_run_leads_to_settings(stage: Stage) -> None:
    window = stage.open(RATE_LIMIT_DELAY=SLOW)
    press(window, "start")
    stage.until(lambda: window.run.totals.projects >= 2)
    window.program.demo.revoke_token()
    assert stage.finish_run().status is RunStatus.FAILED
    stage.until(lambda: "Open Settings" in answers(window))
    assert "token" in window.view("collect").banner.title.text
    answers(window)["Open Settings"].invoke()
    assert window.view_key == "settings"


def test_another_process_holding_the_database_is_named(stage: Stage) -> None:
    window = stage.open()
    press(window, "start")
    stage.finish_run()
    database = window.program.settings.database_path
    stage.closed()
    code = (
        "import sys, datetime, pathlib; from core.database.lock import CollectionLock;"
        " lock = CollectionLock(pathlib.Path(sys.argv[1]));"
        " lock.acquire(datetime.datetime.now(datetime.UTC));"
        " print('held', flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", code, str(database)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        window = stage.open()
        stage.until(lambda: "Look at the data" in answers(window))
        assert platform.node() in window.view("collect").banner.sentence.text
        assert not buttons(window)["start"]
        other.communicate()
    answers(window)["Check again"].invoke()
    stage.until(lambda: buttons(window)["start"])
    assert answers(window) == {}


def test_a_second_copy_brings_the_window_forward(stage: Stage) -> None:
    import threading

    from gui.second_copy import OneWindow

    window = stage.open()
    window.iconify()
    second = OneWindow(window.program.settings.places.base)
    assert not second.take()
    came: list[bool] = []
    caller = threading.Thread(target=lambda: came.append(second.call_forward()))
    caller.start()
    stage.until(lambda: came)
    caller.join()
    assert came == [True]
    assert window.state() == "normal"


def test_only_what_failed_is_retried(stage: Stage) -> None:
    demo = "--clients 8 --projects 30 --records 900 --break-projects 2"
    window = stage.open(DATAMASTER_DEMO=demo, MAX_RETRIES="0")
    press(window, "start")
    before = stage.finish_run().totals
    assert before.errors == 2
    window.navigate("runs")
    runs = window.view("runs")
    stage.until(lambda: len(runs.details.failures.tree.get_children()) == 2)
    window.program.demo.faults = type(window.program.demo.faults)()
    stage.until(lambda: runs.details.retry.enabled)
    runs.details.retry.invoke()
    stage.until(lambda: window.run.active or window.run.finished.totals.errors == 0)
    end = stage.finish_run()
    assert (end.status, end.totals.errors, end.totals.projects) == (RunStatus.COMPLETED, 0, 30)
    assert end.totals.requests - before.requests <= 8  # not the 30 projects again

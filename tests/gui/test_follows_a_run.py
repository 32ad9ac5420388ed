"""Data, Runs and Growth follow a run; the log and the side bar say what is so."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.i18n import set_language
from gui.widgets.log_console import LogLine
from tests.gui.conftest import Stage, open_on, rows

pytestmark = pytest.mark.gui

SLOW = "0.15"
NOW = datetime(2026, 11, 21, 7, 46)  # noqa: DTZ001 - local, as the log has it


def test_views_follow_a_run_without_moving_what_is_in_hand(stage: Stage) -> None:
    demo = "--clients 4 --projects 300 --records 12000"
    window = stage.open(DATAMASTER_DEMO=demo, RATE_LIMIT_DELAY=SLOW)
    window.runs.start()
    stage.until(lambda: window.run.totals.received > 0)

    window.navigate("runs")
    runs = window.view("runs")
    stage.until(lambda: "1" in runs.runs)
    stage.until(lambda: "Nothing has failed so far" in runs.details.failures.empty.text)
    seen = runs.table.values("1")[7]
    stage.until(lambda: runs.table.values("1")[7] != seen)

    window.navigate("data")
    data = window.view("data")
    stage.until(lambda: data.table.tree.get_children())
    newest = data.table.tree.get_children()[0]
    stage.until(lambda: data.table.tree.get_children()[0] != newest)

    data.table.tree.event_generate("<Button-1>", x=20, y=80)
    stage.turn(0.1)
    assert data.table.in_hand
    held, counted = data.table.tree.get_children(), data.count.text
    stage.until(lambda: data.fresh.winfo_ismapped())
    assert data.table.tree.get_children() == held
    assert data.count.text != counted  # how many there are goes on
    window.reread()
    stage.until(lambda: data.table.tree.get_children() != held)
    assert not data.fresh.winfo_ismapped()

    window.navigate("dashboard")
    growth = window.view("dashboard")
    stage.until(lambda: growth._data is not None)
    tile = growth.tiles.tiles["new"].number
    before = tile.text
    window.runs.stop()
    stage.finish_run()
    window.reread()
    stage.until(lambda: tile.text != before or growth._data.overview.new_phones > 0)


def test_rows_that_stay_keep_their_place_on_the_screen(stage: Stage) -> None:
    from gui.widgets.table import Column, Table, TableRow

    window = stage.open()
    table = Table(window.area, [Column("n", lambda: "N", stretch=True)], window.texts)
    table.configure(width=300, height=200)
    table.grid_propagate(False)
    table.place(x=0, y=0)
    table.lift()
    made = [TableRow(str(n), (str(n),)) for n in range(100)]
    table.show(made)
    stage.turn(0.2)
    table.tree.yview_moveto(0.5)
    table.tree.selection_set("52")
    stage.turn(0.1)
    top = table.tree.identify_row(60)
    table.show([TableRow("new", ("new",)), *made[:20], *made[22:]])
    stage.turn(0.1)
    assert table.tree.identify_row(60) == top
    assert table.selected == ["52"]
    assert table.tree.get_children()[0] == "new"


def test_a_filter_shows_the_log_while_it_is_held(stage: Stage) -> None:
    window = stage.open()
    collect = window.view("collect")
    console = collect.console
    console.add([LogLine(NOW, "error", "first"), LogLine(NOW, "info", "2nd")])
    stage.until(lambda: console.line_count == 2)
    collect.log_buttons["pause"].invoke()
    console.add([LogLine(NOW, "error", "third")])
    collect.levels._choose("errors")
    stage.until(lambda: console.shown_text().endswith("first"))
    collect.levels._choose("all")
    stage.until(lambda: console.line_count == 2)
    assert "third" not in console.shown_text()  # it is held back
    collect.log_buttons["pause"].invoke()
    stage.until(lambda: console.shown_text().endswith("third"))


def test_an_empty_log_leaves_the_clipboard(stage: Stage) -> None:
    window = stage.open()
    window.clipboard_clear()
    window.clipboard_append("+79070000001")
    window.view("collect").log_buttons["copy"].invoke()
    assert window.clipboard_get() == "+79070000001"
    assert "nothing to copy" in window.toasts.sentence.text


HOLD = (
    "import sys, datetime, pathlib; from core.database.lock import CollectionLock;"
    " lock = CollectionLock(pathlib.Path(sys.argv[1]));"
    " lock.acquire(datetime.datetime.now(datetime.UTC));"
    " print('held', flush=True); sys.stdin.read()"
)


def test_the_end_of_another_programs_collection_is_noticed(stage: Stage, database: Path) -> None:
    words = [sys.executable, "-c", HOLD, str(database)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        window = open_on(stage, database, "collect")
        collect = window.view("collect")
        stage.until(lambda: collect.banner.visible)
        window.program.collector.resume()  # as by a key pressed just before
        stage.until(lambda: window.run.finished is not None)
        assert not collect.controls.buttons["start"].enabled
        other.communicate()
    stage.until(lambda: collect.controls.buttons["start"].enabled)
    assert not collect.banner.visible


def test_views_with_older_data_stay_stale_after_a_change_of_language(stage: Stage) -> None:
    window = stage.open()
    for key in ("dashboard", "runs"):
        window.navigate(key)
        stage.until(lambda key=key: not window.view(key)._stale)
    window.navigate("collect")
    window.runs.start()
    stage.finish_run()
    set_language("ru")
    try:
        window.retranslate()
        window.navigate("dashboard")
        stage.until(lambda: window.view("dashboard").tiles.tiles["new"].number.text != "—")
        window.navigate("runs")
        stage.until(lambda: "1" in window.view("runs").runs)
    finally:
        set_language("en")


def test_the_side_bar_knows_a_new_backup(stage: Stage, database: Path) -> None:
    window = open_on(stage, database, "collect")
    footer = window.side_bar.footer
    stage.until(lambda: "made.db · " in footer.text)
    assert "Backup" not in footer.text
    window.safekeeping.back_up()
    stage.until(lambda: "Backup" in footer.text)


def test_a_count_is_never_less_than_what_is_seen(stage: Stage, database: Path) -> None:
    from core.phones.storage.queries.tables import Count

    window = open_on(stage, database, "data")
    view = window.view("data")
    stage.until(lambda: len(view.table.tree.get_children()) == 100 and view._count is not None)
    view._show_count(view._asked, Count(34, False))
    assert view.count.text == "100+ numbers"
    ((phones,),) = rows(database, "SELECT count(*) FROM phones")
    view._show_count(view._asked, Count(phones, True))
    assert view.count.text == f"{phones:,} numbers"


def test_keys_of_start_and_refresh(stage: Stage) -> None:
    window: Any = stage.open()
    window.focus_force()
    window.event_generate("<F5>")
    stage.turn(0.2)
    assert not window.run.active
    window.event_generate("<Control-Return>")
    stage.until(lambda: window.run.active or window.run.finished)
    stage.finish_run()
    window.navigate("data")
    window.event_generate("<Control-f>")
    stage.until(lambda: window.focus_get() is window.view("data").search.field._entry)

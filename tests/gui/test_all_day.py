"""What is looked at all day: progress elsewhere, pace, clients, the guide, the keyboard."""

import os
from pathlib import Path
from typing import Any

import pytest

from gui.dialogs.export import ExportDialog
from gui.dialogs.guide import GuideDialog
from gui.dialogs.pick import PickDialog
from gui.dialogs.what_to_collect import WhatToCollect
from gui.taskbar import TaskbarProgress
from tests.gui.conftest import Stage, open_on, rows

pytestmark = pytest.mark.gui

DEMO = "--clients 4 --projects 300 --records 12000"


def test_progress_is_seen_from_everywhere(stage: Stage) -> None:
    window = stage.open(DATAMASTER_DEMO=DEMO, RATE_LIMIT_DELAY="0.05")
    window.navigate("data")
    window.runs.start()
    stage.until(lambda: window.title().endswith("% · DataMaster"))
    assert "%" in window.side_bar.progress.text
    window.runs.stop()
    stage.finish_run()
    stage.until(lambda: window.title() == "DataMaster Collector")
    assert window.side_bar.progress.text == ""


@pytest.mark.skipif(os.name == "nt", reason="there it is shown")
def test_elsewhere_than_in_windows_no_task_bar_is_asked(stage: Stage) -> None:
    taskbar = TaskbarProgress(stage.open())
    taskbar.show(0.5)
    assert taskbar._list is None


def test_the_pace_can_be_left_to_the_program_and_holds_at_once(stage: Stage) -> None:
    del stage.environ["RATE_LIMIT_DELAY"]
    stage.home.mkdir(exist_ok=True)
    (stage.home / ".env").write_text("RATE_LIMIT_DELAY=600\n", "utf-8")
    window = stage.open(DATAMASTER_DEMO="--clients 3 --projects 8 --records 600")
    window.runs.start()
    stage.until(lambda: window.run.active and window.program.demo.journal)
    window.navigate("settings")
    settings = window.view("settings")
    row = settings.rows["RATE_LIMIT_DELAY"]
    stage.until(lambda: row.text == "600")
    assert row.control.entry.cget("state") == "normal"
    row.control.box.toggle()
    assert row.text == "auto"
    assert row.control.entry.cget("state") == "disabled"
    settings.save.invoke()
    stage.finish_run()  # with a gap of ten minutes it would not end today
    assert "next request" in window.toasts.sentence.text


def type_and_enter(search: Any, text: str) -> None:
    """Faster than the search follows."""
    search.field.put(text)
    search._typed()
    search._entered()


def test_enter_accepts_in_the_client_picker(stage: Stage, database: Path) -> None:
    window = open_on(stage, database, "data")
    view = window.view("data")
    ((client, name),) = rows(database, "SELECT id, username FROM clients ORDER BY id LIMIT 1")
    view.filters._pick_client()
    dialog = window.dialog(PickDialog)
    stage.until(lambda: dialog.opened)
    type_and_enter(dialog.search, name)
    stage.until(lambda: not dialog.opened)
    assert view.filters.filters.client == (client, name)


def test_clients_are_chosen_by_typing_and_kept_as_sets(stage: Stage, database: Path) -> None:
    window = open_on(stage, database, "collect")
    stage.until(lambda: window.runs.clients_known)
    window.choose_clients()
    dialog = window.dialog(WhatToCollect)
    stage.until(lambda: dialog.opened and dialog.list.tree.get_children())
    everyone = len(dialog.list.tree.get_children())
    names = [name for (name,) in rows(database, "SELECT username FROM clients ORDER BY id LIMIT 2")]
    for name in names:
        type_and_enter(dialog.list.search, name)
    assert len(dialog.list.ticked) == 2
    dialog.list.only_ticked.invoke()
    assert len(dialog.list.tree.get_children()) == 2
    dialog.set_name.put("весна")
    dialog._tell()
    dialog.keep_set.invoke()
    dialog.limits[0].put("none")
    dialog.last.ok.invoke()
    assert dialog.opened
    assert "whole number" in dialog.wrong.text
    dialog.limits[0].put("")
    dialog.list.search._entered()  # with nothing typed Enter accepts
    assert not dialog.opened
    assert len(window.runs.selection.clients) == 2
    stage.closed()

    window = open_on(stage, database, "collect")
    stage.until(lambda: window.runs.clients_known)
    window.choose_clients()
    dialog = window.dialog(WhatToCollect)
    stage.until(lambda: dialog.opened and len(dialog.list.tree.get_children()) == everyone)
    dialog.sets._choose("весна")
    assert len(dialog.list.ticked) == 2
    assert len(dialog.list.tree.get_children()) == 2


def test_a_wrong_date_is_told_beside_it(stage: Stage, database: Path) -> None:
    window = open_on(stage, database, "data")
    window.export("phones")
    form = window.dialog(ExportDialog).form
    form.since.put("32.01.2026")
    form._check_dates()
    assert "21.11.2026" in form.wrong.text
    form.since.put("31.01.2026")
    form._check_dates()
    assert form.wrong.text == ""


def test_the_guide_opens_beside_the_window_and_is_searched(stage: Stage) -> None:
    window: Any = stage.open()
    window.open_guide()
    guide = window.dialog(GuideDialog)
    stage.until(lambda: guide.winfo_viewable())
    assert guide.winfo_rootx() + guide.winfo_width() >= window.winfo_screenwidth() - 4
    guide.search.field.put("backup")
    guide.search._typed()
    guide.search._now()
    total = len(guide._places)
    assert total > 1
    assert guide.found.text == f"1 of {total}"
    guide.search._entered()
    assert guide.found.text == f"2 of {total}"
    stage.until(lambda: guide.text.bbox(guide._places[1]))


def test_the_keyboard_stays_in_the_dialog(stage: Stage, database: Path) -> None:
    window = open_on(stage, database, "data")
    window.export("phones")
    dialog = window.dialog(ExportDialog)
    stage.until(lambda: dialog.opened and dialog.winfo_viewable())
    dialog.form.clients._entry.focus_force()
    stage.until(lambda: window.focus_get() is dialog.form.clients._entry)
    window.focus_force()  # what a click behind it does
    stage.until(lambda: window.focus_get() is dialog.form.clients._entry)


@pytest.mark.parametrize("view", ["collect", "data"])
def test_tab_goes_as_one_reads(stage: Stage, database: Path, view: str) -> None:
    window = open_on(stage, database, view)
    header = window.view(view).header

    def stops() -> list[Any]:
        """Those of Tab in the header, in its order."""
        found: list[Any] = []
        place = header.tk_focusNext()
        while place not in found and str(place).startswith(f"{header}."):
            found.append(place)
            place = place.tk_focusNext()
        return found

    stage.until(lambda: len(stops()) > 1)
    shown = stops()[0].winfo_toplevel()
    shown.event_generate("<Tab>")
    across = [stop.winfo_rootx() for stop in stops()]
    assert across == sorted(across)


def test_control_s_and_enter_save_settings(stage: Stage) -> None:
    window = stage.open(demo=False)
    window.navigate("settings")
    settings = window.view("settings")
    row = settings.rows["WORKERS"]
    stage.until(lambda: row.text == "5")
    row.control.entry.put("7")
    row._typed()
    window.focus_force()
    window.event_generate("<Control-s>")
    stage.until(lambda: window.program.settings.workers == 7)
    row.control.entry.put("8")
    row._typed()
    row.control.entry._entry.focus_force()
    stage.until(lambda: window.focus_get() is row.control.entry._entry)
    row.control.entry._entry.event_generate("<Return>")
    stage.until(lambda: window.program.settings.workers == 8)

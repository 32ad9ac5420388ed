"""Log, tables, client picker and settings: on the real window."""

import subprocess
import sys
import tkinter as tk
from datetime import UTC, datetime
from typing import Any

import pytest

from gui.views import VIEWS
from gui.views.run_details import RunDetails
from gui.widgets.log_console import KEPT, LogLine
from gui.widgets.table import Column, Table, TableRow
from tests.gui.conftest import Stage

pytestmark = pytest.mark.gui

WHEN = datetime(2026, 11, 21, 12, 41, 7, tzinfo=UTC)


def lines(count: int, level: str = "info", text: str = "line") -> list[LogLine]:
    return [LogLine(WHEN, level, f"{text} {number}") for number in range(count)]


def console_of(window: Any) -> Any:
    return window.view("collect").console


class TestLog:
    def test_is_bounded(self, stage: Stage) -> None:
        console = console_of(stage.open())
        console.add(lines(KEPT + 700))
        stage.until(lambda: not console._pending)
        assert console.line_count == KEPT
        text = console.text.get("1.0", "end-1c").split("\n")
        assert len(text) == KEPT
        assert text[-1].endswith(f"line {KEPT + 699}")

    def test_shows_no_part_of_a_line_while_it_follows(self, stage: Stage) -> None:
        window = stage.open()
        console = console_of(window)
        text, strip = console.text, console._strip
        window.navigate("collect")
        console.add(lines(60))
        stage.until(lambda: console.line_count == 60)

        def cut() -> int:
            _x, y, _width, height, _base = text.dlineinfo("@0,0")
            return int(y + height) if y < 0 else 0

        for more in (0, 3, 11):  # at whatever height the upper edge cuts a line
            window.geometry(f"1100x{740 + more}")
            stage.until(lambda more=more: window.winfo_height() == 740 + more)
            stage.until(lambda: (strip.winfo_height() if strip.winfo_ismapped() else 0) == cut())
        stage.until(lambda: strip.winfo_ismapped() or not cut())
        console._scroll("moveto", "0.1")
        stage.until(lambda: not strip.winfo_ismapped())

    def test_follows_only_at_the_end(self, stage: Stage) -> None:
        window = stage.open()
        console = console_of(window)
        console.add(lines(400))
        stage.until(lambda: console.line_count == 400)
        assert console.text.dlineinfo("end-1c linestart") is not None
        console._scroll("moveto", "0.1")
        top = console.text.index("@0,0")
        console.add(lines(37))
        stage.until(lambda: console.unseen == 37)
        assert console.text.index("@0,0") == top
        assert console._jump.cget("text") == "New lines: 37"
        console._jump.invoke()
        stage.turn(0.05)
        assert console.unseen == 0
        assert console.text.dlineinfo("end-1c linestart") is not None

    def test_filter_search_pause_clear(self, stage: Stage) -> None:
        window = stage.open()
        console = console_of(window)
        collect = window.view("collect")
        stage.until(console.empty.winfo_ismapped)
        console.add([*lines(3), *lines(2, "warning", "slow"), *lines(1, "error", "broken")])
        stage.until(lambda: console.line_count == 6)
        assert not console.empty.winfo_ismapped()
        collect.levels.buttons["attention"].invoke()
        stage.until(lambda: console.line_count == 3)
        collect.levels.buttons["errors"].invoke()
        stage.until(lambda: console.line_count == 1)
        collect.levels.buttons["all"].invoke()
        collect.search.field.insert(0, "SLOW")
        collect.search._now()
        stage.until(lambda: console.line_count == 2)
        collect.search.field.delete(0, "end")
        collect.search._now()
        stage.until(lambda: console.line_count == 6)
        collect.log_buttons["pause"].invoke()
        console.add(lines(4))
        stage.turn(0.3)
        assert console.line_count == 6
        collect.log_buttons["pause"].invoke()
        stage.until(lambda: console.line_count == 10)
        collect.log_buttons["copy"].invoke()
        assert window.clipboard_get().count("\n") == 9
        collect.log_buttons["clear"].invoke()
        stage.until(lambda: console.line_count == 0 and console.empty.winfo_ismapped())


class TestWhatToCollect:
    def test_2411_clients_are_searched_and_ticked(self, stage: Stage) -> None:
        from core.phones.storage.queries.tables import ClientRow
        from gui.dialogs.what_to_collect import WhatToCollect

        window = stage.open()
        window.choose_clients()
        dialog = window.dialog(WhatToCollect)
        stage.until(lambda: dialog.opened and not window.background._newest)
        dialog.list.show([ClientRow(100_000 + n, f"client-{n}", 3, 10) for n in range(2411)])
        assert len(dialog.list.tree.get_children()) == 2411
        dialog.list.search.field.insert(0, "client-241")
        dialog.list.search._now()
        assert len(dialog.list.tree.get_children()) == 2  # 241 and 2410
        dialog.list.all.invoke()
        dialog.limits[2].insert(0, "3")
        dialog.last.ok.invoke()
        assert not dialog.opened
        chosen = window.runs.selection
        assert (chosen.clients, chosen.max_pages) == (("100241", "102410"), 3)
        assert "2 chosen" in window.view("collect").clients.cget("text")

    def test_a_wrong_limit_is_not_taken(self, stage: Stage) -> None:
        from gui.dialogs.what_to_collect import WhatToCollect

        window = stage.open()
        window.choose_clients()
        dialog = window.dialog(WhatToCollect)
        dialog.limits[0].insert(0, "many")
        dialog.last.ok.invoke()
        assert dialog.opened
        dialog.cancel()
        assert window.runs.selection.limit_clients is None


class TestSettings:
    def test_a_wrong_value_is_told_beside_the_field_and_not_saved(self, stage: Stage) -> None:
        window = stage.open()
        window.navigate("settings")
        settings = window.view("settings")
        stage.until(lambda: settings.rows["WORKERS"].text == "5")
        row = settings.rows["WORKERS"]
        row.control.entry.delete(0, "end")
        row.control.entry.insert(0, "900")
        row._typed()
        assert "1 to 100" in row.remark.text
        assert not settings.save.enabled
        row.control.entry.delete(0, "end")
        row.control.entry.insert(0, "7")
        row._typed()
        assert settings.save.enabled
        settings.save.invoke()
        stage.until(lambda: window.program.settings.workers == 7)
        assert (stage.home / ".env").read_text("utf-8") == "WORKERS=7\n"
        stage.until(lambda: not settings.save.enabled)

    def test_comments_and_unknown_keys_stay(self, stage: Stage) -> None:
        stage.home.mkdir()
        text = "# ours\nWORKERS=3  # few\nOTHER=1\n"
        (stage.home / ".env").write_text(text, "utf-8")
        window = stage.open()
        window.navigate("settings")
        settings = window.view("settings")
        stage.until(lambda: settings.rows["WORKERS"].text == "3")
        settings.rows["WORKERS"].control.entry.put("4")
        settings.rows["WORKERS"]._typed()
        settings.save.invoke()
        stage.until(lambda: window.program.settings.workers == 4)
        assert (stage.home / ".env").read_text("utf-8") == text.replace("=3", "=4")

    def test_connection_is_tested_with_what_the_demo_has(self, stage: Stage) -> None:
        window = stage.open()
        window.navigate("settings")
        settings = window.view("settings")
        settings.test.invoke()
        stage.until(lambda: "8 clients" in settings.answer.text)
        window.program.demo.revoke_token()
        settings.test.invoke()
        stage.until(lambda: "token" in settings.answer.text and "8" not in settings.answer.text)


def test_a_name_of_two_lines_takes_one_line_of_a_table(stage: Stage) -> None:
    window = stage.open()
    table = Table(window, [Column("name", lambda: "Name", stretch=True)], window.texts)
    table._layout.fit(700)
    table.show([TableRow("1", ("first\nsecond\tthird",))])
    assert table.tree.set("1", "name") == "first second third"
    assert table.rows()[0].values[0] == "first\nsecond\tthird"


def test_a_reason_keeps_its_place_beside_a_long_name(stage: Stage) -> None:
    window = stage.open()
    table = RunDetails(window, window.texts, window, lambda _run: None, lambda _run: None).failures
    table.show([TableRow("1", ("list of projects", "a" * 300, "no connection to the server"))])
    table._layout.fit(700)
    assert table.tree.column("reason", "width") > 200


def test_an_emptied_field_shows_its_hint(stage: Stage) -> None:
    field = stage.open().view("collect").search.field
    hint = field._entry.get()  # what is drawn; the field itself says that it is empty
    assert hint
    assert field.get() == ""
    field.put("Okna")
    field.put("")
    assert field._entry.get() == hint


def test_dialogs_leak_no_bindings(stage: Stage) -> None:
    window = stage.open()
    window.show_about()
    before = len(window.tk.call("bind", "all", "<Button-1>"))
    for _time in range(5):
        window.show_about()
        for dialog in window.opened_dialogs():
            dialog.cancel()
    assert len(window.tk.call("bind", "all", "<Button-1>")) == before


def test_the_window_is_there_before_what_it_does_not_need_yet() -> None:
    code = """
import sys
import gui.app
from gui.toolkit import load_toolkit
load_toolkit()
import gui.main_window
from gui.views import find
find("collect").load()
late = (
    "matplotlib", "requests", "tkinterdnd2", "gui.dialogs.", "core.phones.reports.catalog",
    "core.phones.after_run.execute", "core.phones.datamaster.demo.server",
)
print(sorted(name for name in sys.modules if name.startswith(late)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("size", ["1024x700", "1100x720", "1300x900"])
def test_the_layout_comes_to_rest(stage: Stage, size: str) -> None:
    """Texts that wrap by their width and widths that follow from texts must not chase each
    other: an idle window lays out nothing."""
    window = stage.open(ahead=True, LANGUAGE="ru")
    tk.Wm.wm_geometry(window, f"{size}+10+10")
    stage.until(lambda: len(list(window.views.built())) == len(VIEWS))
    for key in ("dashboard", "data", "runs", "settings", "collect"):
        window.navigate(key)
        stage.turn(0.3)
    layouts: list[str] = []
    window.bind_all("<Configure>", lambda event: layouts.append(str(event.widget)), add="+")
    for _time in range(20):  # answers of the background may still be coming in
        layouts.clear()
        stage.turn(0.4)
        if not layouts:
            return
    raise AssertionError(f"still moving: {set(layouts)}")


@pytest.mark.slow
def test_eight_hours_of_events_take_no_memory(stage: Stage) -> None:
    """As many events as a run at two requests a second sends in 8 hours."""
    import psutil

    from core.asking.troubles import Reason
    from core.phones.events import (
        Mode,
        Progress,
        ProjectFinished,
        RequestRetried,
        RunStarted,
        Target,
        Totals,
    )

    window = stage.open(ahead=True)
    stage.until(lambda: len(list(window.views.built())) == len(VIEWS))
    window.pump.put(RunStarted(1, Mode.FULL, False, WHEN, "phones.db"))

    def an_hour() -> None:
        for number in range(7200):
            name = f"B1_project {number}"
            window.pump.put(ProjectFinished(1, 2_000_000 + number, name, 1234, 56, 7, 2))
            if number % 10 == 0:
                window.pump.put(
                    RequestRetried(
                        Target.PROJECT, number, 1, 1, 3, Reason.TOO_MANY_REQUESTS, "", 2.0
                    )
                )
            if number % 2 == 0:
                totals = Totals(projects=number, received=number * 1000, requests=number)
                window.pump.put(
                    Progress(
                        1,
                        totals,
                        2411,
                        4000,
                        True,
                        7200,
                        number / 7200,
                        2.0,
                        0.5,
                        number / 2,
                        3600.0,
                        f"client-{number}",
                    )
                )
        stage.until(window.pump._items.empty, seconds=60)

    an_hour()  # caches fill, the log reaches its bound
    before = psutil.Process().memory_info().rss
    for _hour in range(7):
        an_hour()
    grown = psutil.Process().memory_info().rss - before
    assert grown < 20 * 1024 * 1024, f"{grown / 1024 / 1024:.1f} MB more"
    window.run.state = type(window.run.state)("idle")

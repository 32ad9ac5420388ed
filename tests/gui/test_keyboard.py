"""Real key events (xdotool) on the real window, under the Russian layout too."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.phones.events import RunStatus
from gui.views import VIEWS
from tests.gui.conftest import Stage, open_on

pytestmark = [
    pytest.mark.gui,
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="needs xdotool"),
]


def keys(stage: Stage, *names: str) -> None:
    for name in names:
        subprocess.run(["xdotool", "key", "--clearmodifiers", name], check=True)
        stage.turn(0.08)


def click(button: int, x: int, y: int) -> None:
    words = ["xdotool", "mousemove", str(x), str(y), "click", str(button)]
    subprocess.run(words, check=True)


@pytest.fixture
def russian() -> Iterator[None]:
    """The Russian layout as the only one: the key of C gives С."""
    subprocess.run(["setxkbmap", "ru"], check=True)
    yield
    subprocess.run(["setxkbmap", "us"], check=True)


def focused_field(stage: Stage, demo: bool = True) -> Any:
    """The search field of the log, with the keyboard in it."""
    window = stage.open(demo=demo)
    field = window.view("collect").search.field
    window.focus_force()
    field._entry.focus_force()
    stage.until(lambda: window.focus_get() is field._entry)
    stage.turn(0.2)
    return field


def test_function_keys_and_views(stage: Stage) -> None:
    window = stage.open(RATE_LIMIT_DELAY="0.15")
    window.focus_force()
    stage.turn(0.2)
    keys(stage, "F5")
    assert not window.run.active
    keys(stage, "ctrl+Return")
    stage.until(lambda: window.run.totals.projects >= 1)
    keys(stage, "shift+F5")
    assert stage.finish_run().status is RunStatus.STOPPED
    stage.until(lambda: window.run.can_continue)
    for number, view in enumerate(("collect", "dashboard", "data", "runs", "settings"), start=1):
        keys(stage, f"ctrl+{number}")
        assert window.view_key == view
    keys(stage, "ctrl+1", "F6")
    assert window.run.active


def test_tab_reaches_buttons_and_space_presses_them(stage: Stage) -> None:
    window = stage.open()
    collect = window.view("collect")
    stage.until(lambda: collect.controls.buttons["start"].enabled)
    window.focus_force()
    collect.controls.buttons["start"].focus_set()
    stage.turn(0.2)
    keys(stage, "space")
    stage.until(lambda: window.run.active or window.run.finished)
    stage.finish_run()


def stops_of_tab(start: Any) -> list[Any]:
    stops: list[Any] = []
    place = start.tk_focusNext()
    while place not in stops:
        stops.append(place)
        place = place.tk_focusNext()
    return stops


@pytest.mark.parametrize("key", [view.key for view in VIEWS])
def test_each_stop_of_tab_is_seen(stage: Stage, key: str) -> None:
    """What takes the focus shows that it has it: fields, texts and tables themselves, all else
    when it hears that it was reached."""
    window = stage.open(ahead=True)
    stage.until(lambda: len(list(window.views.built())) == len(VIEWS))
    window.navigate(key)
    stage.turn(0.2)
    stops = stops_of_tab(window)
    assert len(stops) > len(VIEWS)
    for stop in stops:
        itself = stop.winfo_class() in ("Entry", "Text", "Treeview")
        assert itself or "<<TraverseIn>>" in stop.bind(), str(stop)


def test_tab_brings_settings_into_sight(stage: Stage) -> None:
    window = stage.open(demo=False, DATAMASTER_API_TOKEN="")
    window.navigate("settings")
    settings = window.view("settings")
    stage.until(lambda: settings.built)
    window.focus_force()
    stage.turn(0.2)
    area = settings.area.canvas
    row = settings.rows["MAX_RETRIES"].control.entry._entry
    before = row.tk_focusPrev()
    area.yview_moveto(1.0)
    before.focus_set()
    stage.turn(0.1)
    keys(stage, "Tab")
    assert window.focus_get() is row
    assert row.winfo_rooty() >= area.winfo_rooty()
    assert row.winfo_rooty() + row.winfo_height() <= area.winfo_rooty() + area.winfo_height()


def test_the_box_of_the_erasing_dialog_is_ticked_by_keyboard(stage: Stage) -> None:
    from gui.dialogs.forget import ForgetDialog

    window = stage.open()
    window.safekeeping.erase()
    dialog = window.dialog(ForgetDialog)
    dialog.field._entry.focus_force()
    stage.turn(0.2)
    keys(stage, "Tab", "space")
    assert dialog.backups.get()


def test_escape_closes_a_dialog(stage: Stage) -> None:
    from gui.dialogs.about import AboutDialog

    window = stage.open()
    window.show_about()
    dialog = window.dialog(AboutDialog)
    dialog.focus_force()
    stage.turn(0.3)
    keys(stage, "Escape")
    assert not dialog.opened


@pytest.mark.usefixtures("russian")
def test_a_row_is_copied_under_the_russian_layout(stage: Stage, database: Path) -> None:
    view = open_on(stage, database, "data").view("data")
    stage.until(lambda: view.built and view.table.selected)
    view.window.focus_force()
    view.table.tree.focus_force()
    stage.turn(0.2)
    view.window.clipboard_clear()
    view.window.clipboard_append("before")
    keys(stage, "ctrl+Cyrillic_es")  # the key of C
    assert "+7" in view.window.clipboard_get()


def test_the_menu_of_a_row_by_mouse_and_by_key(stage: Stage, database: Path) -> None:
    view = open_on(stage, database, "data").view("data")
    stage.until(lambda: view.built and view.table.selected)
    tree, menu = view.table.tree, view.row.menu
    second = tree.get_children()[1]
    stage.until(lambda: tree.bbox(second))
    left, top, _width, height = tree.bbox(second)
    click(3, tree.winfo_rootx() + left + 40, tree.winfo_rooty() + top + height // 2)
    stage.until(menu.winfo_ismapped)
    assert view.table.selected == [second]
    assert [menu.entrycget(n, "label") for n in range(menu.index("end") + 1)] == [
        "Copy the number",
        "Copy the row",
        "Erase the number…",
        "Columns",
    ]
    keys(stage, "Down", "Return")
    assert view.window.clipboard_get().startswith(view.row._item.phone)

    view.show_sheet("clients")
    stage.until(lambda: view.table.selected)
    view.window.focus_force()
    view.table.tree.focus_force()
    stage.turn(0.2)
    keys(stage, "shift+F10")
    stage.until(menu.winfo_ismapped)
    assert menu.entrycget(0, "label") == "Show its numbers"
    keys(stage, "Escape")


@pytest.mark.usefixtures("russian")
def test_editing_under_the_russian_layout(stage: Stage) -> None:
    field = focused_field(stage)
    field._entry.insert(0, "первый")
    keys(stage, "ctrl+Cyrillic_ef")  # the key of A
    assert field._entry.selection_get() == "первый"
    keys(stage, "ctrl+Cyrillic_es")  # the key of C
    assert field._entry.clipboard_get() == "первый"
    keys(stage, "End", "ctrl+Cyrillic_em")  # the key of V
    assert field.get() == "первыйпервый"
    keys(stage, "ctrl+Cyrillic_ya")  # the key of Z
    assert field.get() == "первый"
    keys(stage, "ctrl+Cyrillic_ef", "ctrl+Cyrillic_che")  # the key of X
    assert field.get() == ""
    assert field._entry.clipboard_get() == "первый"


def test_editing_under_the_english_layout_happens_once(stage: Stage) -> None:
    field = focused_field(stage)
    field._entry.insert(0, "abc")
    keys(stage, "ctrl+a", "ctrl+c", "End", "ctrl+v")
    assert field.get() == "abcabc"
    keys(stage, "ctrl+z")
    assert field.get() == "abc"
    keys(stage, "ctrl+a", "ctrl+v")
    assert field.get() == "abc"
    keys(stage, "ctrl+a", "ctrl+x")
    assert field.get() == ""


def test_the_menu_of_a_field_by_the_right_button(stage: Stage) -> None:
    field = focused_field(stage)
    entry = field._entry
    entry.insert(0, "abc")
    click(3, entry.winfo_rootx() + 20, entry.winfo_rooty() + 8)
    menus = [w for w in stage.window.winfo_children() if w.winfo_class() == "Menu"]
    stage.until(lambda: any(menu.winfo_ismapped() for menu in menus))
    (menu,) = (menu for menu in menus if menu.winfo_ismapped())
    places = range(menu.index("end") + 1)
    words = [menu.entrycget(n, "label") for n in places if menu.type(n) == "command"]
    assert words == ["Undo", "Cut", "Copy", "Paste", "Select all"]
    click(1, menu.winfo_rootx() + 20, menu.winfo_rooty() + menu.yposition("end") + 8)
    stage.until(lambda: entry.selection_present())
    assert entry.selection_get() == "abc"
    assert not menu.winfo_ismapped()

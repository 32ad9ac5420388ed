"""The columns of a table in another order: by dragging headings, by menu, by key; remembered."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gui.widgets.table import Table
from tests.gui.conftest import Stage, open_on
from tests.gui.test_tables import small_table

pytestmark = pytest.mark.gui

HEADING_Y = 8


def shown(table: Table) -> list[str]:
    return [column.key for column in table._layout.shown]


def drag(table: Table, key: str, to: str, *, beyond: bool = False) -> None:
    """Take the heading of a column and let go of it before, or beyond, another one."""
    places, edges = shown(table), table._layout.hand._edges()
    begin = (edges[places.index(key)] + edges[places.index(key) + 1]) // 2
    end = edges[places.index(to) + beyond] + (-6 if beyond else 6)
    step = 4 if end > begin else -4
    table.tree.event_generate("<Button-1>", x=begin, y=HEADING_Y)
    for x in (*range(begin, end, step), end):
        table.tree.event_generate("<B1-Motion>", x=x, y=HEADING_Y)
    table.tree.event_generate("<ButtonRelease-1>", x=end, y=HEADING_Y)
    table.update()


def labels(menu: Any) -> Sequence[str]:
    return [menu.entrycget(n, "label") for n in range(menu.index("end") + 1)]


def test_a_dragged_column_stands_elsewhere_after_the_next_start(stage: Stage) -> None:
    window = stage.open()
    memory: dict[str, Any] = {}
    table = small_table(stage, window, memory)
    table._sort("count")
    order = list(table.tree.get_children())
    assert shown(table) == ["name", "count", "remark"]
    drag(table, "remark", "name")
    assert shown(table) == ["remark", "name", "count"]
    drag(table, "remark", "count", beyond=True)
    assert shown(table) == ["name", "count", "remark"]
    drag(table, "count", "name")
    assert shown(table) == ["count", "name", "remark"]
    assert list(table.tree.get_children()) == order  # dragging a heading does not press it
    assert table.text_of(["20"]).split("\t")[0] == "20"
    assert str(table.tree.identify_column(5)) == "#1"
    table.destroy()
    assert shown(small_table(stage, window, memory)) == ["count", "name", "remark"]


def test_a_press_without_a_drag_sorts(stage: Stage) -> None:
    window = stage.open()
    table = small_table(stage, window, {})
    x = table._layout.hand._edges()[1] + 30
    for sequence, at in (("<Button-1>", x), ("<B1-Motion>", x + 2), ("<ButtonRelease-1>", x + 2)):
        table.tree.event_generate(sequence, x=at, y=HEADING_Y)
    stage.until(lambda: list(table.tree.get_children()) == ["3", "20", "1000"])
    assert shown(table) == ["name", "count", "remark"]


def test_columns_move_from_the_menu_of_a_heading_and_come_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = stage.open()
    memory: dict[str, Any] = {}
    table = small_table(stage, window, memory)
    menu = table._layout.hand._menu
    monkeypatch.setattr(menu, "tk_popup", lambda *_place: None)
    table.tree.event_generate("<Button-3>", x=10, y=HEADING_Y)
    assert labels(menu) == ["Move left", "Move right", "As they were"]
    assert menu.entrycget(0, "state") == "disabled"  # it is the first already
    menu.invoke(1)
    assert shown(table) == ["count", "name", "remark"]
    menu.invoke(2)
    assert shown(table) == ["name", "count", "remark"]
    assert "columns" not in memory
    assert "widths" not in memory


def test_the_keyboard_moves_columns_from_the_menu_of_a_row(
    stage: Stage, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_on(stage, database, "data")
    view = window.view("data")
    stage.until(lambda: len(view.table.tree.get_children()) == 100)
    before = shown(view.table)
    monkeypatch.setattr(view.row.menu, "tk_popup", lambda *_place: None)
    view.table.tree.focus_force()
    window.update()
    view.table.tree.event_generate("<Shift-F10>")
    menu = view.row.menu
    columns = menu.nametowidget(menu.entrycget(labels(menu).index("Columns"), "menu"))
    assert labels(columns)[: len(before)] == [column.title() for column in view.table._layout.shown]
    first = columns.nametowidget(columns.entrycget(0, "menu"))
    first.invoke(labels(first).index("Move right"))
    assert shown(view.table) == [before[1], before[0], *before[2:]]
    key = view.table.selected[0]
    view.row.copy_rows()
    phone = view._items[key].phone
    assert window.clipboard_get().split("\t")[1] == phone  # copied as they stand
    stage.closed()
    window = open_on(stage, database, "data")
    stage.until(lambda: shown(window.view("data").table)[:2] == [before[1], before[0]])


@pytest.mark.parametrize("kept", ["name", ["gone", "remark"], [3, None]])
def test_an_odd_memory_leaves_every_column(stage: Stage, kept: object) -> None:
    table = small_table(stage, stage.open(), {"columns": kept})
    assert sorted(shown(table)) == ["count", "name", "remark"]

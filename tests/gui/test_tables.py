"""Tables as in a database program: order, widths, selection, copies, found text, menus."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gui.widgets import tooltip
from gui.widgets.log_console import LogLine
from gui.widgets.table import Column, Table, TableRow
from gui.widgets.table_marks import found_in
from tests.gui.conftest import Stage, open_on, rows
from tests.phones.reports.reading import read_csv

pytestmark = pytest.mark.gui


def small_table(stage: Stage, window: Any, memory: dict[str, Any], **options: Any) -> Table:
    for child in window.area.winfo_children():
        child.grid_remove()
    columns = (
        Column("name", lambda: "Name", 120, stretch=True, sortable=True),
        Column("count", lambda: "Count", 80, number=True, sortable=True),
        Column("remark", lambda: "Remark", 100, stretch=True),
    )
    table = Table(window.area, columns, window.texts, memory=memory, **options)
    table.grid(row=0, column=0, sticky="nsew")
    table.show(
        TableRow(str(n), (f"{'long ' * 30}{n}", f"{n:,}", "x"), order=(str(n), n, "x"))
        for n in (3, 1000, 20)
    )
    stage.until(lambda: table.tree.winfo_viewable() and table._layout.widths)
    return table


def test_headings_say_the_order_and_what_can_be_ordered(stage: Stage) -> None:
    window = stage.open()
    memory: dict[str, Any] = {}
    table = small_table(stage, window, memory)
    picture = {key: str(table.tree.heading(key, "image")) for key in ("name", "count", "remark")}
    assert picture["name"] == picture["count"] != picture["remark"] == ""
    table._sort("count")
    assert list(table.tree.get_children()) == ["3", "20", "1000"]
    assert str(table.tree.heading("count", "image")) not in ("", picture["name"])
    table._sort("count")
    assert list(table.tree.get_children()) == ["1000", "20", "3"]
    table.destroy()
    again = small_table(stage, window, memory)  # as after the next start
    assert list(again.tree.get_children()) == ["1000", "20", "3"]


def test_a_widened_column_shows_more_and_is_remembered(stage: Stage) -> None:
    window = stage.open()
    memory: dict[str, Any] = {}
    table = small_table(stage, window, memory)
    before = str(table.tree.set("3", "name"))
    assert before.endswith("…")
    table._layout._widening = True
    wide = int(table.tree.column("name", "width")) + 900
    table.tree.column("name", width=wide)  # what dragging a heading's edge does
    table._layout._released(None)
    assert len(str(table.tree.set("3", "name"))) > len(before) + 20
    stage.turn(0.1)
    assert table._side_bar.winfo_ismapped()  # the others are still to be reached
    assert table.tree.xview()[1] < 1
    table.destroy()
    again = small_table(stage, window, memory)
    assert int(again.tree.column("name", "width")) == wide


def test_narrow_windows_scroll_sideways_instead_of_losing_columns(stage: Stage) -> None:
    window = stage.open()
    table = small_table(stage, window, {})
    table._layout.fit(120)
    assert sum(table._layout.widths.values()) > 120
    assert table._layout.widths["count"] >= table._layout._cells.width_of("1,000")


def test_a_shortened_cell_is_told_whole_beside_the_pointer(stage: Stage) -> None:
    window = stage.open()
    table = small_table(stage, window, {})
    x, y, width, height = table.tree.bbox("3", "name")
    table.tree.event_generate("<Motion>", x=x + width // 2, y=y + height // 2)
    bubble = tooltip.bubble(table)
    stage.until(lambda: bubble.text == table._rows["3"].values[0])
    table.tree.event_generate("<Leave>")
    assert bubble.text == ""


def test_several_rows_are_chosen_and_copied(stage: Stage, database: Path) -> None:
    window = open_on(stage, database, "data")
    view = window.view("data")
    stage.until(lambda: len(view.table.tree.get_children()) == 100)
    keys = view.table.tree.get_children()
    numbers = dict(rows(database, "SELECT id, phone FROM phones"))
    view.table.choose(keys[0])
    view.table._extend(1)
    view.table._extend(1)
    assert view.table.selected == list(keys[:3])
    view.row.copy_numbers()
    assert window.clipboard_get() == "\n".join(numbers[int(key)] for key in keys[:3])
    view.row.copy_rows()
    lines = window.clipboard_get().split("\n")
    assert [line.split("\t")[0] for line in lines] == [numbers[int(key)] for key in keys[:3]]
    shown = view.table.tree["displaycolumns"]
    columns = view.table.tree["columns"] if shown == ("#all",) else shown
    assert {len(line.split("\t")) for line in lines} == {len(columns)}
    view.table.choose_all()
    assert len(view.table.selected) == 100
    buttons = view.row.details.buttons
    assert buttons["copy_number"].cget("text") == "Copy the number"


@pytest.mark.parametrize(
    ("text", "wanted", "part"),
    [
        ("+7 907 820-67-64", "8206764", "820-67-64"),
        ("+7 907 820-67-64", "89078206", "7 907 820-6"),
        ("Окна Юг", "юг", "Юг"),
        ("Окна Юг", "север", None),
        ("site 2", "x2", None),
    ],
)
def test_what_was_searched_for_is_found_in_a_cell(text: str, wanted: str, part: str | None) -> None:
    span = found_in(text, wanted)
    assert (text[slice(*span)] if span else None) == part


def test_matches_are_marked(stage: Stage, database: Path) -> None:
    window = open_on(stage, database, "data")
    view = window.view("data")
    view.show_sheet("clients")
    view._searched("remont")
    stage.until(lambda: view.table.tree.get_children() and view.table._found._lines)
    stage.until(lambda: any(line.winfo_ismapped() for line in view.table._found._lines))
    view._searched("")
    stage.until(lambda: not any(line.winfo_ismapped() for line in view.table._found._lines))


def test_from_a_run_to_its_new_numbers(stage: Stage, database: Path) -> None:
    window = open_on(stage, database, "runs")
    runs = window.view("runs")
    stage.until(lambda: "3" in runs.runs)
    runs._show_new("3")
    assert window.view_key == "data"
    view = window.view("data")
    ((new,),) = rows(database, "SELECT new_phones FROM runs WHERE id = 3")
    stage.until(lambda: view._count is not None and view._count.value == new)


def test_a_run_has_a_menu(stage: Stage, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_on(stage, database, "runs")
    runs = window.view("runs")
    stage.until(lambda: "3" in runs.runs)
    monkeypatch.setattr(runs.menu, "tk_popup", lambda *_place: None)
    runs.table.choose("3")
    runs._pop_up("3", 0, 0)
    labels = [runs.menu.entrycget(n, "label") for n in range(runs.menu.index("end") + 1)]
    assert labels[0] == "New numbers of this run"
    assert "Copy the row" in labels
    runs.menu.invoke(labels.index("Copy the row"))
    assert window.clipboard_get().startswith("3\t")


def test_a_comparison_is_ordered_copied_and_exported(
    stage: Stage, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gui.widgets import save_table

    window = open_on(stage, database, "runs")
    runs = window.view("runs")
    stage.until(lambda: "5" in runs.runs)
    runs.table.tree.selection_set(("4", "5"))
    stage.turn(0.1)
    runs._compare()
    changes = runs.details.changes
    stage.until(lambda: changes.tree.get_children())
    changes._sort("new")
    counts = [row.order[2] for row in changes.rows()]
    assert counts == sorted(counts)
    file = tmp_path / "changes.csv"
    monkeypatch.setattr(save_table.filedialog, "asksaveasfilename", lambda **_o: str(file))
    assert runs.details.export.winfo_ismapped()
    runs.details.export.invoke()
    stage.until(file.exists)
    header, *found = read_csv(file)
    assert header == ["Client", "Project", "New", "No longer there"]
    assert [int(row[2]) for row in found] == counts


def underlined(text: Any) -> list[str]:
    """What the log marks as found."""
    places = list(map(str, text.tag_ranges("found")))
    return [text.get(start, end) for start, end in zip(places[::2], places[1::2], strict=True)]


def test_matches_are_marked_in_the_log(stage: Stage) -> None:
    window = stage.open()
    collect = window.view("collect")
    when = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
    lines = ("Run 3: Окна Юг and окна север", "nothing of the kind")
    collect.console.add(LogLine(when, "info", line) for line in lines)
    collect.console.filter("all", "ОКНА")
    stage.until(lambda: underlined(collect.console.text) == ["Окна", "окна"])
    collect.console.add([LogLine(when, "error", "Окна")])
    stage.until(lambda: len(underlined(collect.console.text)) == 3)
    collect.console.filter("all", "")
    stage.until(lambda: collect.console.line_count == 4 or not underlined(collect.console.text))
    assert not underlined(collect.console.text)


def test_matches_are_marked_where_clients_are_chosen(stage: Stage, database: Path) -> None:
    window = open_on(stage, database, "data")
    window.view("data").filters._pick_client()
    pick = window.opened_dialogs()[-1]
    stage.until(lambda: pick.table.tree.get_children())
    name = pick.table.rows()[0].values[0]
    pick.search.field.put(name[2:6])
    pick._find()
    stage.until(lambda: any(line.winfo_ismapped() for line in pick.table._found._lines))
    pick.cancel()
    window.choose_clients()
    what = window.opened_dialogs()[-1]
    stage.until(lambda: what.list.tree.get_children())
    what.list.search.field.put(name[2:6])
    what.list._fill()
    stage.until(lambda: any(line.winfo_ismapped() for line in what.list._found._lines))
    line = next(line for line in what.list._found._lines if line.winfo_ismapped())
    left, _top, _width, _height = what.list.tree.bbox(what.list.tree.get_children()[0], "#0")
    assert line.winfo_x() > left + 18  # beyond the box that is ticked
    row = what.list.tree.bbox(what.list.tree.get_children()[0])[1] + 16
    assert what.list.tree.identify_element(left + 5, row) == "image"  # no room is left before it


def test_a_table_may_go_away_before_its_finds_are_marked(stage: Stage) -> None:
    window = stage.open()
    table = Table(window, [Column("name", lambda: "Name")], window.texts)
    table.show([TableRow("1", ("Okna",))])
    stage.turn(0.1)
    table.look_for("okna")
    waiting = table._found._waiting
    assert waiting in window.tk.call("after", "info")
    table.destroy()
    assert waiting not in window.tk.call("after", "info")

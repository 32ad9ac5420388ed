"""The Data view on the real window, with a made database."""

import threading
import tkinter as tk
from pathlib import Path
from typing import Any

import pytest

from core.phones.storage.queries.tables import ProjectRow
from gui.views.data_sheets import Filters
from tests.gui.conftest import SMALL_DEMO, Stage, open_on, rows

pytestmark = pytest.mark.gui


def cells(view: Any) -> list[tuple[str, ...]]:
    return [tuple(view.table.values(key)) for key in view.table.tree.get_children()]


def search(stage: Stage, view: Any, text: str) -> None:
    view.search.field.put(text)
    view._searched(text)
    settle(stage, view)


def settle(stage: Stage, view: Any) -> None:
    """Until the page and the count of the newest question are shown."""
    asked = view._asked
    stage.until(lambda: view._count is not None and view._asked is asked)
    stage.until(lambda: not view.window.background._newest)
    stage.turn(0.05)


def test_phones_are_paged_sorted_and_searched(stage: Stage, database: Path) -> None:
    view = open_on(stage, database, "data").view("data")
    settle(stage, view)
    assert view.count.text == "3,000 numbers"
    assert len(cells(view)) == 100
    newest = rows(database, "SELECT phone FROM phones ORDER BY id DESC LIMIT 200")
    shown = [row[0].translate({ord(c): None for c in " -"}) for row in cells(view)]
    assert shown == [phone for (phone,) in newest[:100]]

    view.pager.forward.invoke()
    settle(stage, view)
    assert view.pager.label.text == "101–200"
    shown = [row[0].translate({ord(c): None for c in " -"}) for row in cells(view)]
    assert shown == [phone for (phone,) in newest[100:]]
    view.pager.back.invoke()
    settle(stage, view)
    assert not view.pager.back.enabled

    view.table._sort("phone")
    settle(stage, view)
    by_number = rows(database, "SELECT phone FROM phones ORDER BY phone LIMIT 1")
    assert cells(view)[0][0].replace(" ", "").replace("-", "") == by_number[0][0]

    some = newest[7][0]
    search(stage, view, some[5:10])
    expected = rows(database, f"SELECT count(*) FROM phones WHERE instr(phone, '{some[5:10]}')")
    assert view.count.text.split()[0] == str(expected[0][0])
    search(stage, view, "никого с таким именем")
    assert cells(view) == []
    assert view.table.empty.winfo_ismapped()


def test_filters_and_the_way_from_client_to_project_to_numbers(
    stage: Stage, database: Path
) -> None:
    view = open_on(stage, database, "data").view("data")
    settle(stage, view)
    view.filters.new.invoke()
    settle(stage, view)
    ((new,),) = rows(database, "SELECT new_phones FROM runs WHERE id = 5")
    assert view.count.text == f"{new} numbers"
    view.filters.clear.invoke()
    settle(stage, view)
    assert view.count.text == "3,000 numbers"

    view.show_sheet("clients")
    settle(stage, view)
    assert view.count.text == "30 clients"
    view.table.choose("100003")
    stage.until(lambda: view.row.details.remark.text == "client 100003")
    view.row.details.buttons["show_projects"].invoke()
    settle(stage, view)
    of_client = rows(database, "SELECT id, phones FROM projects WHERE client_id = 100003")
    assert {row[4].replace(",", "") for row in cells(view)} == {str(row[0]) for row in of_client}
    project, phones = max(of_client, key=lambda row: row[1])
    view.table.choose(str(project))
    stage.until(lambda: view.row.details.remark.text == f"project {project}")
    view.row.look_inside()
    settle(stage, view)
    assert view.sheet.key == "phones"
    assert view.count.text == f"{phones:,} numbers"


def test_where_a_phone_was_seen_and_erasing_it(stage: Stage, database: Path) -> None:
    view = open_on(stage, database, "data").view("data")
    settle(stage, view)
    key = view.table.selected[0]
    stage.until(lambda: view.row.phone is not None)
    links = rows(database, f"SELECT count(*) FROM project_phones WHERE phone_id = {key}")
    assert len(view.row.phone.sightings) == links[0][0]
    view.row.details.buttons["erase"].invoke()
    from gui.dialogs.forget import ForgetDialog

    dialog = view.window.dialog(ForgetDialog)
    stage.until(lambda: dialog.opened)
    dialog.go.invoke()
    stage.until(lambda: not rows(database, f"SELECT 1 FROM phones WHERE id = {key}"))
    stage.until(lambda: key not in view.table.tree.get_children())
    assert rows(database, f"SELECT count(*) FROM project_phones WHERE phone_id = {key}") == [(0,)]


def test_what_was_read_of_a_phone_comes_too_late_for_a_project(
    stage: Stage, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gui.views import data_row

    view = open_on(stage, database, "data").view("data")
    settle(stage, view)
    read, go_on = data_row.read_details, threading.Event()

    def slowly(*words: Any) -> Any:
        go_on.wait()
        return read(*words)

    monkeypatch.setattr(data_row, "read_details", slowly)
    view.table.choose(view.table.tree.get_children()[3])
    stage.until(lambda: "data details" in view.window.background._newest)
    view.show_sheet("projects")
    stage.until(lambda: view.row.details.remark.text.startswith("project "))
    go_on.set()
    settle(stage, view)
    assert view.row.details.remark.text.startswith("project ")


def test_the_chosen_row_is_shown_anew_when_the_rows_are(stage: Stage, database: Path) -> None:
    view = open_on(stage, database, "data").view("data")
    view.show_sheet("clients")
    settle(stage, view)
    view.table.choose("100003")
    stage.until(lambda: view.row.details.remark.text == "client 100003")
    rows(database, "UPDATE clients SET username = 'renamed' WHERE id = 100003")
    view.reread()
    settle(stage, view)
    assert view.table.selected == ["100003"]
    stage.until(lambda: view.row.details.heading.text == "renamed")


def test_nothing_is_not_exported(stage: Stage, database: Path) -> None:
    view = open_on(stage, database, "data").view("data")
    settle(stage, view)
    assert view.export.enabled
    view.search.field.put("nobody is called so")
    view.search._now()
    settle(stage, view)
    assert not view.export.enabled
    view.search.field.put("")
    view.search._now()
    settle(stage, view)
    assert view.export.enabled


def test_all_filters_find_room_in_the_smallest_window(stage: Stage, database: Path) -> None:
    window = open_on(stage, database, "data")
    tk.Wm.wm_geometry(window, "1024x700+0+0")
    view = window.view("data")
    settle(stage, view)
    client, project = (1, "ООО «Ромашка и партнёры»"), (2, "B1_нс самый-длинный-сайт.рф")
    view.filters.put(Filters(client=client, project=project))
    stage.until(lambda: view.filters.clear.winfo_ismapped())
    stage.turn(0.2)
    end = view.filters.clear.winfo_rootx() + view.filters.clear.winfo_width()
    assert end <= view.filters.winfo_rootx() + view.filters.winfo_width()
    assert view.filters.clear.winfo_width() >= view.filters.clear.winfo_reqwidth()
    assert "Client: ООО" in view.filters.client.cget("text")


def test_the_details_of_a_long_name_can_be_scrolled_to_the_end(
    stage: Stage, database: Path
) -> None:
    view = open_on(stage, database, "data").view("data")
    settle(stage, view)
    project = ProjectRow(7, "а" * 600, 100001, "b" * 900, 1, 3)
    view.row.show(project)
    stage.turn(0.2)
    area = view.row.details.area
    assert area._bar.winfo_ismapped()
    area.canvas.yview_moveto(1.0)
    stage.turn(0.1)
    button = view.row.details.buttons["copy"]
    end = button.winfo_rooty() + button.winfo_height()
    assert end <= area.canvas.winfo_rooty() + area.canvas.winfo_height()
    shown = view.row.details.heading
    assert shown.winfo_reqwidth() <= shown.winfo_width()


def test_a_copied_row_holds_the_whole_number(stage: Stage, database: Path) -> None:
    view = open_on(stage, database, "data").view("data")
    settle(stage, view)
    view.row.details.buttons["copy"].invoke()
    ((phone,),) = rows(database, "SELECT phone FROM phones ORDER BY id DESC LIMIT 1")
    assert view.window.clipboard_get().split("\t")[0] == phone


def test_rejected_numbers_say_why(stage: Stage, database: Path) -> None:
    view = open_on(stage, database, "data").view("data")
    view.show_sheet("rejected")
    settle(stage, view)
    assert cells(view)[0][:2] == ("00001", "too short")


def test_what_a_run_brought_is_shown_at_its_end(stage: Stage) -> None:
    window = stage.open(DATAMASTER_DEMO=SMALL_DEMO)
    window.navigate("data")
    view = window.view("data")
    stage.until(lambda: view.built and view.empty.winfo_ismapped())
    window.runs.start()
    stage.finish_run()
    stage.until(lambda: cells(view))


def test_no_database_yet(stage: Stage, tmp_path: Path) -> None:
    window = open_on(stage, tmp_path / "none.db", "data")
    stage.until(lambda: window.view("data").empty.winfo_ismapped())

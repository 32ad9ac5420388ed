"""Data's 'Export…' hands over exactly what is shown: the filters, the search, the order."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gui.dialogs.export import ExportDialog
from tests.gui.conftest import Stage, open_on, rows
from tests.phones.reports.reading import read_csv

pytestmark = pytest.mark.gui


def exported(stage: Stage, window: Any, folder: Path) -> tuple[str, list[list[str]]]:
    """What was announced before, and the rows of the file."""
    view = window.view("data")
    view._export()
    dialog = window.dialog(ExportDialog)
    stage.until(lambda: dialog.opened and dialog.go.enabled)
    announced = dialog.form.view.text
    assert not dialog.form.report.enabled
    dialog.form.format._choose("csv")
    dialog.form.folder.put(str(folder))
    dialog.go.invoke()
    stage.until(lambda: dialog._result is not None)
    (file,) = dialog._result.files
    found = read_csv(file)[1:]
    file.unlink()
    dialog.close()
    return announced, found


def shown(stage: Stage, view: Any) -> list[str]:
    """The keys of all pages."""
    stage.until(lambda: not view._stale and view.table.tree.get_children())
    keys: list[str] = []
    while True:
        keys += view.table.tree.get_children()
        if not view.pager.forward.enabled:
            return keys
        before = view._page
        view.pager.forward.invoke()
        stage.until(lambda before=before: view._page != before and view._asked is not None)
        first = keys[-1]
        stage.until(lambda first=first: first not in view.table.tree.get_children())


def test_numbers_of_a_client_and_of_a_run(stage: Stage, database: Path, tmp_path: Path) -> None:
    window = open_on(stage, database, "data")
    view = window.view("data")
    (client,) = rows(
        database,
        "SELECT c.id, c.username FROM clients c JOIN projects p ON p.client_id = c.id"
        " GROUP BY c.id ORDER BY sum(p.phones) DESC LIMIT 1",
    )
    view.filters.filters = replace(view.filters.filters, client=client, run_id=2)
    view.filters._say()
    view._sorted("phone", True)
    keys = shown(stage, view)
    announced, found = exported(stage, window, tmp_path)
    numbers = dict(rows(database, "SELECT id, phone FROM phones"))
    assert [row[0] for row in found] == [numbers[int(key)] for key in keys]
    assert f"{len(found)} rows" in announced
    assert client[1] in announced
    assert "Choose otherwise" in window.dialog(ExportDialog).form.other.cget("text")


def test_a_search_and_the_other_tables(stage: Stage, database: Path, tmp_path: Path) -> None:
    window = open_on(stage, database, "data")
    view = window.view("data")
    ((phone,),) = rows(database, "SELECT phone FROM phones WHERE id = 700")
    view._searched(phone[-7:])
    keys = shown(stage, view)
    _announced, found = exported(stage, window, tmp_path)
    assert len(found) == len(keys)
    assert phone in [row[0] for row in found]

    view._searched("remont")
    for sheet, id_column in (("projects", 3), ("clients", 0)):
        view.show_sheet(sheet)
        view._sorted("links", True)
        keys = shown(stage, view)
        announced, found = exported(stage, window, tmp_path)
        assert [row[id_column] for row in found] == keys
        assert f"{len(keys)} rows" in announced
    view._searched("")
    view.show_sheet("rejected")
    keys = shown(stage, view)
    _announced, found = exported(stage, window, tmp_path)
    assert [f"{row[0]}/{row[1].lstrip(chr(39))}" for row in found] == keys


def test_otherwise_everything_can_be_chosen(stage: Stage, database: Path) -> None:
    window = open_on(stage, database, "data")
    window.view("data")._export()
    dialog = window.dialog(ExportDialog)
    stage.until(lambda: dialog.opened and dialog.go.enabled)
    assert dialog.form.since.cget("state") == "disabled"
    dialog.form.other.invoke()
    assert dialog.form.report.enabled
    assert dialog.form.since.cget("state") == "normal"
    assert not dialog.form.view.winfo_ismapped()
    dialog.close()
    window.export("summary")  # from the menu it is what the menu says
    assert not dialog.form.view.winfo_ismapped()


def test_a_period_that_ends_before_it_begins_is_told(stage: Stage, database: Path) -> None:
    window = open_on(stage, database, "data")
    window.export("phones")
    dialog = window.dialog(ExportDialog)
    dialog.form.since.put("21.11.2026")
    dialog.form.until.put("20.11.2026")
    dialog.go.invoke()
    stage.until(lambda: "ends before it begins" in dialog.state_text.text)


def test_a_set_for_chosen_clients_holds_theirs_alone(
    stage: Stage, database: Path, tmp_path: Path
) -> None:
    window = open_on(stage, database, "data")
    ((client, name),) = rows(database, "SELECT id, username FROM clients ORDER BY id LIMIT 1")
    window.export("all")
    dialog = window.dialog(ExportDialog)
    stage.until(lambda: dialog.form.runs)
    dialog.form.clients.put(str(client))
    dialog.form.format._choose("csv")
    dialog.form.folder.put(str(tmp_path))
    dialog.go.invoke()
    stage.until(lambda: dialog._result is not None)
    files = {file.stem: file for file in dialog._result.files}
    assert set(files) == {"aggregated", "clients", "phones", "new", "rejected", "errors", "base"}
    assert "Runs" in dialog.hint.text
    theirs = rows(
        database,
        "SELECT DISTINCT phone FROM phones h JOIN project_phones l ON l.phone_id = h.id"
        f" JOIN projects p ON p.id = l.project_id WHERE p.client_id = {client}",
    )
    assert sorted(rows(files["base"], "SELECT phone FROM phones")) == sorted(theirs)
    assert {row[5] for row in read_csv(files["aggregated"])[1:]} == {name}

"""Region and operator in the Data view and beside a run, in a real window."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.phones.after_run.results import Outcome, Result, store_results
from core.phones.registry.load import load_registry
from core.phones.registry.made_up import write_made_up
from gui.dialogs.pick import PickDialog
from tests.gui.conftest import Stage, open_on, rows
from tests.gui.test_data_view import cells, settle
from tests.gui.test_exported_as_shown import exported, shown

pytestmark = pytest.mark.gui

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
OF_REGION = """
SELECT count(*) FROM phones p JOIN number_ranges n ON p.phone BETWEEN n.first AND n.last
JOIN number_regions r ON r.id = n.region_id WHERE r.name = 'Краснодарский край'
"""


def test_numbers_are_narrowed_by_region_and_operator(
    stage: Stage, database: Path, tmp_path: Path
) -> None:
    load_registry(database, write_made_up(tmp_path), NOW)
    view = open_on(stage, database, "data").view("data")
    settle(stage, view)
    assert view.places.winfo_ismapped()
    view.places.region.invoke()
    dialog = stage.window.dialog(PickDialog)
    stage.until(lambda: not stage.window.background._newest)
    names = {dialog.table.values(key)[0]: key for key in dialog.table.tree.get_children()}
    assert "not allocated" in names
    dialog.table.choose(names["Краснодарский край"])
    dialog.ok.invoke()
    settle(stage, view)
    ((expected,),) = rows(database, OF_REGION)
    assert view.count.text == f"{expected} numbers"
    assert {row[-1].split(", ")[0] for row in cells(view)} == {"Краснодарский край"}
    assert "Краснодарский край" in view.filters.words(view.sheet)
    stage.until(lambda: view.row.phone is not None)
    sections = [text.text for _title, text in view.row.details._sections]
    assert any(text.startswith("Краснодарский край\n") for text in sections)

    view.filters.clear.invoke()
    settle(stage, view)
    assert view.count.text == "3,000 numbers"
    assert view.places.region.cget("text") == "Region: all"
    view.show_sheet("clients")
    stage.turn(0.05)
    assert not view.places.winfo_ismapped()


def test_without_a_registry_nothing_is_different(stage: Stage, database: Path) -> None:
    view = open_on(stage, database, "data").view("data")
    settle(stage, view)
    assert not view.places.winfo_ismapped()


def test_what_was_made_after_a_run_stands_with_it(stage: Stage, database: Path) -> None:
    store_results(database, 5, [Result(1, "clients", NOW, Outcome.DONE, 30)])
    view = open_on(stage, database, "runs").view("runs")
    stage.until(lambda: "After it: Clients: 30 rows" in view.details.sentence.text)


def test_regions_and_operators_are_drawn(stage: Stage, database: Path, tmp_path: Path) -> None:
    load_registry(database, write_made_up(tmp_path), NOW)
    view = open_on(stage, database, "dashboard").view("dashboard")
    stage.until(lambda: view._data is not None and view._places_row.winfo_ismapped())
    stage.until(lambda: view.charts["places"]._data is not None)
    best = view._data.places[0]
    assert view.charts["places"]._data.rows[0].value == best.phones
    assert len(view.charts["operators"]._data.rows) == 4


def test_numbers_are_exported_with_region_and_operator_as_they_are_shown(
    stage: Stage, database: Path, tmp_path: Path
) -> None:
    load_registry(database, write_made_up(tmp_path), NOW)
    window = open_on(stage, database, "data")
    view = window.view("data")
    stage.until(lambda: view.places.loaded)
    settle(stage, view)
    ((region, name),) = rows(
        database, "SELECT id, name FROM number_regions WHERE name LIKE 'Краснодар%'"
    )
    view._place_chosen((region, name), None)
    view.places.put(view.filters.filters)
    settle(stage, view)
    keys = shown(stage, view)
    announced, found = exported(stage, window, tmp_path / "out")
    numbers = dict(rows(database, "SELECT id, phone FROM phones"))
    assert [row[0] for row in found] == [numbers[int(key)] for key in keys]
    assert {row[1] for row in found} == {name}
    assert all(row[2] for row in found)
    assert name in announced

"""Checking a list in the real window, with a made database."""

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gui.views.check_job import Given
from tests.gui.conftest import Stage, open_on, rows

pytestmark = pytest.mark.gui


def settle(stage: Stage, view: Any) -> None:
    stage.until(lambda: view.settled and not view.window.background._newest)
    stage.turn(0.05)


def cells(view: Any) -> list[tuple[str, ...]]:
    return [tuple(view.table.values(key)) for key in view.table.tree.get_children()]


def brought(stage: Stage, database: Path, given: Given) -> Any:
    view = open_on(stage, database, "check").view("check")
    view.bring(given)
    settle(stage, view)
    return view


@pytest.fixture
def book(database: Path, tmp_path: Path) -> Path:
    """150 known numbers, one of them again, a new one, and something else; a column of ids."""
    known = [phone for (phone,) in rows(database, "SELECT phone FROM phones ORDER BY id LIMIT 150")]
    path = tmp_path / "список.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.append(["ИНН", "Телефон", "Запасной"])
    for n, phone in enumerate([*known, known[0], "+7 907 999 99 99", "нет"]):
        workbook.active.append([7_700_000_000 + n, phone, "+79079999998"])
    workbook.save(path)
    return path


def test_a_file_is_checked_filtered_and_saved(
    stage: Stage, database: Path, book: Path, tmp_path: Path
) -> None:
    view = brought(stage, database, Given(book.name, path=book))
    assert view.column.cget("text") == "Телефон"
    assert view.name.text == "список.xlsx"
    texts = {key: button.cget("text") for key, button in view.filter.buttons.items()}
    assert texts["known"] == "Known 151"
    assert texts["new"] == "New 1"
    assert texts["no_number"] == "No numbers 1"
    assert texts["repeated"] == "Repeated 1"
    assert len(cells(view)) == 100
    ((project, count),) = rows(
        database,
        "SELECT p.name, h.projects FROM phones h JOIN projects p ON p.id = h.first_project_id"
        " WHERE h.id = 1",
    )
    first = cells(view)[0]
    assert first[2] == "known"
    assert project in first[5]
    assert len(first[5].split("; ")) == count

    view.pager.forward.invoke()
    settle(stage, view)
    assert view.pager.label.text == "101–153"
    assert cells(view)[50][2] == "known, as in row 2"

    view.filter._choose("no_number")
    settle(stage, view)
    assert [row[:3] for row in cells(view)] == [("154", "нет", "no number")]

    target = tmp_path / "answer.csv"
    view.write(target)
    assert not view.filter.buttons["all"].enabled
    settle(stage, view)
    assert view.filter.buttons["all"].enabled
    assert "1 row" in view.line.state.text
    with target.open(encoding="utf-8-sig", newline="") as file:
        heading, row = csv.reader(file)
    assert heading[:4] == ["ИНН", "Телефон", "Запасной", "Answer"]
    assert row[1:4] == ["нет", "+79079999998", "no number"]


def test_another_column_is_checked_when_it_is_chosen(
    stage: Stage, database: Path, book: Path
) -> None:
    view = brought(stage, database, Given(book.name, path=book))
    view.column._choose("2")
    settle(stage, view)
    assert view.filter.buttons["new"].cget("text") == "New 153"
    assert view.filter.buttons["repeated"].cget("text") == "Repeated 152"


def test_pasted_numbers(stage: Stage, database: Path) -> None:
    view = open_on(stage, database, "check").view("check")
    ((known,),) = rows(database, "SELECT phone FROM phones LIMIT 1")
    view.bringing.text.insert("1.0", f"8{known[2:]}, 12\n")
    view.bringing.check.invoke()
    settle(stage, view)
    assert [row[2] for row in cells(view)] == ["known", "no number: too short"]
    view.again.invoke()
    settle(stage, view)
    assert view.bringing.winfo_ismapped()
    assert not view.save.enabled
    assert not view.card.winfo_ismapped()


def test_what_cannot_be_read_is_said_and_another_list_can_be_brought(
    stage: Stage, database: Path, tmp_path: Path
) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "names.csv").write_text("a;b\nx;y\n", encoding="utf-8")
    view = brought(stage, database, Given("x.pdf", path=tmp_path / "x.pdf"))
    assert "not a list" in view.line.state.text
    assert view.bringing.winfo_ismapped()
    view.bring(Given("names.csv", path=tmp_path / "names.csv"))
    settle(stage, view)
    assert "No column" in view.line.state.text
    view.column._choose("1")  # told to take it nevertheless: there is no number in it
    settle(stage, view)
    assert view.filter.buttons["no_number"].cget("text").startswith("No numbers")


def test_a_list_before_the_first_run_is_told_what_is_missing(stage: Stage, tmp_path: Path) -> None:
    view = stage.open().view("check")
    stage.window.navigate("check")
    view.bring(Given("pasted", text="+79079999999"))
    settle(stage, view)
    assert "There is no database" in view.line.state.text


def test_closing_in_the_middle_of_a_check(stage: Stage, database: Path, tmp_path: Path) -> None:
    """Nothing outlives the window: `stage` looks for threads."""
    path = tmp_path / "long.txt"
    path.write_text("\n".join(f"+7907{n:07d}" for n in range(300_000)), encoding="utf-8")
    view = open_on(stage, database, "check").view("check")
    view.bring(Given("long.txt", path=path))
    stage.turn(0.2)
    stage.closed()


def test_it_is_a_view_of_the_side_bar_with_its_key(stage: Stage, database: Path) -> None:
    window = open_on(stage, database, "data")
    window.side_bar.items["check"].invoke()
    assert window.view_key == "check"

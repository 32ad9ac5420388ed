"""Growth, Data and the export dialog on the real window, with a made database."""

import errno
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.make_database import make_database
from benchmarks.synthetic_data import Size
from core.events import Mode, Progress, RunStarted, RunState, Totals
from tests.gui.conftest import Stage, rows
from tests.reports.reading import read_csv

pytestmark = pytest.mark.gui

FIRST_PICTURE = 90.0
SIZE = Size(phones=3000, links=6000, clients=30, projects=60, runs=5)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "made.db"
    make_database(path, SIZE)
    return path


@pytest.fixture
def database(made: Path, tmp_path: Path) -> Path:
    """A copy of its own: some tests change it."""
    return Path(shutil.copy(made, tmp_path))


def open_on(stage: Stage, database: Path, view: str) -> Any:
    window = stage.open(
        demo=False, DATABASE_PATH=str(database), DATAMASTER_API_TOKEN="made-up-token-of-tests"
    )
    window.navigate(view)
    return window


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


def test_no_database_yet(stage: Stage, tmp_path: Path) -> None:
    window = open_on(stage, tmp_path / "none.db", "data")
    stage.until(lambda: window.view("data").empty.winfo_ismapped())
    window.navigate("dashboard")
    stage.until(lambda: window.view("dashboard").empty.winfo_ismapped())


def test_growth_shows_totals_charts_and_a_run_beside_the_one_before(
    stage: Stage, database: Path
) -> None:
    view = open_on(stage, database, "dashboard").view("dashboard")
    shown = ("total", "new", "top", "records", "work", "days")
    # The first picture of a process lets matplotlib look for fonts, which takes seconds.
    stage.until(lambda: all(view.charts[key].drawn for key in shown), FIRST_PICTURE)
    assert view.tiles.tiles["phones"].number.text == "3,000"
    ((new,),) = rows(database, "SELECT new_phones FROM runs WHERE id = 5")
    assert view.tiles.tiles["new"].number.text == f"{new}"
    assert view.against.title.text == "Run № 5 beside № 4"

    chart = view.charts["new"]
    picture = chart._picture
    at = picture.places[1]
    assert chart.place_at(at, 50) == 1
    assert chart.hover_text(1).startswith("Run № 2")
    chart.canvas.event_generate("<Motion>", x=int(at), y=50)
    stage.until(lambda: chart.canvas.find_withtag("values"))
    chart.canvas.event_generate("<Button-1>", x=int(at), y=50)
    stage.until(lambda: view.against.title.text == "Run № 2 beside № 1")
    assert view.run_choice.value == "2"


def test_charts_follow_theme_and_are_saved(stage: Stage, database: Path, tmp_path: Path) -> None:
    window = open_on(stage, database, "dashboard")
    chart = window.view("dashboard").charts["total"]
    stage.until(lambda: chart.drawn, FIRST_PICTURE)
    assert chart._picture.rgba[:3] == b"\xff\xff\xff"
    window.theme.set("dark")
    stage.until(lambda: chart.drawn)
    assert chart._picture.rgba[:3] == bytes.fromhex("1B232B")
    file = tmp_path / "рост.png"
    chart.save(file)
    stage.until(file.exists)


def test_a_run_has_a_live_chart(stage: Stage) -> None:
    window = stage.open(RATE_LIMIT_DELAY="0.6")
    window.navigate("dashboard")
    view = window.view("dashboard")
    window.runs.start()
    stage.until(
        lambda: view._live_row.winfo_ismapped() and view.charts["live"].drawn, FIRST_PICTURE
    )
    window.runs.stop()
    stage.finish_run()
    stage.until(lambda: not view._live_row.winfo_ismapped())
    stage.until(lambda: view.charts["total"].drawn)


def test_charts_that_nobody_sees_are_not_drawn(
    stage: Stage, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gui.charts.drawing import Drawing

    drawn: list[object] = []
    draw = Drawing.draw

    def counted(self: Drawing, data: Any, look: Any) -> Any:
        drawn.append(data)
        return draw(self, data, look)

    monkeypatch.setattr(Drawing, "draw", counted)
    window = open_on(stage, database, "dashboard")
    charts = window.view("dashboard").charts
    settled = ("total", "new", "top", "records", "work", "days")
    stage.until(lambda: all(charts[key].drawn for key in settled), FIRST_PICTURE)
    window.navigate("collect")
    drawn.clear()
    window.theme.set("dark")
    window.pump.put(RunStarted(6, Mode.FULL, False, datetime.now(UTC), "phones.db"))
    for number in range(1, 5):
        window.pump.put(
            Progress(6, Totals(received=number), 1, 1, True, 9, 0.1, 1.0, 0.5, float(number), None)
        )
    stage.turn(0.5)
    window.run.state = RunState.IDLE
    assert not drawn
    window.navigate("dashboard")
    stage.until(lambda: all(charts[key].drawn for key in settled))
    assert drawn


# --- export ---


def dialog_of(window: Any) -> Any:
    from gui.dialogs.export import ExportDialog

    return window.dialog(ExportDialog)


def test_an_export_from_the_dialog(stage: Stage, database: Path, tmp_path: Path) -> None:
    window = open_on(stage, database, "data")
    window.export("new", 2)
    dialog = dialog_of(window)
    stage.until(lambda: dialog.form.runs)
    dialog.form.format._choose("csv")
    dialog.form.folder.put(str(tmp_path / "выгрузка"))
    dialog.go.invoke()
    stage.until(lambda: dialog._result is not None)
    (file,) = dialog._result.files
    assert file.parent == tmp_path / "выгрузка"
    ((new,),) = rows(database, "SELECT new_phones FROM runs WHERE id = 2")
    assert len(read_csv(file)) == new + 1 == dialog._result.rows + 1
    assert dialog.show_folder.winfo_ismapped()
    assert dialog.state_text.text == f"Done: {new} rows in 1 file."
    stage.closed()

    window = open_on(stage, database, "data")
    window.export()
    dialog = dialog_of(window)
    choice = dialog.form.choice
    assert (choice.report, choice.format, choice.folder) == (
        "new",
        "csv",
        str(tmp_path / "выгрузка"),
    )


def test_only_what_narrows_a_report_can_be_chosen(stage: Stage, database: Path) -> None:
    window = open_on(stage, database, "data")
    window.export("summary")
    dialog = dialog_of(window)
    assert not dialog.form.run.enabled
    assert dialog.form.clients.cget("state") == "disabled"
    assert dialog.form.since.cget("state") == "normal"
    window.export("aggregated")
    assert dialog.form.run.enabled
    assert dialog.form.clients.cget("state") == "normal"
    assert dialog.form.since.cget("state") == "disabled"


@pytest.mark.parametrize(
    ("field", "text", "complaint"),
    [("since", "32.01.2026", "is no date"), ("clients", "nobody", "no client “nobody”")],
)
def test_a_wrong_choice_is_a_sentence(
    stage: Stage, database: Path, field: str, text: str, complaint: str
) -> None:
    window = open_on(stage, database, "data")
    window.export("phones")
    dialog = dialog_of(window)
    getattr(dialog.form, field).put(text)
    dialog.go.invoke()
    stage.until(lambda: complaint in dialog.state_text.text)
    assert dialog.go.enabled
    assert dialog.opened


def test_cancel_in_the_middle(
    stage: Stage, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.storage.queries import report_rows

    monkeypatch.setattr(report_rows, "PHONES_A_BATCH", 50)
    reached, go_on = threading.Event(), threading.Event()
    window_of = report_rows._windows

    def held(ranges: list[tuple[int, int]]) -> Any:
        for number, each in enumerate(window_of(ranges)):
            if number == 5:
                reached.set()
                assert go_on.wait(20)
            yield each

    monkeypatch.setattr(report_rows, "_windows", held)
    window = open_on(stage, database, "data")
    window.export("phones")
    dialog = dialog_of(window)
    dialog.form.folder.put(str(tmp_path / "out"))
    dialog.go.invoke()
    stage.until(reached.is_set)
    dialog.close_button.invoke()
    go_on.set()
    stage.until(lambda: "Cancelled" in dialog.state_text.text)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_refuses_is_a_sentence(
    stage: Stage, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.reports import workshop

    def refused(**_options: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(workshop.tempfile, "mkdtemp", refused)
    window = open_on(stage, database, "data")
    window.export("summary")
    dialog = dialog_of(window)
    dialog.go.invoke()
    stage.until(lambda: "may not write" in dialog.state_text.text)
    assert "another folder" in dialog.hint.text


def test_closing_the_window_cancels_an_export(stage: Stage, database: Path, tmp_path: Path) -> None:
    window = open_on(stage, database, "data")
    window.export("phones")
    dialog = dialog_of(window)
    dialog.form.folder.put(str(tmp_path / "out"))
    dialog.go.invoke()
    stage.closed()
    assert not list(tmp_path.rglob(".export-*"))

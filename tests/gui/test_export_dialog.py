"""The export dialog on the real window, with a made database."""

import errno
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.gui.conftest import Stage, open_on, rows
from tests.phones.reports.reading import read_csv

pytestmark = pytest.mark.gui


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
    from core.phones.storage.queries import report_rows

    monkeypatch.setattr(report_rows, "PHONES_A_BATCH", 50)
    reached, go_on = threading.Event(), threading.Event()
    window_of = report_rows.windows

    def held(ranges: list[tuple[int, int]]) -> Any:
        for number, each in enumerate(window_of(ranges)):
            if number == 5:
                reached.set()
                assert go_on.wait(20)
            yield each

    monkeypatch.setattr(report_rows, "windows", held)
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
    from core.tables import workshop

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

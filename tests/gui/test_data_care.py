"""Erasing a number, trying rejected ones again, the problem report: from the window."""

import zipfile
from pathlib import Path
from tkinter import filedialog

import pytest

from core.phones.storage.backup import list_backups
from gui.dialogs.backups import BackupsDialog
from gui.dialogs.forget import ForgetDialog
from gui.dialogs.tasks import ReportDialog, RevalidateDialog
from tests.gui.conftest import SMALL_DEMO, Stage, rows


@pytest.fixture
def database(stage: Stage, collected_home: Path) -> Path:
    """Filled by a demo run; a window on it is open."""
    stage.fill(collected_home)
    window = stage.open(DATAMASTER_DEMO=SMALL_DEMO)
    path: Path = window.program.settings.database_path
    assert path.exists()
    return path


def test_a_number_is_erased_after_asking_and_stays_out(stage: Stage, database: Path) -> None:
    window = stage.window
    window.safekeeping.back_up()
    backups = window.dialog(BackupsDialog)
    stage.until(lambda: not backups.busy)
    backups.cancel()
    ((phone,),) = rows(database, "SELECT phone FROM phones ORDER BY id LIMIT 1")
    window.safekeeping.erase()
    dialog = window.dialog(ForgetDialog)
    assert dialog.go.cget("state") == "disabled"
    dialog.field.insert(0, phone)
    dialog.fit()
    dialog.backups.select()
    dialog.go.invoke()
    assert phone not in dialog.state_text.text
    assert phone[-4:] in dialog.state_text.text
    assert rows(database, f"SELECT count(*) FROM phones WHERE phone = '{phone}'") == [(1,)]
    dialog.go.invoke()
    stage.until(lambda: not dialog.busy)
    assert dialog.state_text.text.startswith("Erased: ")
    for file in (database, list_backups(database)[0].path):
        assert rows(file, f"SELECT count(*) FROM phones WHERE phone = '{phone}'") == [(0,)]
    dialog.cancel()
    window.runs.start()
    stage.finish_run()
    assert rows(database, f"SELECT count(*) FROM phones WHERE phone = '{phone}'") == [(0,)]


def test_the_number_chosen_in_the_data_view_is_asked_about(stage: Stage, database: Path) -> None:
    window = stage.window
    window.navigate("data")
    view = window.view("data")
    stage.until(lambda: view.table.tree.get_children())
    before = rows(database, "SELECT count(*) FROM phones")
    chosen = view.table.tree.get_children()[0]
    view.table.choose(chosen)
    stage.until(lambda: view.row.phone is not None)
    view.row.details.buttons["erase"].invoke()
    dialog = window.dialog(ForgetDialog)
    assert dialog.opened
    assert dialog.state_text.text.startswith("Erase ")
    assert rows(database, "SELECT count(*) FROM phones") == before
    dialog.go.invoke()
    stage.until(lambda: not dialog.busy)
    assert rows(database, "SELECT count(*) FROM phones") == [(before[0][0] - 1,)]
    stage.until(lambda: not view.table.tree.exists(chosen))
    dialog.cancel()


def test_another_number_is_asked_about_anew(stage: Stage, database: Path) -> None:
    before = rows(database, "SELECT count(*) FROM phones")
    first, second = rows(database, "SELECT phone FROM phones LIMIT 2")
    stage.window.safekeeping.erase()
    dialog = stage.window.dialog(ForgetDialog)
    for (phone,) in (first, second):
        dialog.field.put(phone)
        dialog.erase()
        assert not dialog.busy
    assert rows(database, "SELECT count(*) FROM phones") == before


def test_erasing_waits_for_the_end_of_a_run(stage: Stage, database: Path) -> None:
    stage.closed()
    window = stage.open(RATE_LIMIT_DELAY="0.2")
    window.runs.start()
    stage.until(lambda: window.run.progress is not None)
    window.safekeeping.erase()
    dialog = window.dialog(ForgetDialog)
    dialog.field.put("+79070000001")
    dialog.erase()
    dialog.erase()
    stage.until(lambda: not dialog.busy)
    assert dialog.state_text.text
    assert not dialog.state_text.text.startswith("Erased")
    assert rows(database, "SELECT count(*) FROM forgotten_phones") == [(0,)]
    dialog.cancel()
    window.runs.stop()
    stage.finish_run()


def test_rejected_numbers_that_are_possible_now_are_kept(stage: Stage, database: Path) -> None:
    ((rejected,),) = rows(database, "SELECT count(*) FROM rejected_phones")
    assert rejected
    stage.closed()
    window = stage.open(PHONE_ACCEPT="possible")
    window.safekeeping.revalidate()
    dialog = window.dialog(RevalidateDialog)
    dialog.go.invoke()
    stage.until(lambda: not dialog.busy)
    assert dialog.state_text.text.startswith(f"Tried again: {rejected}. ")
    assert rows(database, "SELECT count(*) FROM rejected_phones") < [(rejected,)]


def test_the_problem_report_gives_no_number_away(
    stage: Stage, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report.zip"
    monkeypatch.setattr(filedialog, "asksaveasfilename", lambda **_options: str(target))
    stage.window.safekeeping.report()
    dialog = stage.window.dialog(ReportDialog)
    dialog.go.invoke()
    stage.until(lambda: not dialog.busy)
    assert dialog.state_text.text == "The report is written."
    with zipfile.ZipFile(target) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "check: ok" in texts["database.txt"]
    whole = "".join(texts.values())
    assert not [phone for (phone,) in rows(database, "SELECT phone FROM phones") if phone in whole]


def test_a_report_that_cannot_be_written_is_said(
    stage: Stage, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    target = tmp_path / "file" / "report.zip"
    monkeypatch.setattr(filedialog, "asksaveasfilename", lambda **_options: str(target))
    stage.window.safekeeping.report()
    dialog = stage.window.dialog(ReportDialog)
    dialog.go.invoke()
    stage.until(lambda: not dialog.busy)
    assert str(target) in dialog.state_text.text
    assert database.exists()

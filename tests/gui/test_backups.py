"""A damaged database, backups and restoring, in a real window."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.phones.storage.backup import list_backups, make_backup
from gui.dialogs.backups import BackupsDialog
from gui.dialogs.recovery import RecoveryDialog
from tests.gui.conftest import SMALL_DEMO, Stage, rows

PHONES = "SELECT count(*) FROM phones"


@pytest.fixture
def collected(stage: Stage, collected_home: Path) -> Path:
    """A database that one demo run filled; no window is open."""
    stage.fill(collected_home)
    stage.environ["DATAMASTER_DEMO"] = SMALL_DEMO
    return stage.home / "demo" / "data" / "phones.db"


def cut(database: Path, share: float = 0.5) -> None:
    """What an interrupted copy or synchronisation leaves."""
    with database.open("rb+") as file:
        file.truncate(int(database.stat().st_size * share))


def opened(stage: Stage, kind: type[Any], **environ: str) -> Any:
    window = stage.open(**environ)
    stage.until(lambda: any(isinstance(each, kind) for each in window.opened_dialogs()))
    dialog = window.dialog(kind)
    stage.until(lambda: not dialog.busy)
    return dialog


def aside(database: Path) -> list[Path]:
    found = database.parent.glob(database.name + ".replaced-*")
    return [path for path in found if not path.name.endswith("-wal")]


def test_a_damaged_database_is_told_and_its_good_backup_restored(
    stage: Stage, collected: Path
) -> None:
    before = rows(collected, PHONES)
    make_backup(collected, 7, datetime.now(UTC))
    cut(collected)
    dialog = opened(stage, RecoveryDialog)
    assert dialog.restore_button.cget("state") == "normal"
    dialog.restore_button.invoke()
    stage.until(lambda: not dialog.busy)
    assert dialog.state_text.text == "The backup is restored."
    assert rows(collected, PHONES) == before
    (kept,) = aside(collected)
    assert str(kept) in dialog.hint.text
    dialog.cancel()
    stage.window.runs.look()
    stage.until(lambda: stage.window.runs.clients_known == 3)
    assert not stage.window.opened_dialogs()


def test_a_bad_backup_is_not_offered(stage: Stage, collected: Path) -> None:
    cut(make_backup(collected, 7, datetime.now(UTC)).path)
    cut(collected)
    dialog = opened(stage, RecoveryDialog)
    assert dialog.restore_button.cget("state") == "disabled"
    assert dialog.about_backup.text == "There is no good backup."
    assert dialog.save_button.cget("state") == "normal"


def test_what_can_be_read_is_saved_and_the_next_run_goes_on_with_it(
    stage: Stage, collected: Path
) -> None:
    cut(collected, 0.8)
    dialog = opened(stage, RecoveryDialog)
    dialog.save_button.invoke()
    stage.until(lambda: not dialog.busy)
    assert dialog.state_text.text.startswith("Saved: ")
    assert rows(collected, "PRAGMA integrity_check") == [("ok",)]
    assert len(aside(collected)) == 1
    dialog.cancel()
    stage.window.runs.start()
    assert stage.finish_run().status == "completed"


def test_begin_anew_keeps_the_damaged_file(stage: Stage, collected: Path) -> None:
    cut(collected)
    damaged = collected.read_bytes()
    dialog = opened(stage, RecoveryDialog)
    dialog.anew_button.invoke()
    assert "is renamed" in dialog.hint.text
    assert not dialog.busy
    dialog.anew_button.invoke()
    stage.until(lambda: not dialog.busy)
    assert rows(collected, "SELECT count(*) FROM runs") == [(0,)]  # a new one, and empty
    assert [kept.read_bytes() for kept in aside(collected)] == [damaged]


def test_later_leaves_the_file_alone_and_a_banner(stage: Stage, collected: Path) -> None:
    cut(collected)
    damaged = collected.read_bytes()
    dialog = opened(stage, RecoveryDialog)
    dialog.later_button.invoke()
    stage.turn(0.1)
    assert not dialog.opened
    assert collected.read_bytes() == damaged
    banner = stage.window.view("collect").banner
    assert banner.visible
    banner.buttons[0].invoke()
    stage.until(lambda: dialog.opened)


def test_back_up_now_then_restore_undoes_a_run(stage: Stage, collected: Path) -> None:
    before = rows(collected, PHONES)
    window = stage.open()
    window.safekeeping.back_up()
    dialog = window.dialog(BackupsDialog)
    stage.until(lambda: not dialog.busy and dialog.table.tree.get_children())
    assert dialog.state_text.text == "Backed up and checked."
    dialog.cancel()
    window.runs.start()
    stage.finish_run()
    after = rows(collected, PHONES)
    assert after > before
    window.safekeeping.show_backups()
    stage.until(lambda: dialog.table.tree.get_children())
    dialog.table.choose(list_backups(collected)[0].path.name)
    stage.until(lambda: dialog.restore_button.cget("state") == "normal")
    dialog.restore_button.invoke()
    assert rows(collected, PHONES) == after, "asks first"
    dialog.restore_button.invoke()
    stage.until(lambda: not dialog.busy)
    assert rows(collected, PHONES) == before
    assert len(aside(collected)) == 1
    assert window.run.finished is None, "that run is not in this database"


def test_esc_takes_the_question_back(stage: Stage, collected: Path) -> None:
    make_backup(collected, 7, datetime.now(UTC))
    window = stage.open()
    window.safekeeping.show_backups()
    dialog = window.dialog(BackupsDialog)
    stage.until(lambda: dialog.table.tree.get_children())
    dialog.table.choose(list_backups(collected)[0].path.name)
    stage.turn(0.05)
    dialog.restore()
    assert dialog.state_text.text.startswith("Replace the database")
    dialog.cancel()
    assert dialog.opened
    assert dialog.state_text.text == ""
    assert not aside(collected)
    dialog.cancel()
    assert not dialog.opened


def test_what_is_no_backup_is_told_with_what_to_do_about_it(
    stage: Stage, collected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not the database that is to be moved or chosen anew in DATABASE_PATH."""
    bad = tmp_path / "letter.db"
    bad.write_text("no database at all " * 300)
    window = stage.open()
    window.safekeeping.show_backups()
    dialog = window.dialog(BackupsDialog)
    monkeypatch.setattr("gui.dialogs.backups.filedialog.askopenfilename", lambda **_: str(bad))
    dialog.file_button.invoke()
    dialog.restore_button.invoke()
    stage.until(lambda: not dialog.busy)
    assert dialog.state_text.text == f"{bad} is not a database. It was left as it is."
    assert dialog.hint.text == "Choose another backup."


def test_nothing_is_restored_during_a_run(stage: Stage, collected: Path) -> None:
    make_backup(collected, 7, datetime.now(UTC))
    window = stage.open(RATE_LIMIT_DELAY="0.2")
    window.runs.start()
    stage.until(lambda: window.run.progress is not None)
    window.safekeeping.show_backups()
    dialog = window.dialog(BackupsDialog)
    stage.until(lambda: dialog.table.tree.get_children())
    dialog.table.choose(list_backups(collected)[0].path.name)
    stage.turn(0.05)
    assert dialog.restore_button.cget("state") == "disabled"
    assert dialog.file_button.cget("state") == "disabled"
    window.runs.stop()
    stage.finish_run()
    stage.until(lambda: dialog.restore_button.cget("state") == "normal")

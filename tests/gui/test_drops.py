"""A file dropped onto the real window from another process, as file managers on X11 do it."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from gui.dialogs.take_in import TakeInDialog
from gui.widgets.basics import Label
from tests.dragging import drag
from tests.gui.conftest import Stage, open_on, rows

pytestmark = [
    pytest.mark.gui,
    pytest.mark.skipif(sys.platform != "linux", reason="speaks X11's own language"),
]


def drop(stage: Stage, *files: Path) -> str:
    """Onto the middle of the window; what the file manager hears."""
    window = stage.window
    x = window.winfo_rootx() + window.winfo_width() // 2
    y = window.winfo_rooty() + window.winfo_height() // 2
    with drag(os.environ["DISPLAY"], x, y, files) as source:
        stage.until(lambda: source.poll() is not None)
        assert source.stdout is not None
        return source.stdout.read().strip()


def answered(stage: Stage, name: str) -> Any:
    view = stage.window.view("check")
    stage.until(lambda: view.built and view.settled and view.name.text == name)
    stage.until(lambda: not stage.window.background._newest)
    return view


@pytest.fixture
def lists(database: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Names that a file manager has to quote: letters, spaces, brackets."""
    ((known,),) = rows(database, "SELECT phone FROM phones LIMIT 1")
    first, second = tmp_path / "мой {список} №1.csv", tmp_path / "50%.txt"
    first.write_text(f"{known}\n+79079999999\n", encoding="utf-8")
    second.write_text("+79079999998\n", encoding="utf-8")
    return first, second


def test_a_dropped_file_is_checked_whatever_was_shown(
    stage: Stage, database: Path, lists: tuple[Path, Path]
) -> None:
    window = open_on(stage, database, "runs")
    assert window.takes_files
    assert drop(stage, lists[0]) == "dropped"
    view = answered(stage, lists[0].name)
    assert window.view_key == "check"
    assert view.answered.counts.known == 1
    assert view.answered.counts.new == 1

    told: list[str] = []
    window.toast = lambda _kind, sentence: told.append(sentence)
    assert drop(stage, lists[1], lists[0]) == "dropped"
    view = answered(stage, lists[1].name)
    assert view.answered.counts.rows == 1
    assert told == ["One list at a time: 50%.txt is checked."]


def test_nothing_is_checked_behind_a_dialog(
    stage: Stage, database: Path, lists: tuple[Path, Path]
) -> None:
    window = open_on(stage, database, "runs")
    dialog = window.dialog(TakeInDialog)
    dialog.ask()
    stage.turn(0.1)
    window._dropped([lists[0]])
    stage.turn(0.1)
    assert window.view_key == "runs"
    dialog.cancel()


def test_the_window_is_as_good_without_drops(
    stage: Stage, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tkinterdnd2", None)  # as where it is not installed
    window = open_on(stage, database, "check")
    assert not window.takes_files
    card = window.view("check").bringing
    texts = [part.text for part in card.winfo_children() if isinstance(part, Label)]
    assert "Or paste numbers here, one a line or with commas:" in texts

"""No word is cut on a laptop's screen: 1366x768, and the smallest window at 150 %."""

from typing import Any

import pytest

from tests.gui.conftest import Stage

pytestmark = pytest.mark.gui


def cut(label: Any) -> bool:
    """Whether the label has less room than its text asks for."""
    return bool(label.winfo_reqwidth() > label.winfo_width())


@pytest.mark.parametrize("width", [911, 1024, 1366])
def test_tiles_show_their_words(stage: Stage, width: int) -> None:
    window = stage.open(LANGUAGE="ru")
    window.minsize(800, 500)
    window.geometry(f"{width}x700")
    stage.until(lambda: window.winfo_width() == width)
    for key in ("collect", "dashboard"):
        window.navigate(key)
        view = window.view(key)
        tiles = view.numbers if key == "collect" else view.tiles
        if key == "dashboard":
            for tile in tiles.tiles.values():
                tile.remark.say("+0,3 %, запуск № 200")
        stage.turn(0.3)
        tiles._fit()
        words = [tile.title for tile in tiles.tiles.values()]
        words += [tile.remark for tile in tiles.tiles.values() if tile.remark is not None]
        for label in words:
            stage.until(lambda label=label: not cut(label))


def test_the_pill_is_left_out_rather_than_cut(stage: Stage) -> None:
    window = stage.open(LANGUAGE="ru")
    window.minsize(700, 500)
    collect = window.view("collect")
    window.geometry("760x700")
    stage.until(lambda: window.winfo_width() == 760)
    stage.turn(0.2)
    assert not collect._has_room("Запуск № 12: завершён, но не до конца")
    window.geometry("1300x700")
    stage.until(lambda: window.winfo_width() == 1300)
    stage.turn(0.2)
    assert collect._has_room("Запуск № 12: завершён")

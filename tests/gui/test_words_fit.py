"""No word is cut on a laptop's screen: 1366x768, and the smallest window at 150 %."""

from typing import Any

import pytest

from gui.side_bar import MARGIN
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


def test_the_log_is_reached_in_a_low_window(stage: Stage) -> None:
    """412 is what a screen of 1366x768 at 150 % leaves."""
    window = stage.open(LANGUAGE="ru")
    window.minsize(800, 300)
    collect = window.view("collect")
    area, console = collect.area, collect.console

    def seen() -> bool:
        top = console.winfo_rooty() - area.winfo_rooty()
        return bool(top >= 0 and top + console.winfo_height() <= area.winfo_height())

    window.geometry("1024x700")
    stage.until(lambda: window.winfo_height() == 700 and seen())
    assert area.canvas.yview() == (0.0, 1.0)  # all of it is there, nothing scrolls
    assert not area._bar.winfo_ismapped()

    window.geometry("911x412")
    stage.until(lambda: window.winfo_height() == 412 and area._bar.winfo_ismapped())
    assert not seen()
    # Over the log, which has nothing to scroll itself, the wheel turns the page, too.
    for _turn in range(20):
        collect.numbers.event_generate("<Button-5>")
    stage.until(seen)
    assert console.winfo_height() >= 90
    for _turn in range(20):
        console.text.event_generate("<Button-4>")
    stage.until(lambda: area.canvas.yview()[0] == 0.0)
    collect.find()
    stage.until(lambda: collect.search.winfo_rooty() < area.winfo_rooty() + area.winfo_height())

    collect.banner.show("warning", "Сервер недоступен", "Программа ждёт и попробует снова.")
    stage.until(lambda: collect.banner.winfo_ismapped())
    area.canvas.yview_moveto(1.0)
    stage.until(seen)
    assert collect.controls.buttons["stop"].winfo_viewable()


def test_how_far_the_run_is_fits_the_side_bar(stage: Stage) -> None:
    side_bar = stage.open().side_bar
    for words in ("39%, less than a minute left", "39 %, осталось меньше минуты"):
        side_bar.show_run(words)
        side_bar.update_idletasks()
        # Bold letters are drawn some pixels wider than Tk measures them.
        assert 1 < side_bar.progress.winfo_reqwidth() <= side_bar.winfo_width() - 2 * MARGIN - 6

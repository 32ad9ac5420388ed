"""The window comes back as it was left, on whatever screen there is."""

import json
import sys
import tkinter as tk
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PIL import ImageColor, ImageGrab

from devtools.screen import virtual_screen
from gui import style, window_state
from tests.gui.conftest import Stage

pytestmark = pytest.mark.gui


@pytest.fixture(scope="session")
def screens() -> Iterator[ExitStack]:
    """Holds screens until the end: Tk ends the process where one goes away that it knew."""
    with ExitStack() as stack:
        yield stack


class TestWindowState:
    def test_size_and_place_come_back(self, stage: Stage) -> None:
        window = stage.open()
        tk.Wm.wm_geometry(window, "1100x720+60+40")
        stage.until(lambda: window.winfo_width() == 1100)
        stage.closed()
        window = stage.open()
        stage.until(lambda: (window.winfo_width(), window.winfo_height()) == (1100, 720))
        assert tk.Wm.wm_geometry(window) == "1100x720+60+40"

    @pytest.mark.skipif(sys.platform != "linux", reason="needs a screen of this size")
    @pytest.mark.parametrize(("screen", "dpi"), [("1366x768", 96), ("1920x1080", 144)])
    def test_a_low_screen_shows_all_of_it(
        self,
        stage: Stage,
        screens: ExitStack,
        monkeypatch: pytest.MonkeyPatch,
        screen: str,
        dpi: int,
    ) -> None:
        """Title bar, menu and a task bar find their place beside the content."""
        display = screens.enter_context(virtual_screen(f"{screen}x24", dpi))
        monkeypatch.setenv("DISPLAY", display)
        window = stage.open()
        scale = dpi / 96
        end = window.winfo_rooty() + window.winfo_height() + 30 * scale  # the title bar's
        assert end <= window.winfo_screenheight() - 40 * scale
        window.open_guide()
        (dialog,) = window.opened_dialogs()
        stage.until(dialog.winfo_viewable)
        stage.turn(0.1)
        end = dialog.winfo_rooty() + dialog.winfo_height() + 30 * scale
        assert end <= window.winfo_screenheight() - 40 * scale

    @pytest.mark.skipif(sys.platform != "linux", reason="needs a screen of this scaling")
    @pytest.mark.parametrize("percent", [100, 200])
    def test_lines_and_columns_stand_at_any_scaling(
        self, stage: Stage, screens: ExitStack, monkeypatch: pytest.MonkeyPatch, percent: int
    ) -> None:
        display = screens.enter_context(virtual_screen("2200x1600x24", 96 * percent // 100))
        monkeypatch.setenv("DISPLAY", display)
        window = stage.open()
        window.navigate("check")
        card = window.view("check").bringing
        stage.until(lambda: card.text.winfo_viewable() and card.text.winfo_x() > 0)
        stage.turn(0.2)
        assert card.text.winfo_x() == card.file.winfo_x()
        bar = window.side_bar
        x, y = bar.winfo_rootx() + bar.winfo_width() - 1, bar.winfo_rooty() + 9
        edge = ImageGrab.grab((x, y, x + 1, y + 1), xdisplay=display).convert("RGB")
        assert edge.getpixel((0, 0)) == ImageColor.getrgb(style.shade(style.LINE))

    def test_a_dialog_opens_on_the_screen_of_its_window(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A second screen beside the main one: of two, Tk calls only the main one the screen."""
        window = stage.open()
        tk.Wm.wm_geometry(window, "1024x700+1500+20")
        monkeypatch.setattr(tk.Misc, "winfo_vrootwidth", lambda _self: 2800)
        stage.until(lambda: window.winfo_rootx() >= 1500)
        window.show_about()
        (dialog,) = window.opened_dialogs()
        stage.until(lambda: dialog.winfo_rootx() >= 1500)

    def test_never_off_screen(self, stage: Stage) -> None:
        kept = {"x": 9000, "y": -5000, "width": 5000, "height": 4000}
        stage.home.mkdir()
        (stage.home / "window.json").write_text(json.dumps(kept), "utf-8")
        window = stage.open()
        stage.turn(0.1)
        assert window.winfo_rootx() >= 0
        assert window.winfo_rootx() + window.winfo_width() <= window.winfo_screenwidth()
        assert window.winfo_width() >= 1024

    @pytest.mark.parametrize(
        "text", ["", "nonsense", "[]", '{"x": "left", "maximised": 3, "mode": "fast"}']
    )
    def test_nonsense_is_no_trouble(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "window.json"
        path.write_text(text, "utf-8")
        assert window_state.load(path) == window_state.WindowState()

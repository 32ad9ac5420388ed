"""A home that version 1.0.0 left in the middle of a run, in the window of this one."""

import pytest

from tests.gui.conftest import Stage
from tests.phones.made_by_1_0_0.test_update import unpack


@pytest.mark.gui
def test_the_window_knows_settings_and_size_and_offers_the_run(stage: Stage) -> None:
    unpack(stage.home)
    for name in ("RATE_LIMIT_DELAY", "LANGUAGE", "THEME"):
        del stage.environ[name]
    window = stage.open(demo=False)
    settings = window.program.settings
    assert (settings.workers, settings.language, settings.theme) == (3, "ru", "dark")
    assert (window.winfo_width(), window.winfo_height()) == (1100, 720)
    assert window.runs.mode.value == "quick"
    controls = window.view("collect").controls.buttons
    stage.until(lambda: controls["continue"].enabled)
    assert window.run.continues == 3

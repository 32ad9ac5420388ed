"""The bar in the button of the task bar, asked of Wine by the Python that the .exe is packed with.

Wine draws no bar: its ITaskbarList3 takes the calls, and notes with what it was first called.
"""

import re
import shutil
from pathlib import Path

import pytest

from devtools import windows_python
from devtools.environment import ROOT
from devtools.screen import virtual_screen
from devtools.wine import Wine

pytestmark = pytest.mark.skipif(
    not (shutil.which("wine") and shutil.which("Xvfb") and windows_python.PYTHON.exists()),
    reason="needs Wine, and the Python for Windows that packing the .exe brings",
)

_PROGRAM = """
import sys, tkinter
sys.path.insert(0, sys.argv[1])
from gui.taskbar import TaskbarProgress
root = tkinter.Tk()
root.update()
bar = TaskbarProgress(root)
bar.show(0.42)
bar.show(0.5, waits=True)
bar.show(None)
print("window", root.wm_frame(), "refused" if bar._refused else "taken")
"""
_VALUE = re.compile(r"SetProgressValue .*hwnd (\w+), ullCompleted (\w+), ullTotal (\w+)")
_STATE = re.compile(r"SetProgressState .*hwnd (\w+), flags (\w+)")


def test_windows_takes_the_progress_for_the_right_window(tmp_path: Path) -> None:
    script = tmp_path / "progress.py"
    script.write_text(_PROGRAM, encoding="utf-8")
    with virtual_screen() as display:
        wine = Wine(tmp_path / "wine", display)
        try:
            wine.prepare()
            code, output = wine.run(
                windows_python.PYTHON,
                wine.path(script),
                wine.path(ROOT),
                timeout=180,
                environment={"WINEDEBUG": "fixme+explorerframe"},
            )
        finally:
            wine.end()
    assert code == 0, output
    answer = re.search(r"window (\w+) taken", output)
    assert answer, output
    window = int(answer[1], 16)
    value, state = _VALUE.search(output), _STATE.search(output)
    assert value, output
    assert state, output
    assert [int(part, 16) for part in value.groups()] == [window, 420, 1000]
    assert [int(part, 16) for part in state.groups()] == [window, 2]

"""What the window does for an operator who is away: no sleep during a run, word at its end."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.phones.events import RunStatus
from tests.gui.conftest import SMALL_DEMO, Stage

pytestmark = [
    pytest.mark.gui,
    pytest.mark.skipif(sys.platform != "linux", reason="stands in for the programs of Linux"),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="needs xdotool"),
]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the system was asked to show, by a notify-send that writes it down."""
    programs, file = tmp_path / "bin", tmp_path / "told.txt"
    programs.mkdir()
    notify = programs / "notify-send"
    notify.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$1" "$2" > "{file}.new"\nmv "{file}.new" "{file}"\n'
    )
    notify.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return file


def point_at(x: int, y: int) -> None:
    subprocess.run(["xdotool", "mousemove", str(x), str(y)], check=True)


@pytest.fixture
def elsewhere() -> Iterator[Callable[[Stage], None]]:
    """Gives the keyboard to another program: without a window manager it follows the pointer."""

    def look(stage: Stage) -> None:
        point_at(1399, 999)
        stage.until(lambda: stage.window.focus_displayof() is None)

    yield look
    point_at(600, 400)


@pytest.mark.filterwarnings("ignore:The Python dbus package")
def test_the_end_of_a_run_is_announced_to_those_who_look_elsewhere(
    stage: Stage, told: Path, elsewhere: Callable[[Stage], None]
) -> None:
    window = stage.open(DATAMASTER_DEMO=SMALL_DEMO, NOTIFICATIONS="true")
    elsewhere(stage)
    window.runs.start()
    end = stage.finish_run()
    stage.until(told.exists)
    title, message = told.read_text("utf-8").splitlines()
    assert title == "DataMaster Collector"
    assert "completed" in message
    assert str(end.totals.new) in message


def test_nothing_is_announced_where_that_is_switched_off(
    stage: Stage, told: Path, elsewhere: Callable[[Stage], None]
) -> None:
    window = stage.open(DATAMASTER_DEMO=SMALL_DEMO, NOTIFICATIONS="false")
    elsewhere(stage)
    window.runs.start()
    stage.finish_run()
    stage.turn(0.5)
    assert not told.exists()


def test_the_computer_stays_awake_during_a_run_only(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("WAKEPY_FAKE_SUCCESS", "1")  # a system that grants it
    window = stage.open(RATE_LIMIT_DELAY="0.1", MAX_RETRIES="0")
    assert not window.keep_awake.active
    window.runs.start()
    stage.until(lambda: window.run.totals.projects >= 1)
    assert window.keep_awake.active
    window.program.demo.go_down()
    stage.until(lambda: window.run.outage is not None)
    holder = window.keep_awake._thread
    assert holder is not None
    assert holder.is_alive(), "while it waits, too"
    window.runs.stop()
    assert stage.finish_run().status is RunStatus.STOPPED
    assert not window.keep_awake.active
    holder.join(5)
    assert not holder.is_alive()
    assert "may fall asleep" not in caplog.text

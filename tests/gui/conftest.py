"""A real window on a real screen (Xvfb where there is none), driven from the test.

A callback that raises, an ERROR in the log, or a thread that outlives its window fails the test.
"""

import gc
import logging
import os
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.make_database import make_database
from benchmarks.synthetic_data import Size
from devtools.screen import virtual_screen
from gui.toolkit import load_toolkit

load_toolkit()  # as the program does, before anything imports it

SECONDS = 90.0  # a busy machine stalls for half a minute now and then
QUICK_DEMO = "--clients 8 --projects 30 --records 4000 --grow-records 300"
SMALL_DEMO = "--clients 3 --projects 8 --records 600 --grow-records 200"
MADE = Size(phones=3000, links=6000, clients=30, projects=60, runs=5)


@pytest.fixture(scope="session", autouse=True)
def _screen() -> Iterator[None]:
    """Always a screen of our own: the tests send real keys, which must not reach a desktop."""
    if sys.platform != "linux":
        yield
        return
    with virtual_screen("1400x1000x24") as display:
        before = os.environ.get("DISPLAY")
        os.environ["DISPLAY"] = display
        yield
        if before is None:
            del os.environ["DISPLAY"]
        else:
            os.environ["DISPLAY"] = before


@pytest.fixture(autouse=True)
def _closed_windows_are_thrown_away_here() -> Iterator[None]:
    """Tcl aborts the process where garbage is collected on another thread and a window of an
    earlier test is in it. The program itself has one window and ends with it."""
    yield
    gc.collect()


class Stage:
    """Opens windows in one data folder, one after the other, and waits for what they show."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {
            **{k: v for k, v in os.environ.items() if not k.startswith("DATAMASTER_")},
            "DATAMASTER_HOME": str(home),
            "DATAMASTER_DEMO": QUICK_DEMO,
            "RATE_LIMIT_DELAY": "0",
            "LANGUAGE": "en",
            "THEME": "light",
            "NOTIFICATIONS": "false",
        }
        self.window: Any = None
        self.failures: list[str] = []
        self._one: Any = None
        self._interpreters: list[Any] = []  # of closed windows, kept until the test is over

    def open(self, *, demo: bool = True, ahead: bool = False, **environ: str) -> Any:
        """A window as gui.app opens it; its other views are built `ahead` only if asked for,
        which takes most of the time of a short test."""
        import customtkinter as ctk

        from core.i18n import set_language
        from core.phones.program import open_program
        from gui import window_state
        from gui.icons import icon
        from gui.main_window import MainWindow
        from gui.second_copy import OneWindow

        assert self.window is None, "close the window before opening another"
        self.environ.update(environ)
        ctk.set_widget_scaling(1.0)  # what a test before had is kept by the toolkit
        ctk.set_window_scaling(1.0)
        icon.cache_clear()  # pictures belong to the root that showed them
        program = open_program(demo=demo, environ=self.environ)
        set_language(program.settings.language)
        self._one = OneWindow(program.settings.places.base)
        assert self._one.take()
        self.window = MainWindow(
            program,
            lambda in_demo: open_program(demo=in_demo, environ=self.environ),
            window_state.load(self.home / "window.json"),
            self._one,
            self.environ,
        )
        self.window.report_callback_exception = self._callback_failed
        if not ahead:
            self.window.views.build_ahead = lambda: None
        self.window.open()
        self.until(lambda: self.window.winfo_viewable())
        # Without the keyboard keys that a test makes up go nowhere; a dialog may have it instead.
        self.until(lambda: self.window.focus_displayof() or self.window.opened_dialogs())
        return self.window

    def fill(self, home: Path) -> None:
        """Begin with a copy of this home."""
        shutil.copytree(home, self.home)

    def until(self, condition: Callable[[], Any], seconds: float = SECONDS) -> None:
        """Let the window live until the condition holds."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            assert not self.failures, self.failures[0]
            self.turn()

    def turn(self, seconds: float = 0.01) -> None:
        """Let the window live for a moment."""
        end = time.monotonic() + seconds
        while True:
            if self.window is not None and not self.window.closing:
                self.window.update()
            left = end - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.005))

    def finish_run(self) -> Any:
        self.until(lambda: self.window.run.finished is not None)
        return self.window.run.finished

    def closed(self) -> None:
        """The window has closed itself, or is closed now."""
        if self.window is None:
            return
        if not self.window.closing:
            self.window.shut_down()
        self._one.release()
        from gui import window_state

        window_state.save(self.home / "window.json", self.window.kept)
        self._interpreters.append(self.window.tk)
        self.window = None

    def _callback_failed(self, *error: Any) -> None:
        self.failures.append("".join(traceback.format_exception(*error)))


@pytest.fixture(scope="session")
def collected_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which one run of SMALL_DEMO was completed, without a window."""
    from core.phones.program import open_program
    from core.phones.run_request import RunRequest

    stage = Stage(tmp_path_factory.mktemp("collected") / "home")
    program = open_program(demo=True, environ={**stage.environ, "DATAMASTER_DEMO": SMALL_DEMO})
    program.collector.start(RunRequest())
    assert program.collector.wait(SECONDS)
    program.close()
    return stage.home


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "made.db"
    make_database(path, MADE)
    return path


@pytest.fixture
def database(made: Path, tmp_path: Path) -> Path:
    """Made-up data; a copy of its own, for some tests change it."""
    return Path(shutil.copy(made, tmp_path))


@pytest.fixture
def stage(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Stage]:
    threads = set(threading.enumerate())
    here = Stage(tmp_path / "home")
    with caplog.at_level(logging.INFO):
        yield here
        here.closed()
    assert not here.failures, here.failures[0]
    errors = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
    assert not errors, errors
    end = time.monotonic() + 30
    while (left := set(threading.enumerate()) - threads) and time.monotonic() < end:
        time.sleep(0.02)
    assert not left, f"threads outlived the window: {left}"


def rows(database: Path, sql: str) -> list[Any]:
    """What the database holds, asked as anybody would."""
    import sqlite3

    with sqlite3.connect(database) as connection:
        found = connection.execute(sql).fetchall()
    connection.close()
    return found


def open_on(stage: Stage, database: Path, view: str) -> Any:
    window = stage.open(
        demo=False, DATABASE_PATH=str(database), DATAMASTER_API_TOKEN="made-up-token-of-tests"
    )
    window.navigate(view)
    return window

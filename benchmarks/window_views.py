"""How free the window's loop stays while views of a large database are opened and searched.

    python -m benchmarks.window_views big.db

For each step: how long until the answer was shown, and the longest gap of the loop meanwhile
(as gui.pump measures it, the planned pause of 20 ms included). Make the database with
benchmarks.make_database.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.synthetic_data import phone_text
from devtools.screen import virtual_screen

STEP_S = 0.002
REST_S = 0.3
SETTLED_S = 6.0  # after the start: the other views are built


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the views on a large database.")
    parser.add_argument("database", type=Path)
    database: Path = parser.parse_args().database.resolve()
    with virtual_screen("1400x1000x24") as display, tempfile.TemporaryDirectory() as home:
        os.environ["DISPLAY"] = display
        Measured(database, Path(home)).all()


class Measured:
    """The window on the database; each `step` waits until nothing works any more."""

    def __init__(self, database: Path, home: Path) -> None:
        from core.phones.program import open_program
        from core.turns import keep_what_is_there, share_the_processor
        from gui import responsiveness, window_state
        from gui.main_window import MainWindow
        from gui.second_copy import OneWindow

        share_the_processor()
        environ = {
            **os.environ,
            "DATAMASTER_HOME": str(home),
            "DATABASE_PATH": str(database),
            "DATAMASTER_API_TOKEN": "made-up-token-of-benchmarks",
            "NOTIFICATIONS": "false",
        }
        program = open_program(environ=environ)
        self.window: Any = MainWindow(
            program,
            lambda demo: open_program(demo=demo, environ=environ),
            window_state.WindowState(),
            OneWindow(home),
            environ,
        )
        self.window.open()
        self.window.after(responsiveness.SETTLED_MS, keep_what_is_there)

    def all(self) -> None:
        window = self.window
        self._live(SETTLED_S)
        self.step("growth, first time", lambda: window.navigate("dashboard"))
        self.step("back to collect", lambda: window.navigate("collect"))
        self.step("growth, again", lambda: window.navigate("dashboard"))
        self.step("data, first page", lambda: window.navigate("data"))
        view = window.view("data")
        for name, key, descending in (
            ("sorted by number", "phone", False),
            ("sorted by projects, most first", "projects", True),
            ("sorted by projects, fewest first", "projects", False),
            ("newest first", "first_seen", True),
        ):
            self.step(name, partial(view._sorted, key, descending))
        self.step("next page", lambda: view._go(1))
        for text in ("907", "+7 935 12", phone_text(777), "4567", "12121212", "имплант", ""):
            self.step(f"search {text!r}", partial(view._searched, text))
        for sheet in ("projects", "clients", "rejected", "phones"):
            self.step(f"sheet {sheet}", partial(view.show_sheet, sheet))
        self.step("only new", view.filters._new_pressed)
        self.step("all again", view.filters._clear)
        self.step("runs", lambda: window.navigate("runs"))
        self.step("two runs compared", window.view("runs")._compare)
        window.shut_down()

    def step(self, name: str, begin: Callable[[], object]) -> None:
        gaps = self.window.pump.gaps
        self._live(REST_S)
        gaps.reset()
        begun = busy = time.perf_counter()
        begin()
        while time.perf_counter() - busy < REST_S:
            self.window.update()
            if self.window.background._newest:
                busy = time.perf_counter()
            time.sleep(STEP_S)
        took = 1000 * (busy - begun)
        print(f"{took:8.0f} ms, longest gap {1000 * gaps.longest:4.0f} ms  {name}")

    def _live(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.window.update()
            time.sleep(STEP_S)


if __name__ == "__main__":
    main()

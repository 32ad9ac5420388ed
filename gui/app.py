"""Opens the window and keeps it open: `app.py` without a subcommand."""

import logging
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path

from core.errors import UserError
from core.i18n import _, set_language
from core.logs.setup import setup_logging
from core.phones.program import Program, open_program
from core.settings.paths import HOME_VARIABLE, find_places
from core.turns import keep_what_is_there, share_the_processor
from gui import window_state
from gui.charts.growth_picture import draw_growth
from gui.responsiveness import SETTLED_MS
from gui.second_copy import OneWindow
from gui.toolkit import load_toolkit

log = logging.getLogger(__name__)

SMOKE_DEMO = "--clients 6 --projects 24 --records 3000 --latency-ms 1"


def run_window(*, demo: bool = False, smoke_test: bool = False) -> int:
    """Show the window until it is closed; returns the exit code. For the main thread."""
    if smoke_test:
        return _smoke_test()
    try:
        places = find_places(demo)
    except UserError as error:
        return _problem(error)
    one = OneWindow(places.base)
    if not one.take():
        if one.call_forward():
            return 0
        return _problem(
            UserError(
                _("The program is open already, but does not answer."),
                _("Look for its window, or end it in the Task Manager and start it again."),
            )
        )
    try:
        return _open(one, places.home / "window.json", os.environ, demo=demo)
    except UserError as error:
        return _problem(error, places.home)
    finally:
        one.release()


def _open(
    one: OneWindow, state_file: Path, environ: Mapping[str, str], *, demo: bool, smoke: bool = False
) -> int:
    def opened(in_demo: bool) -> Program:
        program = open_program(demo=in_demo, environ=environ)
        program.telegram.draw_growth = draw_growth
        return program

    share_the_processor()
    program = opened(demo)
    set_language(program.settings.language)
    setup_logging(program.settings)
    load_toolkit()
    from gui.main_window import MainWindow

    kept = window_state.load(state_file)
    window = MainWindow(program, opened, kept, one, environ)
    window.after(SETTLED_MS, keep_what_is_there)
    exit_code = 0
    if smoke:
        from gui.smoke import SmokeTest

        smoke_test = SmokeTest(window)
        smoke_test.begin()
        window.open()
        window.mainloop()
        exit_code = smoke_test.exit_code
    else:
        window.open()
        window.mainloop()
    window_state.save(state_file, kept)
    return exit_code


def _smoke_test() -> int:
    """In the folder DATAMASTER_HOME if that is set, which is kept; else in one of its own.

    Nothing of the user's is read or changed.
    """
    chosen = os.environ.get(HOME_VARIABLE)
    passing = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    with nullcontext(chosen) if chosen else passing as folder:
        environ = {
            **os.environ,
            HOME_VARIABLE: folder,
            "DATAMASTER_DEMO": SMOKE_DEMO,
            "RATE_LIMIT_DELAY": "0",
            "NOTIFICATIONS": "false",  # Windows shows one for 10 s and keeps the process so long
        }
        one = OneWindow(Path(folder))
        one.take()
        try:
            return _open(one, Path(folder) / "window.json", environ, demo=True, smoke=True)
        finally:
            one.release()
            logging.shutdown()


def _problem(error: UserError, folder: Path | None = None) -> int:
    load_toolkit()
    from gui.problem_window import show_problem

    log.error("%s", error)
    if sys.stderr is not None:  # a windowed program has none
        sys.stderr.write(f"{error}\n")
    show_problem(error, settings_folder=str(folder) if folder is not None else "")
    return error.exit_code

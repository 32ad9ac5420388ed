"""The tasks of `dev.py`, but for building and pinning, which have files of their own."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator

from devtools.environment import DEVELOPMENT, PROGRAM, SERVER, python_with, run
from devtools.problem import Problem
from devtools.screen import virtual_screen
from devtools.system import (
    has_display,
    has_tkinter,
    is_debian_root,
    need_postgres,
    need_programs,
    need_tkinter,
)
from devtools.test_suite import run_suite

_SCREEN = {"Xvfb": "xvfb", "xdotool": "xdotool"}
_SERVERS = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "nginx": "nginx",
    "caddy": "caddy",
}
_PACKING = {"wine": "wine", "osslsigncode": "osslsigncode", "objdump": "binutils"}


def setup(more: list[str]) -> int:
    """The packages of the desktop program; `--server` also those of the servers."""
    if more not in ([], ["--server"]):
        raise Problem("setup takes nothing but --server.")
    python_with(SERVER if more else PROGRAM)
    print("Everything is installed in .venv.")
    return 0


def demo(more: list[str]) -> int:
    """The program on its built-in API: in a window where one can be shown.

    `--campaigns`: messages to made-up chats, in the terminal. `--cars`: made-up listings are
    loaded, brought up to date, normalised and shown, in the terminal. `--hub`: a chat with the
    hub, in the terminal.
    """
    if "--cars" in more:
        words = [word for word in more if word != "--cars"]
        python = python_with(SERVER)
        steps = (["load"], ["update"], ["list", *words])
        commands = (["app.py", "cars", *step, "--demo"] for step in steps)
        return next((code for command in commands if (code := run(python, *command))), 0)
    if "--campaigns" in more:
        words = [word for word in more if word != "--campaigns"]
        return run(python_with(SERVER), "app.py", "campaigns", "start", "--demo", *words)
    if "--hub" in more:
        words = [word for word in more if word != "--hub"]
        return run(python_with(SERVER), "app.py", "hub", "--demo", *words)
    python = python_with(PROGRAM)
    if has_display() and has_tkinter():
        return run(python, "app.py", "--demo", *more)
    return run(python, "app.py", "collect", "--demo", *more)


def check(_more: list[str]) -> int:
    """Linter, layout and types; stops at the first that complains."""
    python = python_with(DEVELOPMENT)
    layers = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    steps = (
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        ["-c", layers],
        ["-m", "mypy"],
    )
    return next((code for step in steps if (code := run(python, *step))), 0)


def test(more: list[str]) -> int:
    """What CI runs. `--quick` leaves out the slow tests; other words go to pytest."""
    if code := check([]):
        return code
    whole = not more or more == ["--quick"]
    words = ["-m", "not slow"] if more == ["--quick"] else more
    with _place_for_tests() as (python, environment):
        if whole:
            return run_suite(python, words, environment, again=bool(os.environ.get("CI")))
        return run(python, "-m", "pytest", *words, **environment)


def torture(more: list[str]) -> int:
    """The long tests of tests/torture, the cars and the campaigns in full, with their figures;
    other words go to pytest."""
    cars = ("tests/cars/test_kills.py", "tests/cars/test_changes.py")
    campaigns = ("tests/campaigns/test_kills.py", "tests/campaigns/test_many_processes.py")
    files = ("tests/torture", *cars, *campaigns)
    words = ("-m", "pytest", *files, "--timeout=0", "-v", "-s", *more)
    with _place_for_tests() as (python, environment):
        return run(python, *words, TORTURE="full", **environment)


def bench(more: list[str]) -> int:
    """Every benchmark, and its table in docs/benchmarks.md."""
    return run(python_with(DEVELOPMENT), "-m", "benchmarks", *more)


def screenshots(more: list[str]) -> int:
    """Every view of the window into docs/screenshots; `--packed`: the packed program's window."""
    if more == ["--packed"]:
        words = ("-m", "pytest", "tests/exe", "-k", "forward")
        with _place_for_tests() as (python, environment):
            return run(python, *words, KEEP_PICTURES="docs/screenshots", **environment)
    python = python_with(DEVELOPMENT)
    need_tkinter()
    with _screen() as environment:
        return run(python, "-m", "devtools.screenshots", *more, **environment)


def messages(more: list[str]) -> int:
    """Texts from the source into the catalogues, which are compiled; says what is missing."""
    return run(python_with(DEVELOPMENT), "-m", "devtools.messages", *more)


@contextlib.contextmanager
def _place_for_tests() -> Iterator[tuple[str, dict[str, str]]]:
    """The Python of the tests and their environment, with all they need of the system."""
    python = python_with(DEVELOPMENT)
    need_tkinter()
    if sys.platform == "linux":
        need_programs(_SCREEN)
    if is_debian_root():
        # Before the tests: what installs fonts and libraries beside open windows breaks them.
        need_programs(_PACKING)
        need_postgres()
        need_programs(_SERVERS)
    # A folder of its own: what a killed run left behind in the usual one may be in the way.
    with _screen() as display, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield python, {"PYTEST_DEBUG_TEMPROOT": folder, **display}


@contextlib.contextmanager
def _screen() -> Iterator[dict[str, str]]:
    if has_display():
        yield {}
    else:
        with virtual_screen() as display:
            yield {"DISPLAY": display}

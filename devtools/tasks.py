"""The tasks of `dev.py`, but for building and pinning, which have files of their own."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator

from devtools.environment import DEVELOPMENT, PROGRAM, python_with, run
from devtools.screen import virtual_screen
from devtools.system import has_display, has_tkinter, need_programs, need_tkinter

TESTS_FAILED = 1  # pytest's exit code
# Many tests wait for a window, a server or a clock, so this suits two cores too; more would
# make windows late.
TEST_PROCESSES = "3"


def demo(more: list[str]) -> int:
    """The program on its built-in API: in a window where one can be shown."""
    python = python_with(PROGRAM)
    if has_display() and has_tkinter():
        return run(python, "app.py", "--demo", *more)
    return run(python, "app.py", "collect", "--demo", *more)


def check(_more: list[str]) -> int:
    """Linter, layout and types; stops at the first that complains."""
    python = python_with(DEVELOPMENT)
    steps = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"])
    return next((code for step in steps if (code := run(python, "-m", *step))), 0)


def test(more: list[str]) -> int:
    """What CI runs. `--quick` leaves out the slow tests; other words go to pytest."""
    if "--quick" in more:
        more = ["-m", "not slow", *(word for word in more if word != "--quick")]
    return check([]) or _pytest("-n", TEST_PROCESSES, "--dist", "loadgroup", *more)


def torture(more: list[str]) -> int:
    """The long tests of tests/torture in full length; other words go to pytest."""
    return _pytest("tests/torture", "--timeout=0", *more, TORTURE="full")


def bench(more: list[str]) -> int:
    """Every benchmark, and its table in docs/benchmarks.md."""
    return run(python_with(DEVELOPMENT), "-m", "benchmarks", *more)


def screenshots(more: list[str]) -> int:
    """Every view of the window into docs/screenshots."""
    python = python_with(DEVELOPMENT)
    need_tkinter()
    with _screen() as environment:
        return run(python, "-m", "devtools.screenshots", *more, **environment)


def messages(more: list[str]) -> int:
    """Texts from the source into the catalogues, which are compiled; says what is missing."""
    return run(python_with(DEVELOPMENT), "-m", "devtools.messages", *more)


def _pytest(*words: str, **environment: str) -> int:
    python = python_with(DEVELOPMENT)
    need_tkinter()
    if sys.platform == "linux":
        need_programs({"Xvfb": "xvfb", "xdotool": "xdotool"})
    # A folder of its own: what a killed run left behind in the usual one may be in the way.
    with _screen() as display, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        environment["PYTEST_DEBUG_TEMPROOT"] = folder
        code = run(python, "-m", "pytest", *words, **environment, **display)
        if code != TESTS_FAILED or not os.environ.get("CI"):
            return code
        # On a busy machine a window or a process may be late. What fails twice is broken.
        print("\nOnce more, only what failed:\n", flush=True)
        return run(
            python, "-m", "pytest", "-n", "0", "--last-failed", *words, **environment, **display
        )


@contextlib.contextmanager
def _screen() -> Iterator[dict[str, str]]:
    if has_display():
        yield {}
    else:
        with virtual_screen() as display:
            yield {"DISPLAY": display}

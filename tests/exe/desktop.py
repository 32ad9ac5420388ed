"""What a user sees and does on the screen that the packed program is shown on."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PIL import Image, ImageGrab

from tests.exe.packed import PATIENCE, PackedProgram

COVER = "Notepad"
# A process of its own: what talks to a screen dies with it.
_COVER = f"""
import tkinter
cover = tkinter.Tk()
cover.title({COVER!r})
cover.mainloop()
"""


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for it, however slow the machine is."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.1)


def at_rest(look: Callable[[], Image.Image]) -> Image.Image:
    """What is seen when it changes no more."""
    shown: list[Image.Image] = []

    def rests() -> bool:
        shown.append(look())
        time.sleep(1)
        return look() == shown[-1]

    until(rests, "it never rests")
    return shown[-1]


def find_window(display: str, title: str) -> str:
    """The number of the first visible window whose title contains `title`, or nothing."""
    found = _xdotool(display, "search", "--onlyvisible", "--name", title).split()
    return found[0] if found else ""


def press(display: str, title: str, key: str, done: Callable[[], bool]) -> None:
    """Press a key in the window until it has its effect: a new window is deaf for a moment."""

    def try_it() -> bool:
        if not done() and (window := find_window(display, title)):
            _xdotool(display, "windowfocus", window, "key", key)
            time.sleep(1)
        return done()

    until(try_it, f"{key} in {title!r} had no effect")


def picture(display: str) -> Image.Image:
    return ImageGrab.grab(xdisplay=display).convert("RGB")


def window_picture(display: str, title: str) -> Image.Image:
    """The window alone, as it is on the screen."""
    x, y, width, height = window_place(display, title)
    return picture(display).crop((max(0, x), max(0, y), x + width, y + height))


def window_place(display: str, title: str) -> tuple[int, int, int, int]:
    """Left, top, width and height of a window that is there."""
    place = _xdotool(display, "getwindowgeometry", "--shell", find_window(display, title))
    at = {name: int(value) for name, _, value in (line.partition("=") for line in place.split())}
    return at["X"], at["Y"], at["WIDTH"], at["HEIGHT"]


@contextmanager
def covered(program: PackedProgram) -> Iterator[None]:
    """Another program's window lies over everything."""
    environment = os.environ | {"DISPLAY": program.display}
    # Under Wine a Windows program: it orders the windows of Windows programs only.
    cover = (
        program.wine.start("notepad")
        if program.wine is not None
        else subprocess.Popen([sys.executable, "-c", _COVER], env=environment)
    )
    try:
        until(lambda: find_window(program.display, COVER) != "", "no other window")
        window = find_window(program.display, COVER)
        size = map(str, picture(program.display).size)
        _xdotool(program.display, "windowmove", window, "0", "0", "windowsize", window, *size)
        yield
    finally:
        cover.kill()
        cover.communicate()


def _xdotool(display: str, *words: str) -> str:
    environment = os.environ | {"DISPLAY": display}
    result = subprocess.run(
        ["xdotool", *words], env=environment, capture_output=True, text=True, check=False
    )
    return result.stdout

"""Walks the real window through its scenes and takes a picture of each, for docs/screenshots."""

import shutil
import sqlite3
import subprocess
import sys
import tkinter as tk
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from devtools.work_scenes import work_scenes

if TYPE_CHECKING:
    from PIL import Image

STEP_MS = 60
CALM_STEPS = 20
LIMIT_MS = 240_000
HOLDER = (
    "import sys, datetime, pathlib; from core.database.lock import CollectionLock;"
    " lock = CollectionLock(pathlib.Path(sys.argv[1]));"
    " lock.acquire(datetime.datetime.now(datetime.UTC));"
    " print('held', flush=True); sys.stdin.read()"
)
COLOURS = 256  # of the palette of each picture
EXACT = 96  # of them the most frequent ones


class Photographer:
    """Walks through the scenes inside the window's own loop."""

    def __init__(self, window: object, folder: Path) -> None:
        self.window: Any = window
        self.folder = folder
        self.done = False
        folder.mkdir(parents=True, exist_ok=True)

    def begin(self) -> None:
        self._steps = self._scenes()
        self._condition: Callable[[], bool] = lambda: True
        self.window.after(LIMIT_MS, self.window.shut_down)
        # The pointer away from the buttons: one that it lies on has another colour.
        edge = self.window.winfo_screenwidth() - self.window.winfo_rootx() - 1
        self.window.event_generate("<Motion>", warp=True, x=edge, y=0)
        self.window.after(600, self._step)

    def _scenes(self) -> Iterator[Callable[[], bool] | int]:
        """Yields a condition to wait for, or milliseconds."""
        window = self.window
        self.shoot("welcome")
        yield from self._refused()
        window.navigate("collect")
        yield 700
        self.shoot("collect-no-token")
        window.session.enter_demo()
        yield lambda: window.program.demo is not None and window.view_key == "collect"
        yield 700
        self.shoot("collect-ready")
        for key in ("dashboard", "data", "runs"):
            window.navigate(key)
            yield self.at_rest()
            self.shoot(f"{key}-empty")
        window.navigate("collect")
        for _run in range(3):
            yield from self._whole_run()
        self.shoot("collect-completed")
        yield from self._views()
        yield from work_scenes(self)
        yield from self._dialogs()
        yield from self._exported()
        yield from self._running()
        self.done = True

    def _refused(self) -> Iterator[Callable[[], bool] | int]:
        """A server that does not know the token."""
        from core.phones.program import DEMO_SIZE, demo_server

        window = self.window
        usual, view = window.program.settings, window.view("welcome")
        server = demo_server(usual.database_path, DEMO_SIZE)
        server.start()
        window.program.use(replace(usual, api_url=server.url))
        view.token.put("a-token-of-somebody-else")
        view.test.invoke()
        yield lambda: bool(view.test.cget("state") == "normal")
        yield 300
        self.shoot("welcome-token-refused")
        window.program.use(usual)
        server.stop()

    def _whole_run(self) -> Iterator[Callable[[], bool] | int]:
        window = self.window
        window.runs.start()
        yield lambda: window.run.finished is not None
        server = window.program.demo
        from core.phones.datamaster.demo.growth import Growth

        server.dataset = server.dataset.grow(Growth(4000))
        yield 500

    def _views(self) -> Iterator[Callable[[], bool] | int]:
        window = self.window
        for key in ("dashboard", "data", "runs", "settings"):
            window.navigate(key)
            yield self.at_rest()
            self.shoot(key)
        window.view("settings").area.canvas.yview_moveto(1.0)
        yield 300
        self.shoot("settings-end")
        window.navigate("dashboard")
        window.view("dashboard").area.canvas.yview_moveto(1.0)
        yield self.at_rest()
        self.shoot("dashboard-end")
        yield from self._data()
        window.navigate("runs")
        window.view("runs")._compare()  # noqa: SLF001 - as the button does
        yield self.at_rest()
        self.shoot("runs-compared")
        window.navigate("collect")

    def _data(self) -> Iterator[Callable[[], bool] | int]:
        window = self.window
        window.navigate("data")
        view = window.view("data")
        for sheet in ("projects", "clients", "rejected"):
            view.show_sheet(sheet)
            yield self.at_rest()
            self.shoot(f"data-{sheet}")
        view.show_sheet("phones")
        view.search.field.put("000000000")
        view.search._now()  # noqa: SLF001 - as Return does
        yield self.at_rest()
        self.shoot("data-nothing-found")
        view.search.field.put("")
        view.search._now()  # noqa: SLF001
        yield self.at_rest()

    def _exported(self) -> Iterator[Callable[[], bool] | int]:
        from gui.dialogs.export import ExportDialog

        self.window.export("aggregated")
        dialog = self.window.dialog(ExportDialog)
        dialog.start()
        yield self.at_rest()
        self.shoot("export-done")
        dialog.cancel()
        yield 200

    def _dialogs(self) -> Iterator[Callable[[], bool] | int]:
        window = self.window
        for name, show in (
            ("what-to-collect", window.choose_clients),
            ("about", window.show_about),
            ("guide", window.open_guide),
            ("export", window.export),
            ("backups", window.safekeeping.back_up),
            ("recovery", window.safekeeping.recover),
            ("erase-a-number", window.safekeeping.erase),
            ("rejected-again", window.safekeeping.revalidate),
            ("problem-report", window.safekeeping.report),
        ):
            show()
            yield self.at_rest()
            self._bring_in()
            yield 200
            self.shoot(name)
            for dialog in window.opened_dialogs():
                dialog.cancel()
            yield 200

    def _bring_in(self) -> None:
        """The opened dialogs as on a desktop: inside of what is shot, and with the keyboard, which
        nobody gives them on a screen without a window manager."""
        window = self.window
        for dialog in window.opened_dialogs():
            right = window.winfo_rootx() + window.winfo_width() - dialog.winfo_width()
            if dialog.winfo_rootx() > right:
                tk.Wm.wm_geometry(dialog, f"+{right}+{window.winfo_rooty()}")
            last = dialog.focus_lastfor()
            if last is not None:
                last.focus_force()

    def at_rest(self) -> Callable[[], bool]:
        """A condition: nothing was read or drawn in the background for a while."""
        calm = 0

        def rested() -> bool:
            nonlocal calm
            working = self.window.background._newest  # noqa: SLF001
            calm = 0 if working else calm + 1
            return calm >= CALM_STEPS

        return rested

    def _running(self) -> Iterator[Callable[[], bool] | int]:
        window = self.window
        window.program.use(replace(window.program.settings, rate_limit_delay=0.05))
        window.runs.start()
        yield lambda: window.run.progress is not None and window.run.progress.fraction > 0.35
        yield 400
        self.shoot("collect-running")
        window.ask_to_close()
        yield 600
        self.shoot("closing")
        for dialog in window.opened_dialogs():
            dialog.cancel()
        yield from self._disk_full()
        yield from self._locked()
        window.program.demo.go_down()
        yield lambda: window.run.outage is not None
        yield 1500
        self.shoot("collect-outage")
        window.program.demo.come_back()
        yield lambda: window.run.outage is None
        window.program.demo.revoke_token()
        yield lambda: window.run.finished is not None
        yield 700
        self.shoot("collect-token-rejected")
        window.run.finished = None
        window.runs.look()
        yield 700
        self.shoot("collect-unfinished")
        yield from self._held()

    def _disk_full(self) -> Iterator[Callable[[], bool] | int]:
        window, full = self.window, shutil.disk_usage(self.folder)._replace(free=50_000_000)
        with mock.patch("shutil.disk_usage", return_value=full):
            yield lambda: window.run.paused_for_disk
            yield 700
            self.shoot("collect-disk-full")
        yield lambda: not window.run.paused_for_disk

    def _locked(self) -> Iterator[Callable[[], bool] | int]:
        """Another program writes into the database and does not end."""
        window = self.window
        with closing(sqlite3.connect(window.program.settings.database_path)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield lambda: window.run.locked_until is not None
            yield 700
            self.shoot("collect-locked")
        yield lambda: window.run.locked_until is None

    def _held(self) -> Iterator[Callable[[], bool] | int]:
        """Another process collects into the database."""
        window = self.window
        words = [sys.executable, "-c", HOLDER, str(window.program.settings.database_path)]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            yield lambda: bool(holder.stdout and holder.stdout.readline())
            window.runs.look()
            yield lambda: window.runs.held_by is not None
            yield 700
            self.shoot("collect-held")
            holder.communicate()

    def _step(self) -> None:
        try:
            if not self._condition():
                self.window.after(STEP_MS, self._step)
                return
            wish = next(self._steps)
        except StopIteration:
            self.window.shut_down()
            return
        if isinstance(wish, int):
            self._condition = lambda: True
            self.window.after(wish, self._step)
        else:
            self._condition = wish
            self.window.after(STEP_MS, self._step)

    def shoot(self, name: str) -> None:
        """The main window as it is on the screen, with what lies over it."""
        from PIL import ImageGrab

        window = self.window
        window.update()
        left, top = window.winfo_rootx(), window.winfo_rooty()
        outer = int(tk.Wm.wm_geometry(window).split("+")[2])
        menu = max(0, top - outer)
        box = (left, top - menu, left + window.winfo_width(), top + window.winfo_height())
        picture = ImageGrab.grab(box, xdisplay=window.winfo_screen()).convert("RGB")
        with_palette(picture).save(self.folder / f"{name}.png", optimize=True)


def with_palette(picture: "Image.Image") -> "Image.Image":
    """The picture in at most `COLOURS` colours, for a third of the size.

    Those of surfaces and texts stay as they are; of the others, the edges of letters, each becomes
    the nearest of some that are as far apart as can be. Pillow's own palettes make a rare red
    orange, or give a surface a tint.
    """
    import numpy as np
    from PIL import Image

    red, green, blue = (np.asarray(each, np.int32) for each in picture.split())
    packed, place, count = np.unique(
        red << 16 | green << 8 | blue, return_inverse=True, return_counts=True
    )
    colours = np.stack((packed >> 16, packed >> 8 & 255, packed & 255), axis=1)
    chosen = list(np.argsort(count)[::-1][:EXACT])
    apart = np.min([((colours - colours[each]) ** 2).sum(axis=1) for each in chosen], axis=0)
    while len(chosen) < min(COLOURS, len(colours)):
        chosen.append(apart.argmax())
        apart = np.minimum(apart, ((colours - colours[chosen[-1]]) ** 2).sum(axis=1))
    palette = colours[chosen]
    nearest = [int(((palette - each) ** 2).sum(axis=1).argmin()) for each in colours]
    pixels = np.array(nearest, np.uint8)[place].reshape(red.shape)
    small = Image.fromarray(pixels, "P")
    small.putpalette(palette.astype(np.uint8).tobytes())
    return small

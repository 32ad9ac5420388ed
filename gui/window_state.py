"""What the window remembers between starts: its size and place, the mode.

These are habits of one person on one computer, not settings of the program, so they stand
in `window.json` beside the data and not in `.env`.
"""

import contextlib
import json
import logging
import tkinter as tk
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from core.phones.events import Mode
from gui import room, style

log = logging.getLogger(__name__)


@dataclass(slots=True)
class WindowState:
    """Sizes and places are screen pixels, as Tk gives and takes them."""

    x: int | None = None
    y: int | None = None
    width: int | None = None
    height: int | None = None
    maximised: bool = False
    mode: str = "full"
    export: dict[str, str] = field(default_factory=dict)
    sets: dict[str, list[str]] = field(default_factory=dict)  # clients chosen together, by name
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)  # widths and order, by table


def memory_of(state: WindowState, table: str) -> dict[str, Any]:
    """What is kept of a table; whoever shows it changes it."""
    found = state.tables.get(table)
    if not isinstance(found, dict):
        found = state.tables[table] = {}
    return found


def load(path: Path) -> WindowState:
    """What was remembered; what is missing or nonsense takes its default."""
    try:
        stored = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return WindowState()
    except (OSError, ValueError) as error:
        log.warning("The window's state could not be read: %s", error)
        return WindowState()
    return WindowState(**_sensible(stored)) if isinstance(stored, dict) else WindowState()


def save(path: Path, state: WindowState) -> None:
    """Written beside and renamed, so that a crash leaves the old one. Failing is no trouble."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(asdict(state), indent=2), "utf-8")
        beside.replace(path)


def restore(root: tk.Tk, state: WindowState) -> None:
    """Give the window its remembered size and place, moved so far that all of it can be seen."""
    screen_width, beside_bar = root.winfo_screenwidth(), room.highest(root)
    least_width, least_height = (style.pixels(root, size) for size in room.least_size(root))
    width, height = (style.pixels(root, size) for size in style.START_SIZE)
    width = min(max(state.width or width, least_width), screen_width)
    height = max(state.height or min(height, beside_bar), least_height)
    height = min(height, room.highest(root, beside_task_bar=False))
    x = (screen_width - width) // 2 if state.x is None else state.x
    y = (beside_bar - height) // 3 if state.y is None else state.y
    x, y = room.inside(root, x, y, (width, height), beside_task_bar=False)
    tk.Wm.wm_geometry(root, f"{width}x{height}+{x}+{y}")
    if state.maximised:
        with contextlib.suppress(tk.TclError):
            root.state("zoomed")


def remember(root: tk.Tk, state: WindowState) -> None:
    """Take size and place from the window; a maximised or minimised one keeps its former."""
    state.maximised = root.state() == "zoomed"
    if root.state() != "normal":
        return
    state.width, state.height = root.winfo_width(), root.winfo_height()
    # Not winfo_x and winfo_y: under X11 they lie below the title bar and the menu, and the window
    # would come down a little at each start.
    _size, x, y = tk.Wm.wm_geometry(root).split("+")
    state.x, state.y = int(x), int(y)


def _sensible(stored: dict[str, Any]) -> dict[str, Any]:
    defaults = WindowState()
    good: dict[str, Any] = {}
    for each in fields(WindowState):
        value = stored.get(each.name)
        default = getattr(defaults, each.name)
        expected = int if default is None else type(default)
        if isinstance(value, expected) and isinstance(value, bool) == (expected is bool):
            good[each.name] = value
    if good.get("mode") not in set(Mode):
        good.pop("mode", None)
    return good

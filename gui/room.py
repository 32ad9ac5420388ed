"""How much of the screen a window may take, and where: sizes in pixels but where said otherwise."""

import tkinter as tk

from gui import style

AROUND = 52  # unscaled: title bar and menu bar, of which Tk counts neither to a window's height
TASK_BAR = 48  # unscaled


def least_size(root: tk.Misc) -> tuple[int, int]:
    """The smallest size that the main window may have, unscaled.

    Less than the usual one where the screen is too low for that, such as one of 1920x1080 pixels
    at 150 %: else the window's end would lie under the task bar for good.
    """
    scaling = style.scaling(root)
    width, height = root.winfo_screenwidth() / scaling, root.winfo_screenheight() / scaling
    least_width, least_height = style.MIN_SIZE
    return min(least_width, int(width)), min(least_height, int(height) - AROUND - TASK_BAR)


def highest(window: tk.Misc, *, beside_task_bar: bool = True) -> int:
    """How high the content of a window may be."""
    others = AROUND + (TASK_BAR if beside_task_bar else 0)
    return window.winfo_screenheight() - style.pixels(window, others)


def inside(
    window: tk.Misc, x: int, y: int, size: tuple[int, int], *, beside_task_bar: bool = True
) -> tuple[int, int]:
    """The place nearest to (x, y) where a window of this size can be seen whole."""
    width, height = size
    others = style.pixels(window, AROUND + (TASK_BAR if beside_task_bar else 0))
    # Screens left of or above the main one have negative places: the virtual root knows them.
    left, top = window.winfo_vrootx(), window.winfo_vrooty()
    right = left + max(window.winfo_screenwidth(), window.winfo_vrootwidth())
    bottom = top + max(window.winfo_screenheight(), window.winfo_vrootheight())
    return max(left, min(x, right - width)), max(top, min(y, bottom - height - others))

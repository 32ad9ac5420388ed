"""Colours, fonts and sizes of the window: the only place that decides them.

A colour is a pair (light, dark), which is what CustomTkinter's widgets take. Plain Tk and ttk
widgets know nothing of themes; for them `shade` gives the colour of the present theme and
`pixels` a size at the present scaling.
"""

import sys
import tkinter as tk
from tkinter import font as tkfont

import customtkinter as ctk

Colour = tuple[str, str]
Font = tuple[str, int] | tuple[str, int, str]

WINDOW: Colour = ("#F4F6F8", "#12171C")
SIDE_BAR: Colour = ("#FFFFFF", "#171E25")
CARD: Colour = ("#FFFFFF", "#1B232B")
SUNKEN: Colour = ("#FAFBFC", "#161C22")  # the log, fields
HOVER: Colour = ("#EEF2F5", "#222C36")
LINE: Colour = ("#E1E6EB", "#2A343E")
CONTROL_LINE: Colour = ("#CDD5DD", "#35414C")  # a button's edge is seen a little better
PART: Colour = ("#7F8B98", "#667380")  # what shows a control without words: 3 to 1 (WCAG 1.4.11)
TRACK: Colour = ("#DCE3E9", "#2A343E")  # the empty part of a progress bar
TEXT: Colour = ("#16202A", "#E6EDF3")
MUTED: Colour = ("#5B6876", "#9AA8B5")
DISABLED: Colour = ("#9BA6B1", "#5C6873")  # inactive controls; exempt from contrast rules
ACCENT: Colour = ("#0B7A75", "#2BB3A6")
ACCENT_HOVER: Colour = ("#096661", "#35C5B7")
ACCENT_SOFT: Colour = ("#D6EEEC", "#17393A")
ACCENT_TEXT: Colour = ("#086B66", "#2BB3A6")  # the accent as text on ACCENT_SOFT
ACCENT_OFF: Colour = ("#94C6C3", "#20595A")  # a primary button that cannot be pressed now
ACCENT_OFF_TEXT: Colour = ("#F3FAF9", "#12242A")
ON_ACCENT: Colour = ("#FFFFFF", "#0C1A1B")
SECOND: Colour = ("#3867D6", "#7EA2FF")  # second colour in charts
WARNING: Colour = ("#9A5B00", "#F2B85C")
WARNING_SOFT: Colour = ("#FCF1DF", "#33291A")
ERROR: Colour = ("#B42318", "#FF8A80")
ERROR_SOFT: Colour = ("#FCEBE9", "#3A2220")
DONE: Colour = ("#1B7F4B", "#58C98B")
DONE_SOFT: Colour = ("#EAF7F0", "#1A3628")

GRID = 4
GAP = 12  # between cards
PAD = 16  # inside a card
EDGE = 24  # between the content and the window's edge
CARD_RADIUS = 12
RADIUS = 8
CONTROL = 32  # height of a control
MAIN_BUTTON = 40
ROW = 32  # height of a table's row
SIDE_BAR_WIDTH = 196
SCROLL_BAR = 10
BESIDE_BAR = GRID + SCROLL_BAR  # how much further than its cards a scrolling area reaches

BIG = 28  # the one big number
TITLE = 22  # titles, numbers of cards
HEADING = 16
BODY = 14
SECONDARY = 13
SMALL = 12

MIN_SIZE = (1024, 700)
START_SIZE = (1200, 780)

_families: dict[str, str] = {}
_advances: dict[Font, dict[str, int]] = {}  # width of each letter that was measured, by font


def choose_fonts(root: tk.Misc) -> None:
    """Take the first font of each list that the system has. Tk thread, once, at start."""
    present = set(tkfont.families(root))
    wishes = {
        # Of Roboto Tk takes the medium weight on Linux and thickens it for bold: a last resort.
        "text": ("Segoe UI", "SF Pro Text", "Open Sans", "Ubuntu", "Noto Sans", "Roboto"),
        "mono": ("Cascadia Mono", "Consolas", "SF Mono", "DejaVu Sans Mono", "Noto Sans Mono"),
    }
    defaults = {"text": "TkDefaultFont", "mono": "TkFixedFont"}
    for use, names in wishes.items():
        _families[use] = next((name for name in names if name in present), defaults[use])


def font(size: int = BODY, *, bold: bool = False, mono: bool = False) -> Font:
    """A font in unscaled pixels, for CustomTkinter's widgets (they scale it themselves)."""
    family = _families.get("mono" if mono else "text", "TkDefaultFont")
    return (family, size, "bold") if bold else (family, size)


def scaling(widget: tk.Misc) -> float:
    """The factor between sizes of this module and pixels on the screen."""
    return float(ctk.ScalingTracker.get_widget_scaling(widget))


def pixels(widget: tk.Misc, size: float) -> int:
    return round(size * scaling(widget))


def plain_font(
    widget: tk.Misc, size: int = BODY, *, bold: bool = False, mono: bool = False
) -> Font:
    """The same font for plain Tk and ttk widgets; negative means pixels to Tk."""
    family, points, *style = font(size, bold=bold, mono=mono)
    scaled = -pixels(widget, points)
    return (family, scaled, "bold") if style else (family, scaled)


def text_width(widget: tk.Misc, text: str, face: Font) -> int:
    """How many pixels a line of text takes in a font as `plain_font` gives it.

    Each letter is asked of Tk once. Asking for whole texts takes a millisecond each, because Tk
    opens a font anew that no widget uses.
    """
    known = _advances.setdefault(face, {})
    unknown = set(text) - known.keys()
    if unknown:
        user = tk.Label(widget, font=face)
        for letter in unknown:
            known[letter] = widget.tk.getint(widget.tk.call("font", "measure", face, letter))
        user.destroy()
    return sum(known[letter] for letter in text)


def shortened(widget: tk.Misc, text: str, face: Font, room: float) -> str:
    """The text, or as much of its beginning as `room` pixels hold, with an ellipsis."""
    if text_width(widget, text, face) <= room:
        return text
    room -= text_width(widget, "…", face)
    # Letter by letter from the front: from the end a page of long names took half a second.
    fitting = 0
    for letter in text:
        room -= text_width(widget, letter, face)
        if room < 0:
            break
        fitting += 1
    return text[:fitting].rstrip() + "…"


def is_dark() -> bool:
    return bool(ctk.get_appearance_mode() == "Dark")


def shade(colour: Colour) -> str:
    """The colour of the present theme, for widgets that do not follow it themselves."""
    return colour[1] if is_dark() else colour[0]


def screen_scaling(root: tk.Misc) -> float:
    """What the screen asks for: CustomTkinter asks Windows and macOS itself, but not X11."""
    if sys.platform in ("win32", "darwin"):
        return 1.0
    return min(3.0, max(1.0, round(root.winfo_fpixels("1i") / 96 * 4) / 4))

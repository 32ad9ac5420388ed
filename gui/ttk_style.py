"""The look of what CustomTkinter does not have: tables, scrollbars, menus."""

import tkinter as tk
from tkinter import ttk
from typing import Any

from gui import style

LEAST_THUMB = 28

_line: tk.PhotoImage | None = None  # the thin line under each row of a table
_thumbs: dict[str, list[tk.PhotoImage]] = {}  # by direction: usual, under the pointer, none


def apply(root: tk.Misc) -> None:
    """Dress ttk in the present theme and scaling. Tk thread; again after each change of theme."""
    look = ttk.Style(root)
    look.theme_use("clam")
    _tables(root, look)
    _scrollbars(root, look)


def menu_colours() -> dict[str, str]:
    """Options of tk.Menu (Windows draws its own menus and ignores most of them)."""
    return {
        "background": style.shade(style.CARD),
        "foreground": style.shade(style.TEXT),
        "activebackground": style.shade(style.ACCENT_SOFT),
        "activeforeground": style.shade(style.ACCENT_TEXT),
        "disabledforeground": style.shade(style.DISABLED),
    }


def _tables(root: tk.Misc, look: ttk.Style) -> None:
    global _line
    card, line = style.shade(style.CARD), style.shade(style.LINE)
    if _line is None or "Row.line" not in look.element_names():
        _line = tk.PhotoImage(master=root, width=8, height=1)
        look.element_create("Row.line", "image", _line, border=(0, 0, 0, 0), sticky="ew")
    _line.put(line, to=(0, 0, 8, 1))
    look.layout(
        "Treeview.Row",
        [
            ("Treeitem.row", {"sticky": "nswe"}),
            ("Row.line", {"side": "bottom", "sticky": "ew"}),
        ],
    )
    # Without clam's indicator, which no table has rows to open for and which takes room.
    look.layout(
        "Treeview.Item",
        [
            (
                "Treeitem.padding",
                {
                    "sticky": "nswe",
                    "children": [
                        ("Treeitem.image", {"side": "left", "sticky": ""}),
                        ("Treeitem.text", {"sticky": "nswe"}),
                    ],
                },
            )
        ],
    )
    look.layout("Treeview", [("Treeview.treearea", {"sticky": "nswe"})])
    look.configure(
        "Treeview",
        background=card,
        fieldbackground=card,
        foreground=style.shade(style.TEXT),
        bordercolor=card,
        lightcolor=card,
        darkcolor=card,
        borderwidth=0,
        rowheight=style.pixels(root, style.ROW),
        font=style.plain_font(root, style.SECONDARY),
        indent=0,
    )
    look.map(
        "Treeview",
        background=[("selected", style.shade(style.ACCENT_SOFT))],
        foreground=[("selected", style.shade(style.TEXT))],
    )
    # ttk leaves 4 pixels at any scaling, where headings leave more: the difference.
    look.configure("Treeview.Cell", padding=(style.pixels(root, 4) - 4, 0))
    look.configure(
        "Treeview.Heading",
        background=card,
        foreground=style.shade(style.MUTED),
        bordercolor=line,
        lightcolor=card,
        darkcolor=card,
        relief="flat",
        borderwidth=0,
        font=style.plain_font(root, style.SECONDARY, bold=True),
        padding=(style.pixels(root, 4), style.pixels(root, 8)),
    )
    look.map(
        "Treeview.Heading",
        background=[("active", style.shade(style.HOVER))],
        relief=[("pressed", "flat")],
    )


def _scrollbars(root: tk.Misc, look: ttk.Style) -> None:
    for direction, surface, name in (
        ("Vertical", style.CARD, "Vertical.TScrollbar"),
        ("Horizontal", style.CARD, "Horizontal.TScrollbar"),
        ("Vertical", style.WINDOW, "Window.Vertical.TScrollbar"),
        ("Vertical", style.SUNKEN, "Sunken.Vertical.TScrollbar"),
    ):
        _scrollbar(root, look, name, direction, surface)


def _scrollbar(
    root: tk.Misc, look: ttk.Style, name: str, direction: str, surface: style.Colour
) -> None:
    """A flat bar without arrows on a surface of this colour."""
    trough = style.shade(surface)
    thumb = (_thumb(root, look, direction), {"expand": "1", "sticky": "nswe"})
    sticky = "ns" if direction == "Vertical" else "ew"
    trough_layout: Any = {"sticky": sticky, "children": [thumb]}
    look.layout(name, [(f"{direction}.Scrollbar.trough", trough_layout)])
    look.configure(
        name,
        troughcolor=trough,
        bordercolor=trough,
        arrowsize=style.pixels(root, style.SCROLL_BAR),
        width=style.pixels(root, style.SCROLL_BAR),
        borderwidth=0,
        relief="flat",
    )


def _thumb(root: tk.Misc, look: ttk.Style, direction: str) -> str:
    """The part to drag: slimmer than the bar that the pointer has to hit, and never so short that
    it could not be hit. clam's own is a square of the bar's width where there is much to scroll."""
    element = f"Slim.{direction}.thumb"
    long, wide = (style.pixels(root, size) for size in (LEAST_THUMB, style.SCROLL_BAR))
    size = (wide, long) if direction == "Vertical" else (long, wide)
    if element not in look.element_names():
        images = [tk.PhotoImage(master=root, width=size[0], height=size[1]) for _n in range(3)]
        _thumbs[direction] = images
        usual, active, none = images
        look.element_create(
            element, "image", usual, ("disabled", none), ("active", active),
            width=size[0], height=size[1], sticky="nswe",
        )  # fmt: skip
    side = style.pixels(root, 2)
    left, top = (side, 0) if direction == "Vertical" else (0, side)
    for image, colour in zip(_thumbs[direction], (style.PART, style.MUTED), strict=False):
        image.put(style.shade(colour), to=(left, top, size[0] - left, size[1] - top))
    return element

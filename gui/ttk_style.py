"""The look of what CustomTkinter does not have: tables, scrollbars, menus."""

import tkinter as tk
from tkinter import ttk
from typing import Any

from gui import style

_line: tk.PhotoImage | None = None  # the thin line under each row of a table


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
    for direction, sticky in (("Vertical", "ns"), ("Horizontal", "ew")):
        _scrollbar(root, look, f"{direction}.TScrollbar", sticky, style.CARD)
    _scrollbar(root, look, "Window.Vertical.TScrollbar", "ns", style.WINDOW)
    _scrollbar(root, look, "Sunken.Vertical.TScrollbar", "ns", style.SUNKEN)


def _scrollbar(
    root: tk.Misc, look: ttk.Style, name: str, sticky: str, surface: style.Colour
) -> None:
    """A flat bar without arrows on a surface of this colour."""
    trough = style.shade(surface)
    direction = name.split(".")[-2]
    thumb = (f"{direction}.Scrollbar.thumb", {"expand": "1", "sticky": "nswe"})
    trough_layout: Any = {"sticky": sticky, "children": [thumb]}
    look.layout(name, [(f"{direction}.Scrollbar.trough", trough_layout)])
    look.configure(
        name,
        background=style.shade(style.TRACK),
        troughcolor=trough,
        bordercolor=trough,
        lightcolor=style.shade(style.TRACK),
        darkcolor=style.shade(style.TRACK),
        gripcount=0,
        arrowsize=style.pixels(root, 10),
        width=style.pixels(root, 10),
        borderwidth=0,
        relief="flat",
    )
    look.map(
        name,
        background=[
            ("disabled", trough),
            ("active", style.shade(style.DISABLED)),
        ],
        lightcolor=[("disabled", trough), ("active", style.shade(style.DISABLED))],
        darkcolor=[("disabled", trough), ("active", style.shade(style.DISABLED))],
    )

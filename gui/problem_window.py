"""What is shown where the window itself cannot be: settings that are wrong, a busy copy."""

import customtkinter as ctk

from core.errors import UserError
from core.i18n import _
from gui import opening, style, theming
from gui.icons import icon
from gui.widgets.basics import Label, Row
from gui.widgets.buttons import Button


def show_problem(error: UserError, *, settings_folder: str = "") -> None:
    """A small window with what happened and what to do; returns when it is closed."""
    theming.load("system")
    root = ctk.CTk(fg_color=style.WINDOW)
    style.choose_fonts(root)
    ctk.set_widget_scaling(style.screen_scaling(root))
    root.title("DataMaster Collector")
    root.resizable(False, False)
    content = Row(root)
    content.pack(padx=style.EDGE, pady=style.EDGE)
    Label(content, image=icon("error", 32, style.ERROR)).grid(
        row=0, column=0, rowspan=2, sticky="n", padx=(0, style.PAD)
    )
    Label(content, error.message, size=style.HEADING, bold=True, wraplength=460).grid(
        row=0, column=1, sticky="w"
    )
    Label(content, error.hint, colour=style.MUTED, wraplength=460).grid(
        row=1, column=1, sticky="w", pady=(style.GRID, 0)
    )
    buttons = Row(root)
    buttons.pack(anchor="e", padx=style.EDGE, pady=(0, style.EDGE))
    if settings_folder:
        show = Button(
            buttons,
            _("Open the folder of the settings"),
            lambda: opening.open_folder(settings_folder),
        )
        show.pack(side="left", padx=(0, style.GRID * 2))
    close = Button(buttons, _("Close"), root.quit, look="primary")
    close.pack(side="left")
    close.focus_set()
    root.bind("<Escape>", lambda _e: root.quit())
    root.protocol("WM_DELETE_WINDOW", root.quit)
    root.mainloop()
    root.destroy()

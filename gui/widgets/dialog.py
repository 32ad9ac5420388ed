"""Dialogs: one window for each kind, made once and reused.

CustomTkinter's top-level windows add bindings to the whole program that are never removed,
so a dialog that is made anew each time would leak a little every time.
"""

import contextlib
import sys
import tkinter as tk
from collections.abc import Callable, Sequence
from typing import Any

import customtkinter as ctk

from gui import room, style
from gui.icons import icon
from gui.texts import Texts, exists
from gui.widgets.banner import Answer
from gui.widgets.basics import Label, Row
from gui.widgets.buttons import Button
from gui.widgets.reading_order import tab_as_one_reads


class Dialog(ctk.CTkToplevel):  # type: ignore[misc]  # customtkinter is untyped
    """A modal dialog. Hidden until `open`; Esc and the window's cross call `cancel`."""

    # Unscaled; without a height as high as its content, and higher once that asks for more;
    # None: as large as its content asks for.
    size: tuple[int, int | None] | None = None
    resizes = False
    modal = True

    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master, fg_color=style.WINDOW)
        self.withdraw()
        self.root = master
        self.texts = Texts()
        self.opened = False
        self.transient(master)
        if sys.platform == "linux":  # not every window manager draws an edge
            self._edge()
        self.resizable(self.resizes, self.resizes)
        self.protocol("WM_DELETE_WINDOW", self.cancel)
        self._growing = ""
        if self.fits_content:
            self.bind("<Configure>", lambda _e: self._grow_soon(), add="+")
        self.bind("<Escape>", lambda _e: self.cancel())
        tab_as_one_reads(self, lambda: self)

    @property
    def fits_content(self) -> bool:
        """Whether it is as high as its content at a width of its own."""
        return self.size is not None and self.size[1] is None

    def open(self) -> None:
        """Show it over the middle of the main window and take the input. Returns at once."""
        if not self.opened:
            self.opened = True
            self._place()
            self.deiconify()
            self.lift()
            with contextlib.suppress(tk.TclError):  # not visible yet: the grab comes later
                self.wait_visibility()
                self.grab_set()
        self.focus_first()

    def take_keyboard(self) -> None:
        """Back to what had the keyboard in this dialog last."""
        if self.opened and str(self.focus_get() or "").startswith(str(self)):
            return
        self.lift()
        last = self.focus_lastfor()
        if last is not None:
            last.focus_force()

    def close(self) -> None:
        if self.opened:
            self.opened = False
            self.grab_release()
            self.withdraw()
            self.root.focus_set()

    def cancel(self) -> None:
        """Esc or the cross: close without doing anything."""
        self.close()

    def focus_first(self) -> None:
        self.focus_set()

    def run_changed(self) -> None:
        """A run began or ended while the dialog is open."""

    def end(self) -> None:
        """The window closes: end what still works for this dialog."""

    def retheme(self) -> None:
        """Recolour what CustomTkinter does not."""
        if sys.platform == "linux":
            self._edge()

    def retranslate(self) -> None:
        self.texts.refresh()

    def _edge(self) -> None:
        line = style.shade(style.CONTROL_LINE)
        tk.Toplevel.configure(self, highlightthickness=1, highlightbackground=line,
                              highlightcolor=line)  # fmt: skip

    def _place(self) -> None:
        self.update_idletasks()
        width, height = self.winfo_reqwidth(), self.winfo_reqheight()
        if self.size is not None:
            width = style.pixels(self, self.size[0])
            height = style.pixels(self, self.size[1]) if self.size[1] is not None else height
        width = min(width, self.winfo_screenwidth())
        height = min(height, room.highest(self))
        root = self.root
        x = root.winfo_rootx() + (root.winfo_width() - width) // 2
        y = root.winfo_rooty() + (root.winfo_height() - height) // 3
        x, y = room.inside(self, x, y, (width, height))
        tk.Wm.wm_geometry(self, f"{width}x{height}+{x}+{y}")

    def _grow_soon(self) -> None:
        """Once Tk has worked out what the content asks for."""
        if self.opened and not self._growing:
            self._growing = self.after_idle(self._grow)

    def _grow(self) -> None:
        """Texts that are wrapped, or that were not there before, take more lines. It never becomes
        lower under the hand."""
        self._growing = ""
        if not exists(self) or not self.opened:
            return
        width, height = self.winfo_width(), min(self.winfo_reqheight(), room.highest(self))
        if height > self.winfo_height():
            x, y = room.inside(self, self.winfo_x(), self.winfo_y(), (width, height))
            tk.Wm.wm_geometry(self, f"{width}x{height}+{x}+{y}")


class Question(Dialog):
    """A question with two or three answers; the first is the one that Return gives."""

    def __init__(self, master: tk.Tk) -> None:
        super().__init__(master)
        content = Row(self)
        content.pack(fill="both", expand=True, padx=style.EDGE, pady=(style.EDGE, style.PAD))
        content.columnconfigure(1, weight=1)
        self._picture = Label(content)
        self._picture.grid(row=0, column=0, rowspan=2, sticky="n", padx=(0, style.PAD))
        self.heading = Label(content, size=style.HEADING, bold=True, wraplength=400)
        self.heading.grid(row=0, column=1, sticky="w")
        self.sentence = Label(content, colour=style.MUTED, wraplength=400)
        self.sentence.grid(row=1, column=1, sticky="w", pady=(style.GRID, 0))
        self._row = Row(self)
        self._row.pack(fill="x", padx=style.EDGE, pady=(style.GRID, style.EDGE))
        self.buttons: list[Button] = []

    def ask(
        self,
        title: str,
        sentence: str,
        answers: Sequence[Answer],
        *,
        kind: str = "info",
        cancel: str,
    ) -> None:
        """Ask; the dialog closes before the chosen answer's action is called."""
        colour = {"error": style.ERROR, "warning": style.WARNING}.get(kind, style.ACCENT)
        self.title(title)
        self._picture.configure(image=icon(kind, 32, colour))
        self.heading.say(title)
        self.sentence.say(sentence)
        for button in self.buttons:
            button.destroy()
        all_answers = [*answers, Answer(cancel, lambda: None)]
        self.buttons = []
        for answer in reversed(all_answers):
            button = Button(self._row, answer.text, self._answered(answer.action),
                            look=answer.look)  # fmt: skip
            button.pack(side="right", padx=(style.GRID * 2, 0))
            self.buttons.insert(0, button)
        self.open()

    def focus_first(self) -> None:
        self.buttons[0].focus_set()

    def _answered(self, action: Callable[[], Any]) -> Callable[[], None]:
        def answer() -> None:
            self.close()
            action()

        return answer

"""Messages inside the window: a banner that stays until it is answered, a toast that fades."""

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import customtkinter as ctk

from gui import style
from gui.icons import icon
from gui.widgets.basics import Card, Label
from gui.widgets.buttons import Button

_KINDS: dict[str, tuple[str, style.Colour, style.Colour]] = {
    "info": ("info", style.ACCENT_TEXT, style.ACCENT_SOFT),
    "done": ("done", style.DONE, style.DONE_SOFT),
    "warning": ("warning", style.WARNING, style.WARNING_SOFT),
    "error": ("error", style.ERROR, style.ERROR_SOFT),
}
TOAST_MS = 5000
MOST_BESIDE = 3  # answers beside the words; more stand below them


@dataclass(frozen=True, slots=True)
class Answer:
    """A button of a banner or dialog."""

    text: str
    action: Callable[[], Any]
    look: str = "plain"


class Banner(Card):
    """A coloured card with an icon, a title, a sentence and buttons. Hidden until `show`.

    The caller grids it once with `place_in`; hidden it takes no room.
    """

    def __init__(self, master: tk.Misc) -> None:
        super().__init__(master)
        self.columnconfigure(1, weight=1)
        self._picture = Label(self)
        self._picture.grid(row=0, column=0, rowspan=2, sticky="n", padx=(style.PAD, style.GAP),
                           pady=style.GAP + 2)  # fmt: skip
        self.title = Label(self, bold=True, wraps=True)
        self.title.grid(row=0, column=1, sticky="sew", pady=(style.GAP, 0))
        self.sentence = Label(self, size=style.SECONDARY, wraps=True)
        self.sentence.grid(row=1, column=1, sticky="new", pady=(0, style.GAP))
        self._buttons = ctk.CTkFrame(self, fg_color="transparent")
        self._buttons.grid(row=0, column=2, rowspan=2, padx=style.PAD, pady=style.GAP)
        self.buttons: list[Button] = []
        self._grid_options: dict[str, Any] = {}
        self.visible = False
        self._shown: tuple[str, str, tuple[str, ...]] | None = None

    def place_in(self, **grid_options: Any) -> None:
        self._grid_options = grid_options

    def show(self, kind: str, title: str, sentence: str, answers: Sequence[Answer] = ()) -> None:
        """Show or change the banner; `kind` is info, done, warning or error."""
        state = (kind, title, tuple(a.text for a in answers))
        if state != self._shown:
            self._shown = state
            picture, colour, soft = _KINDS[kind]
            self.configure(fg_color=soft, border_color=soft)
            for label in (self._picture, self.title, self.sentence):
                label.configure(bg_color=soft)
            self._picture.configure(image=icon(picture, 22, colour))
            self.title.say(title)
            self._set_answers(answers)
        self.sentence.say(sentence)
        if not self.visible:
            self.visible = True
            self.grid(**self._grid_options)

    def hide(self) -> None:
        if self.visible:
            self.visible = False
            self._shown = None
            self.grid_remove()

    def _set_answers(self, answers: Sequence[Answer]) -> None:
        for button in self.buttons:
            button.destroy()
        self.buttons = []
        for column, answer in enumerate(answers):
            button = Button(self._buttons, answer.text, answer.action, look=answer.look)
            button.grid(row=0, column=column, padx=(style.GRID * 2 if column else 0, 0))
            self.buttons.append(button)
        if len(answers) > MOST_BESIDE:  # they would leave the words a narrow column
            self._buttons.grid(row=2, column=1, columnspan=2, rowspan=1, sticky="w", padx=0,
                               pady=(0, style.GAP))  # fmt: skip
        elif answers:
            self._buttons.grid(row=0, column=2, columnspan=1, rowspan=2, sticky="", padx=style.PAD,
                               pady=style.GAP)  # fmt: skip
        else:
            self._buttons.grid_remove()


class Toast(Card):
    """A short message at the lower right that goes by itself; a click takes it away."""

    def __init__(self, master: tk.Misc) -> None:
        super().__init__(master, line=style.CONTROL_LINE)
        self._picture = Label(self)
        self._picture.grid(row=0, column=0, padx=(style.PAD, style.GRID * 2), pady=style.GAP)
        self.sentence = Label(self, wraplength=420)
        self.sentence.grid(row=0, column=1, padx=(0, style.PAD), pady=style.GAP)
        self._after: str | None = None
        for widget in (self, self._picture, self.sentence):
            widget.bind("<Button-1>", lambda _e: self.hide())

    def show(self, kind: str, sentence: str) -> None:
        picture, colour, _soft = _KINDS[kind]
        self._picture.configure(image=icon(picture, 20, colour))
        self.sentence.say(sentence)
        self.place(relx=1.0, rely=1.0, x=-style.EDGE, y=-style.EDGE, anchor="se")
        self.lift()
        if self._after is not None:
            self.after_cancel(self._after)
        self._after = self.after(TOAST_MS, self.hide)

    def hide(self) -> None:
        self._after = None
        self.place_forget()

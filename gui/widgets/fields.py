"""Fields to type into and to choose from."""

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import Any

import customtkinter as ctk

from gui import style
from gui.icons import icon
from gui.ttk_style import menu_colours
from gui.widgets.buttons import Button


class Field(ctk.CTkEntry):  # type: ignore[misc]  # customtkinter is untyped
    """A line to type into. Copying, pasting, undo and the context menu come from gui.editing."""

    def __init__(
        self,
        master: tk.Misc,
        *,
        width: int = 200,
        secret: bool = False,
        changed: Callable[[], Any] | None = None,
        submitted: Callable[[], Any] | None = None,
        mono: bool = False,
    ) -> None:
        super().__init__(
            master,
            width=width,
            height=style.CONTROL,
            font=style.font(mono=mono),
            show="•" if secret else "",
        )
        self._is_focused = False  # CustomTkinter begins with True, and an emptied field has no hint
        self._before = ""
        self._changed = changed
        self._wrong = False
        self._enabled = True
        self._entry.bind("<FocusIn>", lambda _e: self._edge(focused=True), add="+")
        self._entry.bind("<FocusOut>", lambda _e: self._edge(focused=False), add="+")
        if changed is not None:
            for event in ("<KeyRelease>", "<<Paste>>", "<<Cut>>", "<<Undo>>", "<<Redo>>"):
                self._entry.bind(event, lambda _e: self.after_idle(self._notice), add="+")
        if submitted is not None:
            self._entry.bind("<Return>", lambda _e: submitted(), add="+")

    def put(self, text: str) -> None:
        """Replace the text without telling anybody."""
        if text != self.get():
            self.delete(0, "end")
            if text:
                self.insert(0, text)
        self._before = text

    def enable(self, enabled: bool) -> None:
        """Make it writable or not, and let it look so."""
        self._enabled = enabled
        self.configure(
            state="normal" if enabled else "disabled",
            text_color=style.TEXT if enabled else style.DISABLED,
        )
        self._edge(focused=False)

    def reveal(self, shown: bool) -> None:
        self.configure(show="" if shown else "•")

    def mark_wrong(self, wrong: bool) -> None:
        if wrong != self._wrong:
            self._wrong = wrong
            self._edge(focused=self.focus_get() is self._entry)

    def _notice(self) -> None:
        text = self.get()
        if text != self._before:
            self._before = text
            if self._changed is not None:
                self._changed()

    def _edge(self, *, focused: bool) -> None:
        usual = style.ACCENT if focused else style.PART if self._enabled else style.LINE
        self.configure(border_color=style.ERROR if self._wrong else usual)


class CheckBox(ctk.CTkCheckBox):  # type: ignore[misc]
    """A box to tick, by Space too."""

    def __init__(self, master: tk.Misc, changed: Callable[[], Any], *, width: int = 60) -> None:
        self._ringed = False
        super().__init__(
            master,
            text="",
            command=changed,
            font=style.font(),
            checkbox_width=18,
            checkbox_height=18,
            width=width,
            height=style.CONTROL,
        )
        self._canvas.configure(takefocus=1)
        self._canvas.bind("<space>", lambda _e: self.toggle())
        self._canvas.bind("<<TraverseIn>>", lambda _e: self._ring(True))
        self._canvas.bind("<FocusOut>", lambda _e: self._ring(False))

    def enable(self, enabled: bool) -> None:
        """Make it tickable or not; one that is not is no stop for Tab."""
        self._canvas.configure(takefocus=1 if enabled else 0)
        self.configure(
            state="normal" if enabled else "disabled",
            fg_color=style.ACCENT if enabled else style.ACCENT_OFF,
        )

    def put(self, ticked: bool) -> None:
        """Tick or untick without telling anybody."""
        if ticked != bool(self.get()):
            change = self.select if ticked else self.deselect
            change(from_variable_callback=True)

    def _ring(self, shown: bool) -> None:
        self._ringed = shown
        self._draw()

    def _draw(self, no_color_updates: bool = False) -> None:
        super()._draw(no_color_updates)
        if self._ringed:  # CustomTkinter gives a ticked box no edge of its own colour
            edge = style.shade(style.TEXT if self.get() else style.ACCENT)
            self._canvas.itemconfig("border_parts", outline=edge, fill=edge)


class Choice(Button):
    """A button that shows the present choice and opens a menu of all."""

    def __init__(
        self,
        master: tk.Misc,
        values: Sequence[str],
        command: Callable[[str], Any] | None = None,
        *,
        width: int = 0,
    ) -> None:
        super().__init__(
            master,
            command=self._open,
            look="choice",
            image="chevron_down",
            compound="right",
            width=width,
            anchor="w" if width else "center",
        )
        self._values = list(values)
        self._texts: dict[str, str] = {value: value for value in values}
        self._chosen_command = command
        self.value = values[0] if values else ""
        self._menu = tk.Menu(self, tearoff=False)
        self._canvas.bind("<Down>", lambda _e: self._open())

    def _create_grid(self) -> None:
        super()._create_grid()
        if self._least_width:  # the text at the left edge, the arrow at the right one
            self.grid_columnconfigure((0, 4), weight=0)
            self.grid_columnconfigure(2, weight=1000)

    def say(self, texts: dict[str, str], values: Sequence[str] | None = None) -> None:
        """The texts by value; `values` changes what can be chosen."""
        if values is not None:
            self._values = list(values)
        self._texts = texts
        self._show()

    def set(self, value: str) -> None:
        """Choose without calling the command."""
        self.value = value
        self._show()

    def _show(self) -> None:
        self.configure(text=self._texts.get(self.value, self.value))

    def _open(self) -> None:
        menu = self._menu
        menu.delete(0, "end")
        menu.configure({"font": style.plain_font(self), **menu_colours()})
        for value in self._values:
            menu.add_command(
                label=self._texts.get(value, value),
                command=lambda value=value: self._choose(value),  # type: ignore[misc]
            )
        menu.tk_popup(self.winfo_rootx(), self.winfo_rooty() + self.winfo_height() + 2)

    def _choose(self, value: str) -> None:
        if value != self.value:
            self.set(value)
            if self._chosen_command is not None:
                self._chosen_command(value)


class SearchField(ctk.CTkFrame):  # type: ignore[misc]
    """A field with a magnifier that tells of a change once typing pauses."""

    PAUSE_MS = 180

    def __init__(
        self,
        master: tk.Misc,
        searched: Callable[[str], Any],
        *,
        width: int = 240,
        accepted: Callable[[], Any] | None = None,
    ) -> None:
        """`accepted` is called by Enter, when the search was told."""
        super().__init__(
            master,
            corner_radius=style.RADIUS,
            border_width=1,
            border_color=style.PART,
            fg_color=style.CARD,
            width=width,
            height=style.CONTROL,
        )
        self._searched = searched
        self._accepted = accepted
        self._after: str | None = None
        self.columnconfigure(1, weight=1)
        self.grid_propagate(False)
        self.rowconfigure(0, weight=1)
        magnifier = ctk.CTkLabel(self, text="", image=icon("search", 16, style.MUTED), height=0)
        magnifier.grid(row=0, column=0, padx=(10, 0))
        self.field = Field(self, changed=self._typed, submitted=self._entered)
        self.field.configure(border_width=0, height=style.CONTROL - 6)
        self.field.grid(row=0, column=1, sticky="ew", padx=(0, 4), pady=2)
        self.field.bind("<Escape>", self._clear)
        self.field.bind("<FocusIn>", lambda _e: self._ring(style.ACCENT))
        self.field.bind("<FocusOut>", lambda _e: self._ring(style.PART))

    @property
    def text(self) -> str:
        return str(self.field.get()).strip()

    def configure(self, require_redraw: bool = False, **options: Any) -> None:
        if "placeholder_text" in options:
            self.field.configure(placeholder_text=options.pop("placeholder_text"))
        super().configure(require_redraw=require_redraw, **options)

    def focus_set(self) -> None:
        self.field.focus_set()

    def _ring(self, colour: style.Colour) -> None:
        self.configure(border_color=colour)

    def _typed(self) -> None:
        if self._after is not None:
            self.after_cancel(self._after)
        self._after = self.after(self.PAUSE_MS, self._now)

    def _entered(self) -> None:
        if self._after is not None or self._accepted is None:
            self._now()
        if self._accepted is not None:
            self._accepted()

    def _now(self) -> None:
        if self._after is not None:
            self.after_cancel(self._after)
            self._after = None
        self._searched(self.text)

    def _clear(self, _event: Any) -> str | None:
        if not self.text:
            return None
        self.field.put("")
        self._now()
        return "break"

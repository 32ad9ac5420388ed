"""Buttons: one look for each meaning, reachable by keyboard."""

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import customtkinter as ctk

from gui import style
from gui.icons import icon


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of one kind of button; `off_...` where it cannot be pressed."""

    fill: style.Colour
    hover: style.Colour
    text: style.Colour
    line: style.Colour
    off_fill: style.Colour
    off_text: style.Colour
    off_line: style.Colour
    bold: bool = True
    ring: style.Colour = style.ACCENT


LOOKS: dict[str, Look] = {
    # The one thing that a view is for.
    "primary": Look(
        style.ACCENT, style.ACCENT_HOVER, style.ON_ACCENT, style.ACCENT,
        style.ACCENT_OFF, style.ACCENT_OFF_TEXT, style.ACCENT_OFF, ring=style.TEXT,
    ),
    "plain": Look(
        style.CARD, style.HOVER, style.TEXT, style.CONTROL_LINE,
        style.CARD, style.DISABLED, style.LINE,
    ),
    # Stops or erases something.
    "danger": Look(
        style.CARD, style.ERROR_SOFT, style.ERROR, style.ERROR,
        style.CARD, style.DISABLED, style.LINE, ring=style.ERROR,
    ),
    "choice": Look(
        style.CARD, style.HOVER, style.TEXT, style.CONTROL_LINE,
        style.CARD, style.DISABLED, style.LINE, bold=False,
    ),
    "chosen": Look(
        style.ACCENT_SOFT, style.ACCENT_SOFT, style.ACCENT_TEXT, style.ACCENT_SOFT,
        style.ACCENT_SOFT, style.DISABLED, style.ACCENT_SOFT,
    ),
    # Beside the chosen one, in a frame that all choices share.
    "segment": Look(
        style.CARD, style.HOVER, style.TEXT, style.CARD,
        style.CARD, style.DISABLED, style.CARD, bold=False,
    ),
}  # fmt: skip


class Button(ctk.CTkButton):  # type: ignore[misc]  # customtkinter is untyped
    """A button as wide as its text asks for; Space and Return press it.

    `look` is a key of LOOKS, or `quiet`: text only, on any surface.
    """

    def __init__(
        self,
        master: tk.Misc,
        text: str = "",
        command: Callable[[], Any] | None = None,
        *,
        look: str = "plain",
        height: int = style.CONTROL,
        image: str | None = None,
        compound: str = "left",
        size: int = style.BODY,
        **options: Any,
    ) -> None:
        self._look = look
        self._text_size = size
        self._side = 20 if height >= style.MAIN_BUTTON else (8 if look == "quiet" else 14)
        self._image_name = image
        self._least_width = options.pop("width", 0)
        super().__init__(
            master,
            text=text,
            command=command,
            width=self._least_width,
            height=height,
            corner_radius=style.RADIUS,
            border_spacing=0,
            font=style.font(size, bold=self._bold()),
            compound=compound,
            **options,
        )
        self._canvas.configure(takefocus=1)
        self._canvas.bind("<space>", self._pressed)
        self._canvas.bind("<Return>", self._pressed)
        self._canvas.bind("<Control-Return>", lambda _e: None)  # that is the window's: Start
        self._canvas.bind("<<TraverseIn>>", lambda _e: self._ring(True))
        self._canvas.bind("<FocusOut>", lambda _e: self._ring(False))
        self._paint()
        self._fit()

    def enable(self, enabled: bool) -> None:
        """Make it pressable or not; it keeps its place."""
        if enabled != self.enabled:
            self._canvas.configure(takefocus=1 if enabled else 0)
            self._paint(state="normal" if enabled else "disabled")

    @property
    def enabled(self) -> bool:
        return bool(self._state != "disabled")

    def dress(self, look: str) -> None:
        if look != self._look:
            was_bold, self._look = self._bold(), look
            if self._bold() == was_bold:
                self._paint()
            else:
                self._paint(font=style.font(self._text_size, bold=self._bold()))

    def configure(self, require_redraw: bool = False, **options: Any) -> None:
        refit = "text" in options and options["text"] != self._text
        super().configure(require_redraw=require_redraw, **options)
        if refit:
            self._fit()

    def focus_set(self) -> None:
        self._canvas.focus_set()

    def focus_by_key(self) -> None:
        """As Tab does it: with the ring."""
        self.tk.call("tk::TabToWindow", self._canvas)

    def _bold(self) -> bool:
        return self._look != "quiet" and LOOKS[self._look].bold

    def _paint(self, **options: Any) -> None:
        """Show the look, and what else has changed: CustomTkinter draws the button anew at each
        `configure`, with some sixty calls of Tk."""
        on = options.get("state", self._state) != "disabled"
        if self._look == "quiet":
            text = style.MUTED if on else style.DISABLED
            width = 0
            options |= {
                "fg_color": "transparent", "hover_color": style.HOVER,
                "text_color": text, "text_color_disabled": style.DISABLED,
            }  # fmt: skip
        else:
            look = LOOKS[self._look]
            text = look.text if on else look.off_text
            width = 1
            options |= {
                "fg_color": look.fill if on else look.off_fill,
                "hover_color": look.hover,
                "border_color": look.line if on else look.off_line,
                "text_color": look.text,
                "text_color_disabled": look.off_text,
            }
        if width != self._border_width:
            options["border_width"] = width
        if self._image_name is not None:
            size = 20 if self._desired_height >= style.MAIN_BUTTON else 16
            image = icon(self._image_name, size, text)
            if image is not self._image:
                options["image"] = image
        self.configure(**options)

    def _fit(self) -> None:
        """CustomTkinter knows no inner padding, so the width is measured."""
        family, points, *weight = style.font(self._text_size, bold=self._bold())
        face = (family, -points, "bold") if weight else (family, -points)
        measured = style.text_width(self, self._text or "", face)  # it is scaled later
        picture = 0
        if self._image_name is not None:
            picture = (20 if self._desired_height >= style.MAIN_BUTTON else 16) + 6
        wanted = measured + picture + 2 * self._side
        if not self._text:
            wanted = self._desired_height
        wanted = max(self._least_width, wanted)
        if wanted != self._desired_width:
            super().configure(width=wanted)

    def _pressed(self, _event: Any) -> str:
        self.invoke()
        return "break"

    def _ring(self, shown: bool) -> None:
        if shown:
            ring = style.ACCENT if self._look == "quiet" else LOOKS[self._look].ring
            self.configure(border_width=2, border_color=ring)
        else:
            self._paint()


class Segmented(ctk.CTkFrame):  # type: ignore[misc]
    """A few choices side by side, one chosen. Left and Right move between them."""

    def __init__(
        self,
        master: tk.Misc,
        values: Sequence[str],
        command: Callable[[str], Any] | None = None,
        *,
        value: str | None = None,
    ) -> None:
        super().__init__(
            master,
            corner_radius=style.RADIUS,
            border_width=1,
            border_color=style.CONTROL_LINE,
            fg_color=style.CARD,
        )
        self._command = command
        self.value = value if value is not None else values[0]
        self._values = list(values)
        self.buttons: dict[str, Button] = {}
        for column, key in enumerate(values):
            button = Button(self, command=partial(self._choose, key), look="segment",
                            height=style.CONTROL - 6)  # fmt: skip
            button.grid(row=0, column=column, padx=3 if column == 0 else (0, 3), pady=3)
            button.bind("<Left>", lambda _e, step=-1: self._step(step))
            button.bind("<Right>", lambda _e, step=1: self._step(step))
            self.buttons[key] = button
        self._paint()

    def say(self, texts: dict[str, str]) -> None:
        """The texts of the choices, by value."""
        for key, text in texts.items():
            self.buttons[key].configure(text=text)

    def set(self, value: str) -> None:
        """Choose without calling the command."""
        if value != self.value:
            self.value = value
            self._paint()

    def enable(self, enabled: bool) -> None:
        for button in self.buttons.values():
            button.enable(enabled)

    def _choose(self, key: str) -> None:
        if key != self.value:
            self.set(key)
            if self._command is not None:
                self._command(key)

    def _step(self, step: int) -> None:
        place = self._values.index(self.value) + step
        if 0 <= place < len(self._values) and self.buttons[self.value].enabled:
            self._choose(self._values[place])
            self.buttons[self.value].focus_by_key()

    def _paint(self) -> None:
        for key, button in self.buttons.items():
            button.dress("chosen" if key == self.value else "segment")

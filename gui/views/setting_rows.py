"""One row of the Settings view: title, explanation, the control, and what is wrong beside it."""

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import filedialog
from typing import Any

import customtkinter as ctk

from core.i18n import _
from core.settings import kinds
from core.settings.fields import SettingField
from core.settings.model import Source, wrong_setting
from gui import style
from gui.texts import Texts, Words
from gui.widgets.basics import Label, Row
from gui.widgets.buttons import Button
from gui.widgets.fields import Choice, Field

CONTROL_WIDTH = 300

TITLES: dict[str, Words] = {
    "DATAMASTER_API_URL": lambda: _("API address"),
    "DATAMASTER_API_TOKEN": lambda: _("API token"),
    "REQUEST_TIMEOUT": lambda: _("Time to wait for an answer, s"),
    "RATE_LIMIT_DELAY": lambda: _("Gap between requests, s"),
    "MAX_REQUESTS_PER_SECOND": lambda: _("Most requests a second"),
    "WORKERS": lambda: _("Workers"),
    "MAX_RETRIES": lambda: _("Retries"),
    "OUTAGE_LIMIT": lambda: _("Longest outage, s"),
    "PHONE_ACCEPT": lambda: _("Which numbers are kept"),
    "QUICK_FULL_EVERY": lambda: _("Full read every so many quick runs"),
    "SMART_MAX_DAYS": lambda: _("Smart mode: longest pause, days"),
    "DAILY_AT": lambda: _("Collect every day at"),
    "DATABASE_PATH": lambda: _("Database"),
    "EXPORT_DIR": lambda: _("Folder for reports"),
    "BACKUP_KEEP": lambda: _("Backups to keep"),
    "LOG_FILE": lambda: _("Log file"),
    "LOG_LEVEL": lambda: _("Details in the log"),
    "TELEGRAM_ENABLED": lambda: _("Telegram bot"),
    "TELEGRAM_BOT_TOKEN": lambda: _("Bot token"),
    "TELEGRAM_CHAT_ID": lambda: _("Chat"),
    "TELEGRAM_EVENTS": lambda: _("Messages about"),
    "TELEGRAM_QUIET_HOURS": lambda: _("Quiet hours"),
    "TELEGRAM_API_URL": lambda: _("Address of the Bot API"),
    "TELEGRAM_PROXY": lambda: _("Proxy for Telegram"),
    "LANGUAGE": lambda: _("Language"),
    "THEME": lambda: _("Colours"),
    "NOTIFICATIONS": lambda: _("Notifications"),
}

_WORDS: dict[str, Words] = {
    "": lambda: _("As the system"),
    "ru": lambda: "Русский",
    "en": lambda: "English",
    "system": lambda: _("As the system"),
    "light": lambda: _("Light"),
    "dark": lambda: _("Dark"),
    "valid": lambda: _("Valid ones"),
    "possible": lambda: _("Possible ones too"),
    "DEBUG": lambda: _("Everything"),
    "INFO": lambda: _("Usual"),
    "WARNING": lambda: _("Warnings and errors"),
    "ERROR": lambda: _("Errors only"),
    "start": lambda: _("start"),
    "progress": lambda: _("progress"),
    "errors": lambda: _("errors"),
    "outage": lambda: _("outages"),
    "end": lambda: _("end"),
}

Changed = Callable[[str, str], Any]


class SettingRow(ctk.CTkFrame):  # type: ignore[misc]  # customtkinter is untyped
    """Shows one setting and tells of each change with the name and the new text."""

    def __init__(
        self, master: tk.Misc, field: SettingField, texts: Texts, changed: Changed
    ) -> None:
        super().__init__(master, fg_color="transparent")
        self.field = field
        self._changed = changed
        self.columnconfigure(0, weight=1)
        title = Label(self)
        title.grid(row=0, column=0, sticky="w")
        texts.show(title, TITLES.get(field.name, lambda: field.name))
        explanation = Label(self, size=style.SECONDARY, colour=style.MUTED, wraps=True)
        explanation.grid(row=1, column=0, sticky="ew", padx=(0, style.EDGE))
        texts.show(explanation, field.explanation)
        self.place = Row(self, width=CONTROL_WIDTH)
        self.place.grid(row=0, column=1, rowspan=2, sticky="ne")
        self.place.columnconfigure(0, weight=1, minsize=style.pixels(self, CONTROL_WIDTH))
        self.control = _control(self.place, field, texts, self._typed)
        self.control.widget.grid(row=0, column=0, sticky="ew")
        self.remark = Label(self, size=style.SMALL, wraplength=CONTROL_WIDTH)
        self.remark.grid(row=2, column=1, sticky="w")
        self.remark.grid_remove()

    @property
    def text(self) -> str:
        return self.control.get()

    def show(self, text: str, source: Source, *, used: bool) -> None:
        """The present value; what the environment sets, or the demo, cannot be changed here."""
        self.control.put(text)
        fixed = source is Source.ENVIRONMENT or not used
        self.control.enable(not fixed)
        if source is Source.ENVIRONMENT:
            self._remark(_("Set by the environment"), style.MUTED)
        elif not used:
            self._remark(_("Not used in the demo"), style.MUTED)
        elif self.field.is_token and source is Source.CREDENTIAL_STORE:
            self._remark(_("Kept in the system's credential store"), style.MUTED)
        elif self.field.is_token and source is Source.ENV_FILE:
            self._remark(_("Kept readable in .env: there is no credential store"), style.WARNING)
        else:
            self._remark("", style.MUTED)

    def check(self) -> bool:
        """Show whether the text is allowed; an empty one means the default."""
        text = self.text.strip()
        wrong = wrong_setting(self.field, text) if text else None
        self.control.mark_wrong(wrong is not None)
        if wrong is None:
            self._remark("", style.MUTED)
        else:
            self._remark(_("Allowed: {allowed}").format(allowed=wrong.allowed), style.ERROR)
        return wrong is None

    def _typed(self) -> None:
        self.check()
        self._changed(self.field.name, self.text.strip())

    def _remark(self, text: str, colour: style.Colour) -> None:
        self.remark.paint(colour)
        self.remark.say(text)
        if text:
            self.remark.grid()
        else:
            self.remark.grid_remove()


class _Control:
    """What a row needs of any control."""

    widget: Any

    def get(self) -> str:
        raise NotImplementedError

    def put(self, text: str) -> None:
        raise NotImplementedError

    def enable(self, enabled: bool) -> None:
        self.widget.configure(state="normal" if enabled else "disabled")

    def mark_wrong(self, wrong: bool) -> None:
        pass


def _control(master: Any, field: SettingField, texts: Texts, typed: Callable[[], Any]) -> _Control:
    match field.kind:
        case kinds.Flag():
            return _Switch(master, typed)
        case kinds.Choice():
            values = [*field.kind.words]
            if field.name == "LANGUAGE":
                values.insert(0, "")
            return _OneOf(master, values, texts, typed)
        case kinds.Several():
            return _SomeOf(master, field.kind.words, texts, typed)
        case kinds.Location():
            return _Path(master, field.name, texts, typed)
        case _ if field.is_secret:
            return _Secret(master, typed)
        case _:
            return _Line(master, typed)


class _Line(_Control):
    def __init__(self, master: Any, typed: Callable[[], Any]) -> None:
        self.widget = self.entry = Field(master, width=CONTROL_WIDTH, changed=typed)

    def get(self) -> str:
        return str(self.entry.get())

    def put(self, text: str) -> None:
        self.entry.configure(state="normal")  # a disabled entry takes no text
        self.entry.put(text)

    def mark_wrong(self, wrong: bool) -> None:
        self.entry.mark_wrong(wrong)


class _Secret(_Control):
    """Never filled with what is stored; only what is typed is shown, and only when asked."""

    def __init__(self, master: Any, typed: Callable[[], Any]) -> None:
        self.widget = Row(master)
        self.widget.columnconfigure(0, weight=1)
        self.entry = Field(self.widget, width=200, secret=True, changed=typed)
        self.entry.grid(row=0, column=0, sticky="ew")
        self._shown = False
        self._eye = Button(self.widget, command=self._reveal, look="choice", image="eye",
                           width=style.CONTROL)  # fmt: skip
        self._eye.grid(row=0, column=1, padx=(style.GRID * 2, 0))

    def get(self) -> str:
        return str(self.entry.get())

    def put(self, text: str) -> None:
        self.entry.configure(state="normal")
        self.entry.put("")
        self.entry.configure(placeholder_text=text)

    def enable(self, enabled: bool) -> None:
        self.entry.configure(state="normal" if enabled else "disabled")
        self._eye.enable(enabled)

    def mark_wrong(self, wrong: bool) -> None:
        self.entry.mark_wrong(wrong)

    def _reveal(self) -> None:
        self._shown = not self._shown
        self.entry.reveal(self._shown)


class _Path(_Line):
    """A path with a button that opens the system's dialog."""

    def __init__(self, master: Any, name: str, texts: Texts, typed: Callable[[], Any]) -> None:
        self.widget = Row(master)
        self.widget.columnconfigure(0, weight=1)
        self.entry = Field(self.widget, width=160, changed=typed)
        self.entry.grid(row=0, column=0, sticky="ew")
        self._name = name
        self._typed = typed
        self._button = Button(self.widget, command=self._choose, look="choice")
        self._button.grid(row=0, column=1, padx=(style.GRID * 2, 0))
        texts.show(self._button, lambda: _("Choose…"))

    def enable(self, enabled: bool) -> None:
        self.entry.configure(state="normal" if enabled else "disabled")
        self._button.enable(enabled)

    def _choose(self) -> None:
        start = str(Path(self.get() or ".").parent)
        if self._name == "EXPORT_DIR":
            chosen = filedialog.askdirectory(parent=self.widget, initialdir=start)
        else:
            chosen = filedialog.asksaveasfilename(
                parent=self.widget, initialdir=start, initialfile=Path(self.get()).name,
                confirmoverwrite=False,
            )  # fmt: skip
        if chosen:
            self.entry.put(str(Path(chosen)))
            self._typed()


class _Switch(_Control):
    def __init__(self, master: Any, typed: Callable[[], Any]) -> None:
        self.widget = ctk.CTkSwitch(master, text="", command=typed, width=44, height=style.CONTROL,
                                    switch_width=40, switch_height=20)  # fmt: skip
        canvas = self.widget._canvas  # noqa: SLF001 - CustomTkinter's switch takes no focus itself
        canvas.configure(takefocus=1)
        canvas.bind("<space>", lambda _e: self.widget.toggle())

    def get(self) -> str:
        return "true" if self.widget.get() else "false"

    def put(self, text: str) -> None:
        on = kinds.Flag().read(text or "false")
        if on != bool(self.widget.get()):
            if on:
                self.widget.select(from_variable_callback=True)
            else:
                self.widget.deselect(from_variable_callback=True)


class _OneOf(_Control):
    def __init__(
        self, master: Any, values: list[str], texts: Texts, typed: Callable[[], Any]
    ) -> None:
        self.widget = self._choice = Choice(
            master, values, lambda _value: typed(), width=CONTROL_WIDTH
        )
        texts.call(lambda: self._choice.say({value: _word(value) for value in values}))

    def get(self) -> str:
        return self._choice.value

    def put(self, text: str) -> None:
        self._choice.set(text)

    def enable(self, enabled: bool) -> None:
        self._choice.enable(enabled)


class _SomeOf(_Control):
    def __init__(self, master: Any, values: Any, texts: Texts, typed: Callable[[], Any]) -> None:
        self.widget = Row(master)
        self._boxes: dict[str, Any] = {}
        for place, value in enumerate(values):
            box = ctk.CTkCheckBox(self.widget, text="", command=typed, font=style.font(),
                                  checkbox_width=18, checkbox_height=18, width=90)  # fmt: skip
            box.grid(row=place // 3, column=place % 3, sticky="w", pady=2, padx=(0, style.GRID))
            texts.show(box, _WORDS[value])
            self._boxes[value] = box

    def get(self) -> str:
        return ",".join(value for value, box in self._boxes.items() if box.get()) or "none"

    def put(self, text: str) -> None:
        chosen = text.split(",")
        for value, box in self._boxes.items():
            if value in chosen:
                box.select(from_variable_callback=True)
            else:
                box.deselect(from_variable_callback=True)

    def enable(self, enabled: bool) -> None:
        for box in self._boxes.values():
            box.configure(state="normal" if enabled else "disabled")


def _word(value: str) -> str:
    return _WORDS[value]() if value in _WORDS else value

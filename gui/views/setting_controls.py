"""The controls of the Settings view: one for each kind of setting, all with the same manners."""

from collections.abc import Callable
from pathlib import Path
from tkinter import filedialog
from typing import Any

from core.i18n import _
from core.settings import kinds
from core.settings.setting_field import SettingField
from gui import style
from gui.texts import Texts, Words
from gui.widgets.basics import Row
from gui.widgets.buttons import Button
from gui.widgets.fields import CheckBox, Choice, Field
from gui.widgets.tooltip import explain

CONTROL_WIDTH = 300

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


class Control:
    """What a row needs of any control."""

    widget: Any

    def get(self) -> str:
        raise NotImplementedError

    def put(self, text: str) -> None:
        raise NotImplementedError

    def put_typed(self, text: str) -> None:
        """What was typed before, after `put` has shown what is stored."""
        self.put(text)

    def enable(self, enabled: bool) -> None:
        raise NotImplementedError

    def mark_wrong(self, wrong: bool) -> None:
        pass


def control_for(
    master: Any, field: SettingField, texts: Texts, typed: Callable[[], Any]
) -> Control:
    match field.kind:
        case kinds.Flag():
            return _Switch(master, texts, typed)
        case kinds.Choice():
            values = [*field.kind.words]
            if field.name == "LANGUAGE":
                values.insert(0, "")
            return _OneOf(master, values, texts, typed)
        case kinds.Several():
            return _SomeOf(master, field.kind.words, texts, typed)
        case kinds.DecimalOrAuto():
            return _OrAuto(master, texts, typed)
        case kinds.Location():
            return _Path(master, field.name, texts, typed)
        case _ if field.is_secret:
            return _Secret(master, typed)
        case _:
            return _Line(master, typed)


class _Line(Control):
    def __init__(self, master: Any, typed: Callable[[], Any]) -> None:
        self.widget = self.entry = Field(master, width=CONTROL_WIDTH, changed=typed)

    def get(self) -> str:
        return str(self.entry.get())

    def put(self, text: str) -> None:
        self.entry.configure(state="normal")  # a disabled entry takes no text
        self.entry.put(text)

    def enable(self, enabled: bool) -> None:
        self.entry.enable(enabled)

    def mark_wrong(self, wrong: bool) -> None:
        self.entry.mark_wrong(wrong)


class _Secret(Control):
    """Never filled with what is stored; only what is typed is shown, and only when asked."""

    def __init__(self, master: Any, typed: Callable[[], Any]) -> None:
        self.widget = Row(master)
        self.widget.columnconfigure(0, weight=1)
        self.entry = Field(self.widget, width=200, secret=True, changed=typed)
        self.entry.grid(row=0, column=0, sticky="ew")
        self._shown = False
        self._eye = Button(self.widget, command=self._reveal, look="choice", image="eye",
                           width=style.CONTROL)  # fmt: skip
        explain(self._eye, lambda: _("Show or hide what is typed"))
        self._eye.grid(row=0, column=1, padx=(style.GRID * 2, 0))

    def get(self) -> str:
        return str(self.entry.get())

    def put(self, text: str) -> None:
        self.entry.configure(state="normal")
        self.entry.put("")
        self.entry.configure(placeholder_text=text)

    def put_typed(self, text: str) -> None:
        self.entry.put(text)

    def enable(self, enabled: bool) -> None:
        self.entry.enable(enabled)
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
        self.entry.enable(enabled)
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


class _OrAuto(_Line):
    """A number, or the tick that leaves it to the program."""

    AUTO = "auto"

    def __init__(self, master: Any, texts: Texts, typed: Callable[[], Any]) -> None:
        self.widget = Row(master)
        self.widget.columnconfigure(0, weight=1)
        self.entry = Field(self.widget, width=120, changed=typed)
        self.entry.grid(row=0, column=0, sticky="ew")
        self._typed = typed
        self._enabled = True
        self.box = CheckBox(self.widget, self._ticked, width=80)
        self.box.grid(row=0, column=1, padx=(style.GAP, 0))
        texts.show(self.box, lambda: _("Auto"))

    def get(self) -> str:
        return self.AUTO if self.box.get() else str(self.entry.get())

    def put(self, text: str) -> None:
        automatic = text.strip().casefold() == self.AUTO
        self.box.put(automatic)
        super().put("" if automatic else text)
        self._fit()

    def enable(self, enabled: bool) -> None:
        self._enabled = enabled
        self.box.enable(enabled)
        self._fit()

    def _ticked(self) -> None:
        self._fit()
        if not self.box.get():
            self.entry.focus_set()
        self._typed()

    def _fit(self) -> None:
        free = self._enabled and not self.box.get()
        self.entry.enable(free)


class _Switch(Control):
    def __init__(self, master: Any, texts: Texts, typed: Callable[[], Any]) -> None:
        self.widget = self._box = CheckBox(master, typed)
        texts.show(self._box, lambda: _("On"))

    def get(self) -> str:
        return "true" if self._box.get() else "false"

    def put(self, text: str) -> None:
        self._box.put(kinds.Flag().read(text or "false"))

    def enable(self, enabled: bool) -> None:
        self._box.enable(enabled)


class _OneOf(Control):
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


class _SomeOf(Control):
    def __init__(self, master: Any, values: Any, texts: Texts, typed: Callable[[], Any]) -> None:
        self.widget = Row(master)
        self._boxes: dict[str, CheckBox] = {}
        for place, value in enumerate(values):
            box = CheckBox(self.widget, typed, width=90)
            box.grid(row=place // 3, column=place % 3, sticky="w", pady=2, padx=(0, style.GRID))
            texts.show(box, _WORDS[value])
            self._boxes[value] = box

    def get(self) -> str:
        return ",".join(value for value, box in self._boxes.items() if box.get()) or "none"

    def put(self, text: str) -> None:
        chosen = text.split(",")
        for value, box in self._boxes.items():
            box.put(value in chosen)

    def enable(self, enabled: bool) -> None:
        for box in self._boxes.values():
            box.enable(enabled)


def _word(value: str) -> str:
    return _WORDS[value]() if value in _WORDS else value

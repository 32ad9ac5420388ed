"""What a place shows, and the data that its buttons carry."""

import re
from dataclasses import dataclass

from core.i18n import _
from core.telegram.outgoing import Button, Keyboard

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_DATA = re.compile(r"([a-z]{1,10})\|([\w.@+-]{0,32})\|([0-9a-z]{1,13})\|([0-9a-z]{1,7})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Choice:
    """A button before it is known whose it is: what it says, what it does, and with what."""

    label: str
    action: str
    argument: str = ""


Rows = tuple[tuple[Choice, ...], ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """A text and rows of buttons."""

    text: str
    rows: Rows = ()

    def keyboard(self, owner: int, version: int) -> Keyboard:
        """The buttons as Telegram gets them."""
        return tuple(
            tuple(
                Button(choice.label, button_data(choice.action, choice.argument, owner, version))
                for choice in row
            )
            for row in self.rows
        )

    def noted(self, note: str) -> "Screen":
        """With a sentence above the text."""
        return Screen(f"{note}\n\n{self.text}", self.rows) if note else self


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button carries: whose it is and which version of the screen it belongs to."""

    action: str
    argument: str
    owner: int
    version: int


def button_data(action: str, argument: str, owner: int, version: int) -> str:
    """At most 64 bytes, as Telegram demands. Raises ValueError where that cannot be."""
    data = f"{action}|{argument}|{_short(owner)}|{_short(version)}"
    if len(data) > 64 or _DATA.fullmatch(data) is None:
        raise ValueError(data)
    return data


def read_button(data: str) -> Pressed | None:
    """None for what no button of ours carries."""
    match = _DATA.fullmatch(data)
    if match is None:
        return None
    return Pressed(match[1], match[2], int(match[3], 36), int(match[4], 36))


def column(*choices: Choice) -> Rows:
    """Each button on a row of its own."""
    return tuple((choice,) for choice in choices)


def back() -> Choice:
    return Choice(_("◀ Back"), "back")


def _short(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"

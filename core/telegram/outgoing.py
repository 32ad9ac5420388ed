"""What goes out: one message, its buttons, and how a long text becomes several messages."""

from dataclasses import dataclass
from pathlib import Path

# Telegram cuts at 4096 UTF-16 units; staying well below leaves room for its own counting.
TEXT_LIMIT = 3900


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; `data` (at most 64 bytes) comes back when it is pressed."""

    text: str
    data: str


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to the configured chat: a text, a picture or a file.

    A later message with the same `topic` takes the place of one that waits unsent: after an
    hour without Telegram nobody wants six old milestones. `edits` is the number of a message
    whose text is replaced. A file is deleted once it is sent or given up, if `temporary`.
    """

    text: str = ""
    keyboard: Keyboard = ()
    silent: bool = False
    topic: str = ""
    edits: int | None = None
    picture: bytes | None = None
    document: Path | None = None
    temporary: bool = False

    @property
    def is_file(self) -> bool:
        return self.picture is not None or self.document is not None


def length(text: str) -> int:
    """The length as Telegram counts it: letters outside the basic plane count twice."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def split_text(text: str) -> list[str]:
    """The text in parts of at most `TEXT_LIMIT`, cut at line ends wherever a line fits."""
    parts: list[str] = []
    part = ""
    for whole_line in text.splitlines(keepends=True):
        line = whole_line
        if length(part) + length(line) > TEXT_LIMIT and part:
            parts.append(part)
            part = ""
        while length(line) > TEXT_LIMIT:
            cut = _fitting(line)
            parts.append(line[:cut])
            line = line[cut:]
        part += line
    parts.append(part)
    return [part.strip("\n") for part in parts if part.strip()]


def _fitting(line: str) -> int:
    """How many letters of a line that is too long fit, up to the last space if there is one."""
    cut = room = 0
    while room + length(line[cut]) <= TEXT_LIMIT:
        room += length(line[cut])
        cut += 1
    space = line.rfind(" ", cut // 2, cut)
    return space + 1 if space > 0 else cut

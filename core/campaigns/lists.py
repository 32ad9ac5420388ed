"""Lists that people bring: chats with their consent, messages, opt-outs."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from core.campaigns.sending.texts import has_loose_braces
from core.campaigns.storage.keeping_chats import NewChat, chat_of
from core.errors import UsageError
from core.i18n import _
from core.tables.reading.encoding import encoding_of
from core.tables.reading.list_file import open_list
from core.tables.reading.problems import unreadable

_CHAT_NAMES = ("chat", "chat_id", "id", "username", "чат")
_CONSENT_NAMES = ("consent", "согласие")
_TITLE_NAMES = ("title", "name_of_chat", "название")
_SIGNS = ";,\t|"

Row = tuple[int, Sequence[str]]
"""The line that it begins in, from 1, and its cells."""


@dataclass(slots=True)
class ChatList:
    """What a file holds: good rows, and the lines of those that are refused."""

    chats: list[NewChat] = field(default_factory=list)
    without_consent: list[int] = field(default_factory=list)
    no_chats: list[int] = field(default_factory=list)

    @property
    def refused(self) -> int:
        return len(self.without_consent) + len(self.no_chats)


def read_chats(path: Path, consent: str) -> ChatList:
    """Chats with when and where they gave their consent; `consent` says it for all that do not.

    Raises ListUnreadable, and UsageError where no column holds chats.
    """
    rows = _rows(path)
    first = next(rows, None)
    found = ChatList()
    if first is None:
        return found
    names = [cell.strip().casefold() for cell in first[1]]
    chat_at = _at(names, _CHAT_NAMES)
    if chat_at is None:
        if chat_of(first[1][0]) is None:
            raise UsageError(
                _("{file} has no column named chat.").format(file=path.name),
                _("The first line names the columns: chat, consent, and fields of messages."),
            )
        chat_at, names, rows = 0, ["chat"], chain([first], rows)
    consent_at, title_at = _at(names, _CONSENT_NAMES), _at(names, _TITLE_NAMES)
    own = {chat_at, consent_at, title_at}
    for line, cells in rows:
        given = [cell.strip() for cell in cells] + [""] * len(names)
        chat = chat_of(given[chat_at])
        said = (given[consent_at] if consent_at is not None else "") or consent
        if chat is None:
            found.no_chats.append(line)
        elif not said:
            found.without_consent.append(line)
        else:
            fields = {
                name: given[place]
                for place, name in enumerate(names)
                if place not in own and name and given[place]
            }
            title = given[title_at] if title_at is not None else ""
            found.chats.append(NewChat(chat, said, title, fields))
    return found


def read_messages(path: Path) -> list[str]:
    """The texts of a file: a column named text, else texts parted by a line of three dashes.

    Raises ListUnreadable.
    """
    if path.suffix.casefold() in (".csv", ".xlsx"):
        rows = _rows(path)
        _line, first = next(rows, (0, []))
        names = [cell.strip().casefold() for cell in first]
        place = _at(names, ("text", "текст", "message"))
        if place is None:
            raise UsageError(_("{file} has no column named text.").format(file=path.name))
        texts = [cells[place] for _line, cells in rows if len(cells) > place]
    else:
        try:
            whole = path.read_text(encoding=encoding_of(path))
        except OSError as error:
            raise unreadable(path, error) from error
        texts = f"\n{whole}\n".split("\n---\n")
    return [text.strip() for text in texts if text.strip()]


def read_opt_outs(path: Path) -> ChatList:
    """Chats of the first column or of one named chat; nothing else is needed. As `read_chats`."""
    return read_chats(path, "opt-out")


def _at(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def _rows(path: Path) -> Iterator[Row]:
    with open_list(path):  # says what is wrong with a file that is no list
        pass
    if _is_workbook(path):
        with open_list(path) as source:
            line = 0
            for batch in source.batches():
                for cells in batch:
                    line += 1
                    yield line, cells
        return
    try:
        with path.open(encoding=encoding_of(path), newline="") as file:
            sign = _sign(file.readline())
            file.seek(0)
            reader = csv.reader(file, delimiter=sign)
            begins = 1
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield begins, cells
                begins = reader.line_num + 1
    except OSError as error:
        raise unreadable(path, error) from error
    except csv.Error as error:
        raise UsageError(_("{file} is not CSV.").format(file=path.name)) from error


def _is_workbook(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _sign(line: str) -> str:
    return max(_SIGNS, key=line.count)


def check_message(text: str) -> None:
    """Raises UsageError for a brace that opens no field."""
    if has_loose_braces(text):
        raise UsageError(
            _("A field is written {{name}} or {{name|otherwise}}: {text}").format(text=text[:80]),
            _("A brace that shall stand in the text is written twice."),
        )

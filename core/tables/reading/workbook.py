"""The first sheet of an Excel workbook, row by row in flat memory."""

import posixpath
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO
from xml.etree import ElementTree
from xml.parsers import expat

from core.tables.reading.problems import damaged, not_a_list
from core.tables.reading.sheet_cells import (
    SharedTexts,
    date_styles,
    date_text,
    number_text,
    parser_for,
)
from core.tables.reading.text_list import ROWS_A_BATCH, Rows

MOST_COLUMNS = 300  # a stray cell at the far right shall not make a million rows that wide
_BLOCK = 1 << 16
_LARGEST_PART = 1 << 22  # bytes of workbook.xml and its relations
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# What a damaged or hostile file makes of the parts that read it.
_BROKEN = (zipfile.BadZipFile, expat.ExpatError, ElementTree.ParseError, LookupError, ValueError)


class Workbook:
    """An .xlsx file. `done` says how far it is read, 0 to 1. One thread at a time."""

    def __init__(self, path: Path) -> None:
        """Raises OSError, and ListUnreadable for a file that is no workbook."""
        self._name = path.name
        self.done = 0.0
        self._texts = SharedTexts()
        try:
            self._zip = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            self._texts.close()
            raise damaged(self._name) from error
        try:
            self._open()
        except (*_BROKEN, NotImplementedError, RuntimeError) as error:
            self.close()
            raise damaged(self._name) from error
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        book = "xl/workbook.xml"
        if book not in self._zip.namelist():
            raise not_a_list(self._name)
        root = self._small(book)
        self._epoch_1904 = any(
            element.get("date1904") in {"1", "true"} for element in _named(root, "workbookPr")
        )
        sheet = next(
            (s for s in _named(root, "sheet") if s.get("state", "visible") == "visible"), None
        )
        if sheet is None:
            raise not_a_list(self._name)
        self.sheet = sheet.get("name", "")
        relations = {
            relation.get("Id"): relation
            for relation in _named(self._small("xl/_rels/workbook.xml.rels"), "Relationship")
        }
        self._part = _path(relations[sheet.attrib[_RELATION]].get("Target", ""))
        of_kind = {
            relation.get("Type", "").rpartition("/")[2]: relation for relation in relations.values()
        }
        self._dates: frozenset[int] = frozenset()
        if (styles := of_kind.get("styles")) is not None:
            with self._zip.open(_path(styles.get("Target", ""))) as file:
                self._dates = date_styles(file, self._name)
        if (shared := of_kind.get("sharedStrings")) is not None:
            with self._zip.open(_path(shared.get("Target", ""))) as file:
                self._texts.read(file, self._name)

    def _small(self, part: str) -> ElementTree.Element:
        with self._zip.open(part) as file:
            text = file.read(_LARGEST_PART)
        if b"<!DOCTYPE" in text:
            raise damaged(self._name)
        return ElementTree.fromstring(text)  # noqa: S314 - no definitions, see above

    def batches(self) -> Iterator[Rows]:
        """All rows from the first, those without any text left out. Raises ListUnreadable."""
        try:
            size = max(1, self._zip.getinfo(self._part).file_size)
            with self._zip.open(self._part) as file:
                yield from self._batches(file, size)
        except _BROKEN as error:
            raise damaged(self._name) from error

    def _batches(self, file: IO[bytes], size: int) -> Iterator[Rows]:
        reading = _SheetReader(self._texts, self._dates, self._epoch_1904, self._name)
        read = 0
        while block := file.read(_BLOCK):
            reading.feed(block)
            read += len(block)
            if len(reading.rows) >= ROWS_A_BATCH:
                self.done = min(1.0, read / size)
                yield reading.take()
        reading.feed(b"", last=True)
        self.done = 1.0
        if rows := reading.take():
            yield rows

    def close(self) -> None:
        self._texts.close()
        if hasattr(self, "_zip"):
            self._zip.close()


class _SheetReader:
    """Gathers the rows of a sheet's XML."""

    def __init__(
        self, texts: SharedTexts, dates: frozenset[int], epoch_1904: bool, name: str
    ) -> None:
        self.rows: list[Sequence[str]] = []
        self._texts, self._dates, self._epoch_1904 = texts, dates, epoch_1904
        self._row: list[str] = []
        self._column = 0
        self._kind = ""
        self._style = 0
        self._parts: list[str] = []
        self._wanted = False
        self._parser = parser_for(name)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def feed(self, block: bytes, last: bool = False) -> None:
        self._parser.Parse(block, last)

    def take(self) -> Rows:
        rows, self.rows = self.rows, []
        return rows

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "v" or tag == "t":
            self._wanted = True
        elif tag == "c":
            self._kind = attributes.get("t", "n")
            self._style = int(attributes.get("s", "0"))
            reference = attributes.get("r")
            self._column = _column(reference) if reference else len(self._row)
            self._parts.clear()
        elif tag == "row":
            self._row = []
        elif ":" in tag:
            self._start(tag.rpartition(":")[2], attributes)

    def _end(self, tag: str) -> None:
        if tag == "v" or tag == "t":
            self._wanted = False
        elif tag == "c":
            if self._parts and self._column < MOST_COLUMNS:
                row, column = self._row, self._column
                while len(row) < column:
                    row.append("")
                row.append(self._value("".join(self._parts)))
        elif tag == "row":
            if any(map(str.strip, self._row)):
                self.rows.append(self._row)
        elif ":" in tag:
            self._end(tag.rpartition(":")[2])

    def _text(self, data: str) -> None:
        if self._wanted:
            self._parts.append(data)

    def _value(self, text: str) -> str:
        match self._kind:
            case "s":
                return self._texts[int(text)]
            case "n":
                if self._style in self._dates:
                    return date_text(text, self._epoch_1904)
                return number_text(text)
            case "e":
                return ""
        return text


def _column(reference: str) -> int:
    """0 for `A1`, 26 for `AA7`."""
    number = 0
    for letter in reference:
        if letter.isdigit():
            break
        number = number * 26 + ord(letter) - 64
    return number - 1


def _named(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (element for element in root.iter() if element.tag.rpartition("}")[2] == name)


def _path(target: str) -> str:
    """Where a relation of the workbook leads, inside the file."""
    return target[1:] if target.startswith("/") else posixpath.normpath(f"xl/{target}")

"""What stands in the cells of a workbook: texts shared by many cells, numbers, dates."""

import mmap
import tempfile
from array import array
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import IO
from xml.parsers import expat

from core.tables.reading.problems import damaged

_BLOCK = 1 << 16
_IN_MEMORY = 4 << 20  # bytes of shared texts that need no file

# Numbers of built-in formats that show a day or a time of day.
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
# Days of no time zone: a workbook knows none.
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_EPOCH_1904 = datetime(1904, 1, 1, tzinfo=UTC)
_SHORTEST, _LONGEST_DAY = 1, 2_958_465  # 1900-01-01 and 9999-12-31


def parser_for(name: str) -> expat.XMLParserType:
    """A parser that takes no definitions: they could make a small file fill all memory."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_definition: object) -> None:
        raise damaged(name)

    parser.StartDoctypeDeclHandler = refuse
    return parser


class SharedTexts:
    """The texts that cells refer to by number, kept in a file without a name. Closed when done."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
        self._ends = array("Q", [0])
        self._map: mmap.mmap | bytes = b""

    def read(self, file: IO[bytes], name: str) -> None:
        """Take the texts of `sharedStrings.xml`. Raises ListUnreadable."""
        parser = parser_for(name)
        parts: list[str] = []
        wanted = False
        phonetic = False  # how a Japanese text is read is written beside it

        def start(tag: str, _attributes: dict[str, str]) -> None:
            nonlocal wanted, phonetic
            tag = tag.rpartition(":")[2]
            if tag == "si":
                parts.clear()
            elif tag == "rPh":
                phonetic = True
            elif tag == "t":
                wanted = not phonetic

        def end(tag: str) -> None:
            nonlocal wanted, phonetic
            tag = tag.rpartition(":")[2]
            if tag == "si":
                self._add("".join(parts))
            elif tag == "rPh":
                phonetic = False
            elif tag == "t":
                wanted = False

        def text(data: str) -> None:
            if wanted:
                parts.append(data)

        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = text
        while block := file.read(_BLOCK):
            parser.Parse(block)
        parser.Parse(b"", True)
        self._open()

    def _add(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        self._file.write(data)
        self._ends.append(self._ends[-1] + len(data))

    def _open(self) -> None:
        if self._ends[-1] <= _IN_MEMORY:
            self._file.seek(0)
            self._map = self._file.read()
        else:
            self._file.rollover()
            self._file.flush()
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)

    def __getitem__(self, number: int) -> str:
        """Raises IndexError."""
        if number < 0:
            raise IndexError(number)
        return self._map[self._ends[number] : self._ends[number + 1]].decode("utf-8")

    def close(self) -> None:
        if isinstance(self._map, mmap.mmap):
            self._map.close()
        self._file.close()


def date_styles(file: IO[bytes], name: str) -> frozenset[int]:
    """The numbers of the cell styles of `styles.xml` that show a number as a date."""
    parser = parser_for(name)
    own: dict[int, str] = {}
    styles: list[int] = []
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        tag = tag.rpartition(":")[2]
        if tag == "numFmt":
            own[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            inside = True
        elif tag == "xf" and inside:
            styles.append(int(attributes.get("numFmtId", "0")))

    def end(tag: str) -> None:
        nonlocal inside
        if tag.rpartition(":")[2] == "cellXfs":
            inside = False

    parser.StartElementHandler, parser.EndElementHandler = start, end
    while block := file.read(_BLOCK):
        parser.Parse(block)
    parser.Parse(b"", True)
    return frozenset(
        place
        for place, form in enumerate(styles)
        if (form in own and _shows_date(own[form])) or (form not in own and form in _BUILT_IN_DATES)
    )


def _shows_date(form: str) -> bool:
    """Whether a format has the letters of a date outside of quotes, brackets and escapes."""
    quoted = escaped = False
    depth = 0
    for sign in form.lower():
        if escaped:
            escaped = False
        elif sign == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif sign == "\\":
            escaped = True
        elif sign == "[":
            depth += 1
        elif sign == "]":
            depth -= 1
        elif not depth and sign in "dmyhs":
            return True
    return False


def number_text(text: str) -> str:
    """A number as it stands in a workbook, with all its digits: `7.9571234567E10` is a phone."""
    if text.isdecimal():
        return text
    try:
        value = Decimal(text)
        whole = value.to_integral_value()
    except (InvalidOperation, OverflowError):
        return text
    return str(int(whole)) if value == whole and abs(value.adjusted()) < 40 else text


def date_text(text: str, epoch_1904: bool) -> str:
    """Days since the beginning of 1900 (or 1904) as `2026-11-27` or `2026-11-27 10:30:05`."""
    try:
        days = float(text)
    except ValueError:
        return text
    if not _SHORTEST <= days <= _LONGEST_DAY:
        return number_text(text)
    begin = _EPOCH_1904 if epoch_1904 else _EPOCH
    try:
        moment = begin + timedelta(seconds=round(days * 86_400))
    except OverflowError:
        return number_text(text)
    return moment.strftime("%Y-%m-%d" if days == int(days) else "%Y-%m-%d %H:%M:%S")

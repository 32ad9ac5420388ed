"""Which column of a list holds the numbers, and whether its first row is a heading."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from core.errors import UsageError
from core.i18n import _
from core.phones.numbers.fastpath import normalize_page
from core.phones.numbers.outcome import Accept
from core.tables.reading.list_file import ListSource
from core.tables.reading.text_list import Rows

LOOKED_AT = 500  # rows
_HEADING = re.compile(r"phone|number|mobile|тел|номер|моб|msisdn", re.IGNORECASE)
_HEADING_COUNTS = 0.1  # as a tenth more of the column's cells being numbers
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class ListColumns:
    """What the beginning of a list shows.

    `names` are the headings, or letters as in a spreadsheet where there are none; `column` is
    the place of the numbers from 0, None where no column holds any; `share` is how many of its
    first cells are numbers. `sample` are the first rows, without the heading.
    """

    names: tuple[str, ...]
    has_heading: bool
    column: int | None
    share: float
    sample: Rows


def look_at(source: ListSource, accept: Accept = Accept.VALID) -> ListColumns:
    """Guess the columns from the first rows. Raises ListUnreadable."""
    rows = list(islice(next(iter(source.batches()), ()), LOOKED_AT))
    width = max(map(len, rows), default=0)
    scores = [_score(rows, column, accept) for column in range(width)]
    column = max(range(width), key=scores.__getitem__, default=None)
    if column is None or not scores[column]:
        return ListColumns(_letters(width), False, None, 0.0, rows)
    has_heading = _is_heading(rows, column, accept)
    names = _letters(width)
    if has_heading:
        heading = rows[0]
        names = tuple(
            heading[n].strip() if n < len(heading) and heading[n].strip() else names[n]
            for n in range(width)
        )
    body = rows[1:] if has_heading else rows
    return ListColumns(names, has_heading, column, _share(body, column, accept), body)


def with_column(found: ListColumns, chosen: str) -> int:
    """The place of the column that `chosen` names: a heading, a letter, or a number from 1.

    Raises UsageError where there is none.
    """
    wanted = chosen.strip().casefold()
    for place, name in enumerate(found.names):
        if name.casefold() == wanted:
            return place
    for place, name in enumerate(_letters(len(found.names))):
        if wanted in {name.casefold(), str(place + 1)}:
            return place
    raise UsageError(
        _("The list has no column {name}.").format(name=chosen),
        _("Its columns are: {names}.").format(names=", ".join(found.names)),
    )


def no_numbers() -> UsageError:
    """No column of the list looks like numbers."""
    return UsageError(
        _("No column of the list holds phone numbers."), _("Choose the column that is meant.")
    )


def cells(rows: Rows, column: int) -> list[str]:
    """One column; rows that are too short have nothing there."""
    return [row[column] if len(row) > column else "" for row in rows]


def _score(rows: Rows, column: int, accept: Accept) -> float:
    share = _share(rows, column, accept)
    heading = rows[0][column] if rows and len(rows[0]) > column else ""
    return share + (_HEADING_COUNTS if share and _HEADING.search(heading) else 0.0)


def _share(rows: Rows, column: int, accept: Accept) -> float:
    """How many of the column's cells are numbers: those that are empty count half against it."""
    texts = cells(rows, column)
    filled = [text for text in texts if text.strip()]
    if not filled:
        return 0.0
    phones = normalize_page(filled, accept).phones
    found = sum(phone is not None for phone in phones)
    return found / (len(filled) + 0.5 * (len(texts) - len(filled)))


def _is_heading(rows: Rows, column: int, accept: Accept) -> bool:
    """Whether the first row names the columns: no number where the numbers stand, but words."""
    first = rows[0]
    text = first[column].strip() if len(first) > column else ""
    if normalize_page([text], accept).phones[0] is not None:
        return False
    if _HEADING.search(text):
        return True
    return bool(text) and len(_DIGIT.findall(text)) < 5


def _letters(width: int) -> tuple[str, ...]:
    return tuple(letter(place) for place in range(width))


def letter(place: int) -> str:
    """`A` for 0, `AA` for 26, as spreadsheets name columns."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def headed(names: Sequence[str]) -> list[str]:
    """Headings that differ from each other, so that a table can be filtered by them."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return made

"""No cell may run as a formula when a spreadsheet opens the file.

Names and rejected numbers come from outside: a project called `=HYPERLINK(…)` must stay text.
Whole columns are tested at once, because nearly none needs a change.
"""

import re
from collections.abc import Sequence

from core.tables.columns import Cell

_DANGEROUS = "=+-@\t\r\0"
_PHONE = re.compile(r"\+[0-9]{8,15}")
# A cell of the column, joined by line feeds, that may have to be changed.
_SUSPECT = re.compile(r"(?:^|\n)(?:[=\-@\t\r\0]|\+(?![0-9]{8,15}(?:\n|\Z)))")


def neutralised(text: str) -> str:
    """The text with an apostrophe before it if it could be taken for a formula.

    A plus and 8 to 15 digits is a phone number and stays as it is.
    """
    if text and text[0] in _DANGEROUS and not _PHONE.fullmatch(text):
        return "'" + text
    return text


def neutralised_column(cells: Sequence[Cell]) -> Sequence[str]:
    """`neutralised` for each cell; None becomes empty text."""
    texts = ["" if cell is None else str(cell) for cell in cells] if _mixed(cells) else cells
    joined = "\n".join(texts)  # type: ignore[arg-type]
    # With line feeds of its own a cell that begins as a phone does would pass for one.
    if joined.count("\n") >= len(texts) or _SUSPECT.search(joined):
        return [neutralised(text) for text in texts]  # type: ignore[arg-type]
    return texts  # type: ignore[return-value]


def _mixed(cells: Sequence[Cell]) -> bool:
    return set(map(type, cells)) != {str}

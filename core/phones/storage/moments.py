"""Times as the server writes them, kept as numbers where nothing is lost by that."""

import re
from collections.abc import Sequence
from datetime import date

Created = int | str | None
"""Unix seconds where the server's text is 'YYYY-MM-DD HH:MM:SS', else that text."""

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOST_DAYS = 20_000  # known at once: half a century
_EPOCH = date(1970, 1, 1)


class _Days(dict[str, int]):
    """'YYYY-MM-DD' to the Unix seconds of its midnight. Raises ValueError for all else."""

    def __missing__(self, text: str) -> int:
        if not _DAY.fullmatch(text):
            raise ValueError
        if len(self) >= _MOST_DAYS:
            self.clear()
        seconds = self[text] = (date.fromisoformat(text) - _EPOCH).days * 86400
        return seconds


_DAYS = _Days()
_MINUTES = {f" {minute // 60:02}:{minute % 60:02}": minute * 60 for minute in range(24 * 60)}
_SECONDS = {f":{second:02}": second for second in range(60)}


def as_seconds(texts: Sequence[str | None]) -> list[Created]:
    """Unix seconds of each text that is 'YYYY-MM-DD HH:MM:SS'; any other text as it is.

    `datetime(seconds, 'unixepoch')` of SQLite gives the same text again. Any thread may call.
    """
    try:
        return [_seconds(text) for text in texts]  # type: ignore[arg-type]
    except (LookupError, TypeError, ValueError):
        return [_seconds_or_text(text) for text in texts]


def _seconds(text: str) -> int:
    return _DAYS[text[:10]] + _MINUTES[text[10:16]] + _SECONDS[text[16:]]


def _seconds_or_text(text: str | None) -> Created:
    try:
        return text and _seconds(text)
    except (LookupError, ValueError):
        return text

"""Where a search for phones stands between two of its pages."""

from dataclasses import dataclass

FIRST_WINDOW = 20_000  # phone ids looked at in the first slice; grows where little is found
LARGEST_WINDOW = 400_000

Found = list[tuple[int, int | None]]  # (phone id, project in which the filter found it)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where to look on.

    `stage` 0: numbers that begin with the text, 1: all others. Sorted by projects, 0: phones of
    many projects, else those of exactly so many.
    """

    stage: int
    key: int | str | None
    id: int = 0
    window: int = FIRST_WINDOW

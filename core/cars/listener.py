"""What a job tells while it works."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.asking.listener import RequestListener


class Stage(StrEnum):
    PAGES = "pages"
    FEED = "feed"
    RECONCILING = "reconciling"
    NORMALIZING = "normalizing"


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` pages, changes, differences or rows of `total`, which is None where nobody knows
    and a guess where `is_guess`; `listings` is how many are new since the beginning."""

    stage: Stage
    done: int
    total: int | None = None
    is_guess: bool = False
    listings: int = 0


class Listener(RequestListener[str], Protocol):
    """Called on the thread of the job, or on the one that asks for it beside it; must return at
    once and must not raise."""

    def progress(self, progress: Progress) -> None: ...

    def tries_again(self, about: str, until: datetime, attempt: int, attempts: int) -> None:
        """`about` fails for longer; it is asked again at that time."""
        ...

    def database_away(self, until: datetime | None) -> None:
        """The database is away and is tried again at that time; None: it is back."""
        ...

    def noted(self, page: int, tries: int) -> None:
        """A page is left out for now and asked again at the end."""
        ...

    def bad_row(self, inner_id: str, why: str) -> None:
        """A listing could not be normalised."""
        ...

    def says(self, text: str) -> None:
        """A sentence for the operator, in the present language."""
        ...

"""The numbers in the cells of a column; a cell may hold several."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from core.phones.numbers.fastpath import normalize_page
from core.phones.numbers.normalize import numbers_in
from core.phones.numbers.outcome import Accept, Rejection


class Found(NamedTuple):
    """A number, or why there is none. `place` is that of its cell, `text` how it is written."""

    place: int
    phone: str | None
    reason: str
    text: str


def found_in(texts: Sequence[str], accept: Accept) -> Iterator[Found]:
    """What stands in each cell, in order: one entry for each, or one for each of several numbers
    where every one of them is valid alone."""
    page = normalize_page(texts, accept)
    for place, (text, phone) in enumerate(zip(texts, page.phones, strict=True)):
        reason = "" if phone is not None else page.rejected[place]
        if reason is Rejection.SEVERAL_NUMBERS and (parts := numbers_in(text, accept)):
            for part in parts:
                yield Found(place, part.phone, "", part.text)
        else:
            yield Found(place, phone, reason, text)

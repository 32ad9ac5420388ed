"""From a page as received to a page as stored. Runs on the worker's thread."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from core.phones.numbers.fastpath import NormalizedPage, normalize_page
from core.phones.numbers.normalize import numbers_in, raw_text
from core.phones.numbers.outcome import Accept, Rejection
from core.phones.storage.forgotten import Forgotten, identities
from core.phones.storage.moments import Created, as_seconds
from core.phones.storage.pages import RejectedRecord
from core.phones.upstream import Page


@dataclass(frozen=True, slots=True)
class SortedPage:
    """The valid records of a page as columns of equal length, and the rejected ones.

    `raws`: what was received, None where that was the bare digits of the phone. A field of
    several numbers is several records, each with its own part of the text. `forgotten` counts
    records of numbers that were erased: they are in neither.
    """

    phones: Sequence[str]
    raws: Sequence[str | None]
    created: Sequence[Created]
    rejected: Sequence[RejectedRecord]
    forgotten: int = 0


def sort_page(page: Page, accept: Accept, forgotten: Forgotten) -> SortedPage:
    """Normalise every record of `page`; what does not validate is kept with its reason."""
    raws = [raw if isinstance(raw, str) else raw_text(raw) for raw in page.phones]
    created_at = page.created_at
    normalized = _normalize(raws, page.odd, accept)
    if Rejection.SEVERAL_NUMBERS in normalized.rejected.values():
        raws, created_at, odd = _divided(raws, created_at, normalized.rejected, accept)
        normalized = _normalize(raws, odd, accept)
    erased = forgotten.among(normalized.phones)
    if forgotten:
        erased |= {
            place
            for place in normalized.rejected
            if any(phone in forgotten for phone in identities(raws[place]))
        }
    if not normalized.rejected and not erased:
        valid = [phone for phone in normalized.phones if phone is not None]
        return SortedPage(valid, _unusual(raws, valid), as_seconds(created_at), ())
    phones: list[str] = []
    kept: list[str] = []
    created: list[str | None] = []
    for place, phone in enumerate(normalized.phones):
        if phone is not None and place not in erased:
            phones.append(phone)
            kept.append(raws[place])
            created.append(created_at[place])
    rejected = [
        RejectedRecord(raws[place], reason, created_at[place])
        for place, reason in normalized.rejected.items()
        if place not in erased
    ]
    return SortedPage(phones, _unusual(kept, phones), as_seconds(created), rejected, len(erased))


def _normalize(raws: Sequence[str], odd: Collection[int], accept: Accept) -> NormalizedPage:
    """As `normalize_page`; what stands at the places `odd` is no record whatever digits it has."""
    if not odd:
        return normalize_page(raws, accept)
    page = normalize_page(["" if n in odd else raw for n, raw in enumerate(raws)], accept)
    return NormalizedPage(page.phones, page.rejected | dict.fromkeys(odd, Rejection.NOT_A_RECORD))


def _divided(
    raws: Sequence[str],
    created_at: Sequence[str | None],
    rejected: Mapping[int, Rejection],
    accept: Accept,
) -> tuple[list[str], list[str | None], set[int]]:
    """The columns with a row for each number of the fields that hold several valid ones, and
    where in them no records are."""
    texts: list[str] = []
    times: list[str | None] = []
    odd: set[int] = set()
    for place, raw in enumerate(raws):
        parts = [raw]
        if rejected.get(place) is Rejection.SEVERAL_NUMBERS:
            parts = [part.text for part in numbers_in(raw, accept)] or parts
        elif rejected.get(place) is Rejection.NOT_A_RECORD:
            odd.add(len(texts))
        texts += parts
        times += [created_at[place]] * len(parts)
    return texts, times, odd


def _unusual(raws: Sequence[str], phones: Sequence[str]) -> list[str | None]:
    return [None if phone[1:] == raw else raw for raw, phone in zip(raws, phones, strict=True)]

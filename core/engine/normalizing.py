"""From a page as received to a page as stored. Runs on the worker's thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.phones.fastpath import normalize_page
from core.phones.normalize import raw_text
from core.phones.outcome import Accept
from core.storage.pages import RejectedRecord
from core.upstream import Page


@dataclass(frozen=True, slots=True)
class SortedPage:
    """The valid records of a page as columns of equal length, and the rejected ones."""

    phones: Sequence[str]
    raws: Sequence[str]
    created_at: Sequence[str | None]
    rejected: Sequence[RejectedRecord]


def sort_page(page: Page, accept: Accept) -> SortedPage:
    """Normalise every record of `page`; what does not validate is kept with its reason."""
    raws = [raw if isinstance(raw, str) else raw_text(raw) for raw in page.phones]
    normalized = normalize_page(raws, accept)
    if not normalized.rejected:
        valid = [phone for phone in normalized.phones if phone is not None]
        return SortedPage(valid, raws, page.created_at, ())
    phones: list[str] = []
    kept: list[str] = []
    created: list[str | None] = []
    for phone, raw, moment in zip(normalized.phones, raws, page.created_at, strict=True):
        if phone is not None:
            phones.append(phone)
            kept.append(raw)
            created.append(moment)
    rejected = [
        RejectedRecord(raws[place], reason, page.created_at[place])
        for place, reason in normalized.rejected.items()
    ]
    return SortedPage(phones, kept, created, rejected)

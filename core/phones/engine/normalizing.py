"""From a page as received to a page as stored. Runs on the worker's thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.phones.numbers.fastpath import normalize_page
from core.phones.numbers.normalize import raw_text
from core.phones.numbers.outcome import Accept
from core.phones.storage.forgotten import Forgotten, identity
from core.phones.storage.moments import Created, as_seconds
from core.phones.storage.pages import RejectedRecord
from core.phones.upstream import Page


@dataclass(frozen=True, slots=True)
class SortedPage:
    """The valid records of a page as columns of equal length, and the rejected ones.

    `raws`: what was received, None where that was the bare digits of the phone.
    `forgotten` counts records of numbers that were erased: they are in neither.
    """

    phones: Sequence[str]
    raws: Sequence[str | None]
    created: Sequence[Created]
    rejected: Sequence[RejectedRecord]
    forgotten: int = 0


def sort_page(page: Page, accept: Accept, forgotten: Forgotten) -> SortedPage:
    """Normalise every record of `page`; what does not validate is kept with its reason."""
    raws = [raw if isinstance(raw, str) else raw_text(raw) for raw in page.phones]
    normalized = normalize_page(raws, accept)
    erased = forgotten.among(normalized.phones)
    if forgotten:
        erased |= {place for place in normalized.rejected if identity(raws[place]) in forgotten}
    if not normalized.rejected and not erased:
        valid = [phone for phone in normalized.phones if phone is not None]
        return SortedPage(valid, _unusual(raws, valid), as_seconds(page.created_at), ())
    phones: list[str] = []
    kept: list[str] = []
    created: list[str | None] = []
    for place, phone in enumerate(normalized.phones):
        if phone is not None and place not in erased:
            phones.append(phone)
            kept.append(raws[place])
            created.append(page.created_at[place])
    rejected = [
        RejectedRecord(raws[place], reason, page.created_at[place])
        for place, reason in normalized.rejected.items()
        if place not in erased
    ]
    return SortedPage(phones, _unusual(kept, phones), as_seconds(created), rejected, len(erased))


def _unusual(raws: Sequence[str], phones: Sequence[str]) -> list[str | None]:
    return [None if phone[1:] == raw else raw for raw, phone in zip(raws, phones, strict=True)]

"""Records that came in front while a project was read: the next page begins with the end of the one
before it."""

from core.phones.upstream import Page


def overlap(before: Page, page: Page) -> int:
    """How many of the last records of `before` come again as the first ones of `page`."""
    if not len(page) or page.created_at[0] is None:
        return 0  # a bare number may well stand twice
    first, phones = page.phones[0], before.phones
    if first not in phones:
        return 0
    for start, phone in enumerate(phones):
        length = len(phones) - start
        if (
            phone == first
            and phones[start:] == page.phones[:length]
            and before.created_at[start:] == page.created_at[:length]
        ):
            return length
    return 0

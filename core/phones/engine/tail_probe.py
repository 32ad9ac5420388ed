"""The first look of a quick read: does the old tail of a project still stand where it stood?

It tells more than that. Where the tail stands in its old place, nothing was put in or taken
away before it: only what follows is new. Where the project ends with the old tail in another
place, everything moved by so many records as were put in before. Otherwise the old part has
changed, and the project has to be read in full.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.asking.span import Span
from core.phones.engine.landmarks import ends_with, record_keys
from core.phones.engine.reading_plan import tail_place
from core.phones.engine.repeats import NO_RECORDS
from core.phones.storage.project_memory import NewAt, ProjectMemory, Reading
from core.phones.upstream import Page


@dataclass(frozen=True, slots=True)
class Tail:
    """What the look showed: how to go on, and the pages, each with when it was asked for.

    TAIL: on from the page after `pages`, unless `ended`. HEAD: the old head must stand where
    `counted`, the number of records, says. FULL: from page 1. `before` is the number of
    records before `pages`, the first of which has the number `first`.
    """

    reading: Reading
    pages: list[tuple[Page, Span]]
    first: int
    before: int
    ended: bool
    counted: int | None = None

    def proves(self, memory: ProjectMemory) -> bool:
        """Whether the tail in its place is enough: new records come at the end, and be it that it
        showed now."""
        brought = self.before + sum(len(page) for page, _ in self.pages) > memory.records
        return memory.new_at is NewAt.END or (brought and memory.new_at is NewAt.UNKNOWN)


def look_at_tail(memory: ProjectMemory, ask: Callable[[int], tuple[Page, Span]]) -> Tail:
    """Ask for the page on which the old tail begins and for what it needs besides."""
    size, place = memory.page_size, tail_place(memory)
    before = (place.page - 1) * size
    pages: list[tuple[Page, Span]] = []
    keys: list[bytes] = []

    def look() -> bool:
        """One page more; whether the project goes on after it."""
        page, span = ask(place.page + len(pages))
        if pages and page == pages[-1][0]:
            page = NO_RECORDS  # the last page comes again
        pages.append((page, span))
        keys.extend(record_keys(pages[-1][0]))
        return len(pages[-1][0]) == size

    def tail(reading: Reading, counted: int | None = None) -> Tail:
        return Tail(reading, pages, place.page, before, not more, counted)

    more = look()
    while more and len(keys) < place.length:
        more = look()
    if ends_with(keys, place.length, memory.tail) and _regular(pages, size):
        return tail(Reading.TAIL)
    if more:
        more = look()  # a few new records may have moved the tail over the edge of a page
    moved = len(keys) > place.length and ends_with(keys, len(keys), memory.tail)
    if moved and not more and memory.head and _regular(pages, size):
        return tail(Reading.HEAD, before + len(keys))
    return tail(Reading.FULL)


def tail_moved_by(
    memory: ProjectMemory, records: int, ask: Callable[[int], tuple[Page, Span]]
) -> bool:
    """Whether the old tail ends the project and moved by at least `records`: it moves on while new
    ones come at the front, so that a look before it was told of them is no contradiction."""
    tail = look_at_tail(replace(memory, records=memory.records + records), ask)
    if tail.reading is Reading.TAIL:
        return tail.before + sum(len(page) for page, _ in tail.pages) == memory.records + records
    return tail.reading is Reading.HEAD


def _regular(pages: list[tuple[Page, Span]], size: int) -> bool:
    lengths = [len(page) for page, _ in pages]
    return all(length == size for length in lengths[:-1]) and lengths[-1] <= size

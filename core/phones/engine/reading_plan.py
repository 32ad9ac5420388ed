"""How a project is read: in full, from its old tail on, or from the front to its old head.

In numbers of requests, for a project of many pages with few new records:

* TAIL costs one where new records come at the end or nothing is new, and proves by the place of the
  old tail that as many records stand before it as did. Where new records come at the front, it
  tells how many there are, and a HEAD reading has to follow.
* HEAD alone costs one where new records come at the front, but shows nothing of what lies behind
  the old head. So it is believed only where it brought something, and at most HEADS_IN_A_ROW times
  before a tail proves again that nothing was missed.
* Both cost two: a tail in its place behind a head in its place leaves only changes that cancel each
  other out between them.

So 'nothing new' is said of a project whose new records come at the end after a look at its tail, of
any other after a look at both ends. Wherever an end is not what it was, and not by new records
alone, the project is read in full. What that leaves unseen stands in docs/reliability.md.

The `date` field of the server is not used: with it a project costs two requests at least, for the
day of the last read, which was not over, and for today, and they prove nothing of the old part
(`benchmarks.date_field` compares them). It could save pages only where new records stand neither
at the end nor at the front; such a project is read in full.
"""

from dataclasses import dataclass

from core.phones.engine.landmarks import LEAST
from core.phones.events import Mode
from core.phones.storage.project_memory import NewAt, ProjectMemory, Reading

HEADS_IN_A_ROW = 4


@dataclass(frozen=True, slots=True)
class TailPlace:
    """Where a quick read begins: from the beginning of page `page` to the end of the old tail
    there are `length` records."""

    page: int
    length: int


def tail_place(memory: ProjectMemory) -> TailPlace:
    """The last page that holds enough of the old tail to prove anything, from its beginning."""
    size = memory.page_size
    full = memory.records // size
    while full and memory.records - full * size < LEAST:
        full -= 1
    return TailPlace(full + 1, memory.records - full * size)


def plan(memory: ProjectMemory | None, mode: Mode, page_size: int, full_every: int) -> Reading:
    """How to begin reading a project; every `full_every`-th quick read is a full one."""
    if (
        mode is Mode.FULL
        or memory is None
        or memory.page_size != page_size
        or not memory.tail
        or memory.quick_reads + 1 >= full_every
        or tail_place(memory).page < 2  # a single page is simply read
    ):
        return Reading.FULL
    likely = memory.new_at is NewAt.FRONT and memory.head_reads < HEADS_IN_A_ROW
    return Reading.HEAD if likely and memory.head else Reading.TAIL

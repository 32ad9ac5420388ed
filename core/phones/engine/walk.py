"""How far the reading of one project has come, and how a page ends it."""

from dataclasses import dataclass, field

from core.asking.span import LONG_AGO, Span
from core.phones.engine.landmarks import HeadSearch, Landmarks
from core.phones.engine.overlap import overlap
from core.phones.engine.project_report import ProjectReport
from core.phones.engine.repeats import Repeats
from core.phones.storage.checkpoints import ProjectTask
from core.phones.storage.pages import PageToStore
from core.phones.storage.project_memory import Reading
from core.phones.upstream import Page


@dataclass(slots=True)
class Walk:
    """A reading on its way: `records` stand before page `number`, which comes next."""

    task: ProjectTask
    report: ProjectReport
    reading: Reading
    epoch: int
    number: int = 1
    records: int = 0
    previous: int = 0
    previous_span: Span = LONG_AGO
    counted: int | None = None
    landmarks: Landmarks | None = None  # None where an earlier session read a part
    search: HeadSearch | None = None
    repeats: Repeats = field(default_factory=Repeats)
    last: Page | None = None  # the page that was passed last, in this session
    ahead: tuple[Page, Span] | None = None  # page `number`, where it was asked for before
    held: list[PageToStore] = field(default_factory=list)

    @property
    def known_left(self) -> int | None:
        """How many records stood from here on when the project was read last."""
        if self.task.memory is None or self.reading is Reading.HEAD:
            return None
        return self.task.memory.records - self.records

    def pass_page(self, page: Page, span: Span, *, even: bool) -> None:
        if even and self.previous and len(page):
            # The one before was full; longer ones before it count less.
            self.records = min(self.records, (self.number - 1) * self.previous)
        self.number += 1
        again = self.again(page)
        self.records += len(page) - again
        self.last = page
        self.previous, self.previous_span = len(page), span
        if self.landmarks is not None:
            self.landmarks.add(page, again)
        if len(page):
            self.repeats.passed(page)

    def again(self, page: Page) -> int:
        """How many records of the next page came with the one before."""
        return overlap(self.last, page) if self.last is not None else 0

    def step_back(self) -> None:
        """The page that was passed last has got more records: it comes once more."""
        self.number -= 1
        self.records -= self.previous
        self.previous, self.previous_span = 0, LONG_AGO
        self.landmarks = self.last = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How the page that ends a reading ends it; `found`: so many records before the old head."""

    assumed: bool = False
    complete: bool = True
    found: int | None = None

"""Reads one project page by page: in full, or only where new records can be.

`core.phones.engine.reading_plan` says how a reading begins. Every page that is received is stored
with a checkpoint that says how to go on, so that a reading can be interrupted anywhere; what
is remembered for the next quick read is written with the last page.
"""

import logging
from dataclasses import dataclass, field, replace
from functools import partial
from sqlite3 import Connection

from core.asking.span import LONG_AGO, Span
from core.asking.troubles import Refused, TemporaryTrouble
from core.phones.engine import remembering
from core.phones.engine.evenness import Look, Place, Showed
from core.phones.engine.landmarks import HeadSearch, Landmarks
from core.phones.engine.marks import landmarks_in, last_page, to_marks
from core.phones.engine.normalizing import sort_page
from core.phones.engine.overlap import overlap
from core.phones.engine.page_ends import Judgement, Verdict
from core.phones.engine.project_report import ProjectReport
from core.phones.engine.reading_plan import plan
from core.phones.engine.repeats import NO_RECORDS, Repeats, page_digest
from core.phones.engine.request_events import About
from core.phones.engine.session import Session
from core.phones.engine.tail_probe import Tail, look_at_tail, tail_moved_by
from core.phones.events import Notice, PageSizeLearned, Target
from core.phones.storage import meta
from core.phones.storage.checkpoints import (
    ProjectTask,
    reopen_ended_on,
    reopen_unproven,
    reread_paged,
)
from core.phones.storage.pages import PageToStore
from core.phones.storage.project_memory import ProjectMemory, Reading
from core.phones.upstream import Page, Upstream
from core.turns import computing

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Walk:
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
class _Ending:
    """How the page that ends a reading ends it; `found`: so many records before the old head."""

    assumed: bool = False
    complete: bool = True
    found: int | None = None


def _begins_as_before(page: Page, memory: ProjectMemory) -> bool:
    """Whether the old head stands at the beginning of page 1."""
    return bool(memory.head) and HeadSearch(memory.head, 0).look(page) == 0


class ProjectReader:
    """Reads projects for one worker, on the worker's thread."""

    def __init__(self, session: Session, upstream: Upstream) -> None:
        self._session = session
        self._upstream = upstream
        self._answered = False  # of the project in hand

    def read(self, task: ProjectTask) -> None:
        """Read `task` to its end. Raises what `Requester.ask` and `Writer.put` raise.

        Pages stored before an exception stay stored; the next try goes on after them.
        """
        self._answered = False
        report = ProjectReport(self._session, task)
        reading = task.reading
        if reading is Reading.UNDECIDED:
            reading = self._plan(task)
            if reading is not Reading.FULL and task.memory is not None:
                begin = self._from_tail if reading is Reading.TAIL else self._from_front
                walk = begin(task, task.memory, report)
                if walk is not None:
                    self._go(walk)
                return
        self._go(self._from_checkpoint(task, reading, report))

    def _plan(self, task: ProjectTask) -> Reading:
        session = self._session
        if session.limits.pages is not None:
            return Reading.FULL
        if session.page_ends.uneven:
            return Reading.FULL
        size, every = session.page_ends.size, session.settings.quick_full_every
        return plan(task.memory, session.mode, size, every)

    def _from_checkpoint(self, task: ProjectTask, reading: Reading, report: ProjectReport) -> _Walk:
        walk = _Walk(task, report, reading, self._session.page_ends.epoch, counted=task.counted)
        if walk.epoch and task.next_page > 1:
            # It came there by other page numbers, perhaps: the task is older than their change.
            return self._anew(walk)
        if task.next_page == 1:
            walk.landmarks = Landmarks()
        else:
            walk.number, walk.records = task.next_page, task.records
            # When that page was asked for is not known any more, so it proves nothing.
            walk.previous, walk.previous_span = task.last_length, Span(0, task.last_request)
            walk.repeats = Repeats(last_page(task.marks))
            walk.landmarks = landmarks_in(task.marks)
        if reading is Reading.HEAD and task.memory is not None:
            walk.search = HeadSearch(task.memory.head, walk.records)
        return walk

    def _from_front(
        self, task: ProjectTask, memory: ProjectMemory, report: ProjectReport
    ) -> _Walk | None:
        """Look for new records at the front; where to go on from, None where that was all."""
        front = self._ask(task, 1)
        if _begins_as_before(front[0], memory):
            return self._from_tail(task, memory, report, front)
        walk = self._from_checkpoint(task, Reading.HEAD, report)
        walk.ahead = front
        return walk

    def _from_tail(
        self,
        task: ProjectTask,
        memory: ProjectMemory,
        report: ProjectReport,
        front: tuple[Page, Span] | None = None,
    ) -> _Walk | None:
        """Look at the old tail; where to go on from, None where that was all. `front` is page 1
        where the old head still stands in its place there."""
        ends = self._session.page_ends
        walk = _Walk(task, report, Reading.TAIL, ends.epoch, landmarks=Landmarks())
        tail = look_at_tail(memory, partial(self._ask, task))
        if tail.reading is Reading.TAIL and front is None and not tail.proves(memory):
            front = self._ask(task, 1)
            if not _begins_as_before(front[0], memory):
                tail = replace(tail, reading=Reading.FULL)  # as many came as went
        walk.ahead = front
        if tail.reading is not Reading.TAIL:
            return self._from_page_1(walk, tail, memory)
        ends.proven(memory.page_size, tail.pages[0][1])
        walk.number, walk.records, walk.ahead = tail.first, tail.before, None
        for page, span in tail.pages:
            walk.pass_page(page, span, even=True)
            ended = tail.ended and walk.number == tail.first + len(tail.pages)
            self._store(walk, page, _Ending() if ended else None)
        return None if tail.ended else walk

    def _from_page_1(self, walk: _Walk, tail: Tail, memory: ProjectMemory) -> _Walk:
        """The tail has moved or is gone: keep what was received, and begin at the front."""
        walk.reading, walk.counted = tail.reading, tail.counted
        for page, span in tail.pages:
            walk.previous_span = span
            self._store(walk, page, None, next_page=1)
        walk.previous, walk.previous_span = 0, LONG_AGO
        if tail.reading is Reading.HEAD:
            walk.search = HeadSearch(memory.head, 0)
        return walk

    def _go(self, walk: _Walk) -> None:
        """Read from page `walk.number` to the end, or to the old head."""
        ends = self._session.page_ends
        while True:
            page, span = walk.ahead or self._ask(walk.task, walk.number)
            walk.ahead = None
            if len(page) and self._came_before(walk, page):
                page = NO_RECORDS
            if ends.epoch != walk.epoch:
                # Page numbers mean other records than when this project was begun.
                walk = self._anew(walk)
                continue
            judgement = self._judge(walk, page, span)
            if judgement.look is not None:
                again, again_span = self._look_again(walk, judgement.look)
                if ends.epoch != walk.epoch or (again is not None and walk.search is not None):
                    walk = self._anew(walk)
                    continue
                if again is not None:
                    walk.step_back()
                    page, span = again, again_span
                judgement = self._judge(walk, page, span, looked=True)
            if judgement.reread_after is not None and walk.number > 1:
                self._follow(judgement)
                walk = self._anew(walk)
                continue
            ending = self._ending(walk, page, judgement.verdict)
            walk.pass_page(page, span, even=not ends.uneven)
            self._store(walk, page, ending)
            self._follow(judgement)
            if ending is not None:
                return

    def _judge(self, walk: _Walk, page: Page, span: Span, *, looked: bool = False) -> Judgement:
        at = Place(walk.task.project_id, walk.number, walk.repeats.last)
        ends, known = self._session.page_ends, walk.known_left
        return ends.judge(
            len(page), span, walk.previous, walk.previous_span, known, at, looked=looked
        )

    def _came_before(self, walk: _Walk, page: Page) -> bool:
        """Whether the server gives a page beyond the end once more."""
        session = self._session
        if not walk.repeats.holds(page):
            return False
        if len(page) >= session.page_ends.size:
            # As many records as a page holds may have come at the front meanwhile.
            after, _ = self._ask(walk.task, walk.number + 1)
            if len(after) and not walk.repeats.holds(after):
                return False
        log.info("project %d: page %d is one before it again", walk.task.project_id, walk.number)
        session.tell_once(Notice("last_page_repeated"))
        return True

    def _look_again(self, walk: _Walk, look: Look) -> tuple[Page | None, Span]:
        """Ask for the page that `look` names; it is returned where the page before the present
        one has got more records and has to be passed again."""
        session, project = self._session, look.project
        try:
            page, span = session.requester.ask(
                About(Target.PROJECT, project, look.page),
                lambda: self._upstream.page(project, look.page),
                self._upstream.probe,
            )
        except (Refused, TemporaryTrouble):
            return None, LONG_AGO  # it shows nothing
        showed = session.page_ends.looked_again(look, len(page), page_digest(page))
        if showed is Showed.UNEVEN:
            self._pages_are_uneven()
        return (page if showed is Showed.GROWN else None), span

    def _pages_are_uneven(self) -> None:
        """Keep it for later runs, and read further whatever ended on the length of a page."""
        session = self._session
        anew = session.page_ends.epoch > 0

        def keep(db: Connection) -> int:
            meta.set_meta(db, meta.PAGES_UNEVEN, "1")
            return reopen_unproven(db, session.run, anew=anew)

        reopened = session.writer.call(keep)
        log.warning(
            "run %d: pages of different lengths in the middle: each project is asked until a page"
            " is empty, %d are read further",
            session.run,
            reopened,
        )
        session.tally.projects_reopened(reopened)
        session.forecast.projects_reopened(reopened)
        session.tell_once(Notice("pages_uneven"))

    def _anew(self, walk: _Walk) -> _Walk:
        epoch = self._session.page_ends.epoch
        return _Walk(walk.task, walk.report, Reading.FULL, epoch, landmarks=Landmarks())

    def _ending(self, walk: _Walk, page: Page, verdict: Verdict) -> _Ending | None:
        """What `page` ends the reading with, None where it goes on."""
        if walk.search is not None and walk.task.memory is not None:
            found = walk.search.look(page.without(walk.again(page)))
            if found is not None or self._session.page_ends.uneven:
                if not self._session.page_ends.uneven and self._fits(walk, found or 0):
                    return _Ending(found=found)
                # Something was put in behind the head, too, or a page lacks records.
                walk.search, walk.reading = None, Reading.FULL
        limit = self._session.limits.pages
        if verdict is not Verdict.MORE:
            return _Ending(assumed=verdict is Verdict.ASSUMED_LAST)
        return _Ending(complete=False) if limit is not None and walk.number >= limit else None

    def _fits(self, walk: _Walk, found: int) -> bool:
        """Whether so many records before the old head are all that the project has more."""
        task = walk.task
        if task.memory is None or walk.counted is None:
            return True
        expected = walk.counted - task.memory.records
        if found > expected and tail_moved_by(task.memory, found, partial(self._ask, task)):
            return True
        return found == expected

    def _ask(self, task: ProjectTask, number: int) -> tuple[Page, Span]:
        session, upstream = self._session, self._upstream
        page, span = session.requester.ask(
            About(Target.PROJECT, task.project_id, number),
            lambda: upstream.page(task.project_id, number),
            upstream.probe,
            look=lambda: session.worked.look(upstream),
            once=session.once and not self._answered,
        )
        self._answered = True
        if len(page):
            session.worked.note(task.project_id, number)
        return page, span

    def _store(
        self, walk: _Walk, page: Page, ending: _Ending | None, next_page: int | None = None
    ) -> None:
        """Hand over `page`, which `walk` has passed; with `next_page` the walk goes on there."""
        session, task = self._session, walk.task
        with computing:
            sorted_page = sort_page(page, session.settings.accept, session.forgotten)
        session.forecast.page_read(task.client_id)
        if ending is not None:
            session.forecast.project_finished(task.client_id)
        memory = None if ending is None else self._memory(walk, ending)
        records = walk.records
        if ending is not None and ending.found is not None and task.memory is not None:
            records = task.memory.records + ending.found
        number = walk.number - 1
        walk.held.append(
            PageToStore(
                project_id=task.project_id,
                length=len(page),
                phones=sorted_page.phones,
                raws=sorted_page.raws,
                created=sorted_page.created,
                rejected=sorted_page.rejected,
                forgotten=sorted_page.forgotten,
                next_page=next_page or number + 1,
                done=ending is not None,
                request=walk.previous_span.answered,
                records=records,
                end_assumed=ending is not None and ending.assumed,
                first=number == 1 and next_page is None,
                reading=walk.reading,
                counted=walk.counted,
                complete=ending is None or ending.complete,
                marks=self._marks(walk, ending),
                memory=memory,
                stored=partial(walk.report.page_stored, len(page), ending is not None),
            )
        )
        if ending is None and walk.search is not None and walk.search.may_have_begun:
            return  # only the next page tells, and then both are stored
        for waiting in walk.held:
            session.writer.put(waiting)
        walk.held.clear()

    @staticmethod
    def _marks(walk: _Walk, ending: _Ending | None) -> bytes | None:
        if ending is None:
            return to_marks(walk.repeats.last, walk.landmarks)
        return walk.repeats.last if ending.assumed else None

    @staticmethod
    def _memory(walk: _Walk, ending: _Ending) -> ProjectMemory | None:
        """What to remember of a reading that ends here; None leaves what was remembered."""
        landmarks, before = walk.landmarks, walk.task.memory
        if landmarks is None or not ending.complete:
            return None
        if ending.found is not None and before is not None:
            counted = walk.counted is not None
            return remembering.after_head(landmarks, ending.found, before, counted=counted)
        if walk.reading is Reading.TAIL and before is not None:
            return remembering.after_tail(landmarks, walk.records, before)
        return remembering.after_full(landmarks, walk.records)

    def _follow(self, judgement: Judgement) -> None:
        """What a judgement means for projects that were read before this one."""
        session = self._session
        if judgement.uneven:
            self._pages_are_uneven()
        reopened = 0
        if judgement.reopen_length is not None:
            length = judgement.reopen_length
            anew = session.page_ends.epoch > 0
            reopened += session.writer.call(
                lambda db: reopen_ended_on(db, session.run, [length], anew=anew)
            )
        if judgement.reread_after is not None:
            window = (judgement.reread_after, session.requester.requests)
            session.rereads.append(window)
            reopened += session.writer.call(lambda db: reread_paged(db, session.run, *window))
        if reopened:
            size = session.page_ends.size
            log.warning(
                "run %d: the server's page size is %d now, %d projects are read further",
                session.run,
                size,
                reopened,
            )
            session.tally.projects_reopened(reopened)
            session.forecast.projects_reopened(reopened)
            session.watcher(PageSizeLearned(size, reopened))

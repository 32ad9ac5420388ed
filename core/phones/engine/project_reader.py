"""Reads one project page by page: in full, or only where new records can be.

`core.phones.engine.reading_plan` says how a reading begins. Every page that is received is stored
with a checkpoint that says how to go on, so that a reading can be interrupted anywhere; what
is remembered for the next quick read is written with the last page.
"""

import logging
from dataclasses import replace
from functools import partial

from core.asking.span import LONG_AGO, Span
from core.asking.troubles import Refused, TemporaryTrouble
from core.phones.engine.evenness import Look, Place, Showed
from core.phones.engine.handing_over import hand_over
from core.phones.engine.landmarks import HeadSearch, Landmarks
from core.phones.engine.marks import landmarks_in, last_page
from core.phones.engine.page_ends import Judgement, Verdict
from core.phones.engine.project_report import ProjectReport
from core.phones.engine.reading_plan import plan
from core.phones.engine.reopening import follow, pages_are_uneven
from core.phones.engine.repeats import NO_RECORDS, Repeats, page_digest
from core.phones.engine.request_events import About
from core.phones.engine.session import Session
from core.phones.engine.tail_probe import Tail, look_at_tail, tail_moved_by
from core.phones.engine.walk import Ending, Walk
from core.phones.events import Notice, Target
from core.phones.storage.checkpoints import ProjectTask
from core.phones.storage.project_memory import ProjectMemory, Reading
from core.phones.upstream import Page, Upstream

log = logging.getLogger(__name__)


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

    def _from_checkpoint(self, task: ProjectTask, reading: Reading, report: ProjectReport) -> Walk:
        walk = Walk(task, report, reading, self._session.page_ends.epoch, counted=task.counted)
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
    ) -> Walk | None:
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
    ) -> Walk | None:
        """Look at the old tail; where to go on from, None where that was all. `front` is page 1
        where the old head still stands in its place there."""
        ends = self._session.page_ends
        walk = Walk(task, report, Reading.TAIL, ends.epoch, landmarks=Landmarks())
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
            hand_over(self._session, walk, page, Ending() if ended else None)
        return None if tail.ended else walk

    def _from_page_1(self, walk: Walk, tail: Tail, memory: ProjectMemory) -> Walk:
        """The tail has moved or is gone: keep what was received, and begin at the front."""
        walk.reading, walk.counted = tail.reading, tail.counted
        for page, span in tail.pages:
            walk.previous_span = span
            hand_over(self._session, walk, page, None, next_page=1)
        walk.previous, walk.previous_span = 0, LONG_AGO
        if tail.reading is Reading.HEAD:
            walk.search = HeadSearch(memory.head, 0)
        return walk

    def _go(self, walk: Walk) -> None:
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
                follow(self._session, judgement)
                walk = self._anew(walk)
                continue
            ending = self._ending(walk, page, judgement.verdict)
            walk.pass_page(page, span, even=not ends.uneven)
            hand_over(self._session, walk, page, ending)
            follow(self._session, judgement)
            if ending is not None:
                return

    def _judge(self, walk: Walk, page: Page, span: Span, *, looked: bool = False) -> Judgement:
        at = Place(walk.task.project_id, walk.number, walk.repeats.last)
        ends, known = self._session.page_ends, walk.known_left
        return ends.judge(
            len(page), span, walk.previous, walk.previous_span, known, at, looked=looked
        )

    def _came_before(self, walk: Walk, page: Page) -> bool:
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

    def _look_again(self, walk: Walk, look: Look) -> tuple[Page | None, Span]:
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
            pages_are_uneven(session)
        return (page if showed is Showed.GROWN else None), span

    def _anew(self, walk: Walk) -> Walk:
        epoch = self._session.page_ends.epoch
        return Walk(walk.task, walk.report, Reading.FULL, epoch, landmarks=Landmarks())

    def _ending(self, walk: Walk, page: Page, verdict: Verdict) -> Ending | None:
        """What `page` ends the reading with, None where it goes on."""
        if walk.search is not None and walk.task.memory is not None:
            found = walk.search.look(page.without(walk.again(page)))
            if found is not None or self._session.page_ends.uneven:
                if not self._session.page_ends.uneven and self._fits(walk, found or 0):
                    return Ending(found=found)
                # Something was put in behind the head, too, or a page lacks records.
                walk.search, walk.reading = None, Reading.FULL
        limit = self._session.limits.pages
        if verdict is not Verdict.MORE:
            return Ending(assumed=verdict is Verdict.ASSUMED_LAST)
        return Ending(complete=False) if limit is not None and walk.number >= limit else None

    def _fits(self, walk: Walk, found: int) -> bool:
        """Whether so many records before the old head are all that the project has more."""
        task = walk.task
        if task.memory is None:
            return True
        if walk.counted is None:
            # Nothing new at the front tells nothing of what came behind the old head.
            return found > 0
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

"""Reads one project page by page, from its checkpoint to its end."""

import logging
from functools import partial

from core.engine.normalizing import sort_page
from core.engine.page_ends import Judgement, Verdict
from core.engine.requester import About
from core.engine.session import Session
from core.events import PageSizeLearned, ProjectFinished, Target
from core.storage.checkpoints import ProjectTask, reopen_ended_on, reread_paged
from core.storage.pages import PageCounts, PageToStore
from core.upstream import Page, Upstream

log = logging.getLogger(__name__)


class ProjectReader:
    """Reads projects for one worker, on the worker's thread."""

    def __init__(self, session: Session, upstream: Upstream) -> None:
        self._session = session
        self._upstream = upstream

    def read(self, task: ProjectTask) -> None:
        """Read `task` to its end. Raises what `Requester.ask` and `Writer.put` raise.

        Pages stored before an exception stay stored; the next try goes on after them.
        """
        session = self._session
        ends = session.page_ends
        report = _Report(session, task)
        number, previous, previous_request = task.next_page, task.last_length, task.last_request
        epoch = ends.epoch
        while True:
            page, request = self._ask(task, number)
            if ends.epoch != epoch:
                # Page numbers mean other records than when this project was begun.
                epoch, number, previous = ends.epoch, 1, 0
                continue
            judgement = ends.judge(len(page), request, previous, previous_request)
            if judgement.reread_after is not None and number > 1:
                self._follow(judgement)
                epoch, number, previous = ends.epoch, 1, 0
                continue
            limited = session.limits.pages is not None and number >= session.limits.pages
            done = limited or judgement.verdict is not Verdict.MORE
            self._store(report, page, number, request, judgement, done=done)
            self._follow(judgement)
            if done:
                return
            number, previous, previous_request = number + 1, len(page), request

    def _ask(self, task: ProjectTask, number: int) -> tuple[Page, int]:
        return self._session.requester.ask(
            About(Target.PROJECT, task.project_id, number),
            lambda: self._upstream.page(task.project_id, number),
            self._upstream.probe,
        )

    def _store(
        self,
        report: "_Report",
        page: Page,
        number: int,
        request: int,
        judgement: Judgement,
        *,
        done: bool,
    ) -> None:
        session = self._session
        sorted_page = sort_page(page, session.settings.accept, session.forgotten)
        session.forecast.page_read()
        session.writer.put(
            PageToStore(
                project_id=report.task.project_id,
                length=len(page),
                phones=sorted_page.phones,
                raws=sorted_page.raws,
                created_at=sorted_page.created_at,
                rejected=sorted_page.rejected,
                forgotten=sorted_page.forgotten,
                next_page=number + 1,
                done=done,
                request=request,
                end_assumed=judgement.verdict is Verdict.ASSUMED_LAST,
                first=number == 1,
                stored=partial(report.page_stored, len(page), done),
            )
        )

    def _follow(self, judgement: Judgement) -> None:
        """What a judgement means for projects that were read before this one."""
        session = self._session
        reopened = 0
        if judgement.reopen_length is not None:
            length = judgement.reopen_length
            reopened += session.writer.call(lambda db: reopen_ended_on(db, session.run, [length]))
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
            session.forecast.projects_found(reopened)
            session.watcher(PageSizeLearned(size, reopened))


class _Report:
    """Adds up one project's pages as they are stored; called on the writer's thread."""

    def __init__(self, session: Session, task: ProjectTask) -> None:
        self.task = task
        self._session = session
        self._counts = PageCounts()
        self._received = 0
        self._pages = 0

    def page_stored(self, received: int, done: bool, counts: PageCounts) -> None:
        session, task = self._session, self.task
        self._counts += counts
        self._received += received
        self._pages += received > 0
        session.tally.page_stored(task.client_id, received, counts)
        if not done:
            return
        session.forecast.project_finished()
        session.client_progress(task.client_id, failed=False)
        if not self._pages and task.next_page > 1:
            return  # only a look whether the project really had ended
        log.info(
            "run %d: project %d (%s): %d records, %d new, %d rejected",
            session.run,
            task.project_id,
            task.name,
            self._received,
            self._counts.new,
            self._counts.rejected,
        )
        session.watcher(
            ProjectFinished(
                client_id=task.client_id,
                project_id=task.project_id,
                name=task.name,
                received=self._received,
                new=self._counts.new,
                rejected=self._counts.rejected,
                pages=self._pages,
            )
        )

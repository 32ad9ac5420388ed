"""Before a run may call itself complete: ends that were only assumed, and page numbers.

See `core.engine.page_ends` for the rules. Used by the run's thread between two phases.
"""

from collections.abc import Sequence
from functools import partial

from core.engine.requester import About
from core.engine.session import Session
from core.events import PageSizeLearned, Target
from core.storage.checkpoints import (
    ProjectTask,
    newest_paged_project,
    reopen_ended_on,
    reread_paged,
    take_doubtful,
)
from core.upstream import Upstream

NUMBERING_CHECKS = 3


class ClosingChecks:
    """Finds projects that must be looked at once more."""

    def __init__(self, session: Session, upstream: Upstream) -> None:
        self._session = session
        self._upstream = upstream
        self._numbering_checks = 0

    def settle(self) -> None:
        """Reopen what a worker put away just before another one disproved the assumption."""
        session = self._session
        sizes = sorted(session.page_ends.true_sizes)
        reopened = session.writer.call(lambda db: reopen_ended_on(db, session.run, sizes))
        for after, upto in session.rereads:
            reopened += session.writer.call(
                partial(reread_paged, run=session.run, after=after, upto=upto)
            )
        self._tell(reopened)

    def doubtful_projects(self) -> list[ProjectTask]:
        """One project for each length that nothing has confirmed; each is open again."""
        session = self._session
        found: list[ProjectTask] = []
        if session.limits.pages is not None:
            return found
        for length in session.page_ends.doubtful_lengths():
            task = session.writer.call(partial(take_doubtful, run=session.run, length=length))
            if task is None:
                session.page_ends.confirm(length)
            else:
                found.append(task)
                session.tally.projects_reopened(1)
                session.forecast.projects_reopened(1)
        return found

    def looked_at(self, projects: Sequence[ProjectTask]) -> None:
        """The next page of each was asked for; what was full is known as a page size now."""
        for project in projects:
            self._session.page_ends.confirm(project.last_length)

    def numbering_changed(self) -> bool:
        """Ask once more for a first page that was full: has it still the length it had?

        True where it has not; the projects concerned are open again then.
        """
        session = self._session
        ends = session.page_ends
        limited = session.limits.pages is not None
        if limited or not ends.numbering_in_doubt or self._numbering_checks >= NUMBERING_CHECKS:
            return False
        self._numbering_checks += 1
        task = session.writer.call(lambda db: newest_paged_project(db, session.run, ends.size))
        if task is None:
            return False
        page, request = session.requester.ask(
            About(Target.PROJECT, task.project_id, 1),
            lambda: self._upstream.page(task.project_id, 1),
            self._upstream.probe,
        )
        after = ends.numbering_checked(task.first_length, len(page), request).reread_after
        if after is None:
            return False
        window = (after, request)
        session.rereads.append(window)
        self._tell(session.writer.call(lambda db: reread_paged(db, session.run, *window)))
        return True

    def _tell(self, reopened: int) -> None:
        session = self._session
        if reopened:
            session.tally.projects_reopened(reopened)
            session.forecast.projects_reopened(reopened)
            session.watcher(PageSizeLearned(session.page_ends.size, reopened))

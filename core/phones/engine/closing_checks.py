"""Before a run may call itself complete: ends that were only assumed, and page numbers.

See `core.phones.engine.page_ends` for the rules. Used by the run's thread between two phases.
"""

from collections.abc import Sequence
from functools import partial
from sqlite3 import Connection

from core.asking.span import LONG_AGO, Span
from core.asking.troubles import Refused, TemporaryTrouble
from core.phones.engine.page_ends import NEARLY
from core.phones.engine.request_events import About
from core.phones.engine.session import Session
from core.phones.events import Mode, PageSizeLearned, Target
from core.phones.storage.assumed_ends import (
    count_paged_ends,
    longest_project,
    newest_paged_project,
    reopen_ended_on,
    reopen_unproven,
    reread_paged,
    some_long_project,
    take_doubtful,
    take_ended_on,
)
from core.phones.storage.checkpoints import ProjectTask
from core.phones.upstream import Upstream

NUMBERING_CHECKS = 3
LOOKS = 50  # at projects in doubt, at least; or one in so many requests of the run:
LOOKS_IN = 100
NEARLY_LOOKS_IN = 500  # requests for each look at a project whose last page was nearly full


class ClosingChecks:
    """Finds projects that must be looked at once more."""

    def __init__(self, session: Session, upstream: Upstream) -> None:
        self._session = session
        self._upstream = upstream
        self._numbering_checks = 0
        self._size_shown = False
        self._nearly_looked = False

    def settle(self) -> None:
        """Reopen what a worker put away just before another one disproved the assumption."""
        session = self._session
        sizes = sorted(session.page_ends.true_sizes)
        anew = session.page_ends.epoch > 0
        if session.page_ends.uneven:
            reopened = session.writer.call(lambda db: reopen_unproven(db, session.run, anew=anew))
        else:
            reopened = session.writer.call(
                lambda db: reopen_ended_on(db, session.run, sizes, anew=anew)
            )
        for after, upto in session.rereads:
            reopened += session.writer.call(
                partial(reread_paged, run=session.run, after=after, upto=upto)
            )
        self._tell(reopened)

    def doubtful_projects(self) -> list[ProjectTask]:
        """Projects that ended on a length that nothing has confirmed, as many as can be afforded
        and one for each length in any case; each is open again."""
        session, ends = self._session, self._session.page_ends
        found: list[ProjectTask] = []
        if session.limits.pages is not None:
            return found
        if not self._size_shown and ends.doubtful_lengths():
            self._size_shown = True
            if ends.as_ever:
                self._show_size()
            elif not ends.true_sizes and len(ends.doubtful_lengths()) > 1:
                self._show_longest()
        looks = max(LOOKS, session.requester.requests // LOOKS_IN)
        for length in reversed(ends.doubtful_lengths()):  # what is longest is most likely full
            take = max(1, looks - len(found))
            since = ends.in_doubt_since(length)
            tasks = session.writer.call(
                partial(take_doubtful, run=session.run, length=length, since=since, limit=take)
            )
            if not tasks:
                ends.confirm(length)
            found += tasks
        if found:
            session.tally.projects_reopened(len(found))
            session.forecast.projects_reopened(len(found))
        return found

    def nearly_full_projects(self) -> list[ProjectTask]:
        """Once: projects that ended on a page which lacked few records, each open again. Where a
        server shortens pages, most of those that it shortened are among them."""
        session, lengths = self._session, self._session.page_ends.nearly_full
        if self._nearly_looked or not lengths or session.limits.pages is not None:
            return []
        self._nearly_looked = True
        usual = session.requester.requests // NEARLY_LOOKS_IN

        def take(db: Connection) -> list[ProjectTask]:
            ends, nearly = count_paged_ends(db, session.run, lengths)
            # By chance alone the last pages of projects have all lengths alike.
            too_many = round(nearly - (1 - NEARLY) * ends)
            return take_ended_on(db, session.run, lengths, max(usual, too_many))

        found = session.writer.call(take)
        session.tally.projects_reopened(len(found))
        session.forecast.projects_reopened(len(found))
        return found

    def _show_size(self) -> None:
        """One request instead of one for each doubt: are full pages still as long as they were?"""
        session, ends = self._session, self._session.page_ends
        task = session.writer.call(lambda db: newest_paged_project(db, session.run, ends.size))
        project = task.project_id if task is not None else None
        if project is None:
            project = session.writer.call(lambda db: some_long_project(db, session.run, ends.size))
        if project is None:
            return
        length, span = self._first_page(project)
        if task is not None and length == task.first_length < task.records:
            ends.proven(length, span)  # page numbers are not asked for again then
        else:
            ends.shown(length, span)

    def _show_longest(self) -> None:
        """The same where no project has a second page: is the longest page still as long?"""
        session = self._session
        project = session.writer.call(lambda db: longest_project(db, session.run))
        if project is not None:
            session.page_ends.shown(*self._first_page(project))

    def _first_page(self, project: int) -> tuple[int, Span]:
        """The length of page 1 and when it was asked for; 0 where it cannot be had."""
        try:
            page, span = self._session.requester.ask(
                About(Target.PROJECT, project, 1),
                lambda: self._upstream.page(project, 1),
                self._upstream.probe,
            )
        except (Refused, TemporaryTrouble):
            return 0, LONG_AGO
        return len(page), span

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
        limited = session.limits.pages is not None or ends.uneven
        if limited or not ends.numbering_in_doubt or self._numbering_checks >= NUMBERING_CHECKS:
            return False
        self._numbering_checks += 1
        task = session.writer.call(lambda db: newest_paged_project(db, session.run, ends.size))
        after = None
        quick = session.mode is not Mode.FULL
        if quick and (task is None or task.records == task.first_length):
            after = self._grown_since_earlier_runs()
        if after is None and task is not None:
            length, span = self._first_page(task.project_id)
            if length:
                after = ends.numbering_checked(task.first_length, length, span).reread_after
        if after is None:
            return False
        window = (after, session.requester.requests)
        session.rereads.append(window)
        self._tell(session.writer.call(lambda db: reread_paged(db, session.run, *window)))
        return True

    def _grown_since_earlier_runs(self) -> int | None:
        """Nothing that this run read from its first page would show that pages are longer now; a
        project of several pages does. It may have lost records, so shorter pages prove nothing.
        Returns `Judgement.reread_after`."""
        session, ends = self._session, self._session.page_ends
        project = session.writer.call(lambda db: some_long_project(db, session.run, ends.size + 1))
        if project is None:
            return None
        length, span = self._first_page(project)
        if length <= ends.size:
            return None
        return ends.numbering_checked(ends.size, length, span).reread_after

    def _tell(self, reopened: int) -> None:
        session = self._session
        if reopened:
            session.tally.projects_reopened(reopened)
            session.forecast.projects_reopened(reopened)
            if not session.page_ends.uneven:
                session.watcher(PageSizeLearned(session.page_ends.size, reopened))

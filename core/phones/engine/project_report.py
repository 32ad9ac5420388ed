"""What one reading of a project brought, told when its last page is stored."""

import logging

from core.phones.engine.session import Session
from core.phones.events import ProjectFinished
from core.phones.storage.checkpoints import ProjectTask
from core.phones.storage.pages import PageCounts

log = logging.getLogger(__name__)


class ProjectReport:
    """Adds up one project's pages as they are stored; called on the writer's thread."""

    def __init__(self, session: Session, task: ProjectTask) -> None:
        self.task = task
        self._session = session
        self._counts = PageCounts()
        self._received = 0
        self._pages = 0

    def page_stored(self, length: int, done: bool, counts: PageCounts) -> None:
        session, task = self._session, self.task
        self._counts += counts
        self._received += counts.received
        self._pages += length > 0
        session.tally.page_stored(task.client_id, counts)
        if not done:
            return
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

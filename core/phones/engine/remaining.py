"""What a run still has to do, as the database knows it. For the run's thread.

The tasks themselves are iterated by workers, one at a time (`Frontier`).
"""

from collections.abc import Iterator, Sequence
from functools import partial
from sqlite3 import Connection

from core.phones.engine.frontier import ListProjects, ReadProject, Task
from core.phones.engine.session import Session
from core.phones.storage import checkpoints
from core.phones.storage.rhythm import DueProjects, list_again

PROJECTS_AT_ONCE = 500


class Remaining:
    """Asked between two phases of a run."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def tasks(self) -> Iterator[Task]:
        """Projects and clients that are open, in the order in which the run takes them."""
        return self._by_gain() if self._session.by_rhythm else self._by_client()

    def any(self) -> bool:
        """Whether a client is to be listed or a project to be read."""
        session = self._session
        return session.writer.call(lambda db: checkpoints.is_open(db, session.run))

    def retry_failed(self) -> int:
        """What failed is open again; returns how much that is."""
        session = self._session
        if session.by_rhythm:
            # A project that cannot be read may be gone: its client's older list is no proof.
            clients = session.writer.call(lambda db: list_again(db, session.run))
            session.tally.clients_reopened(clients)
        count = session.writer.call(lambda db: checkpoints.reset_failed(db, session.run))
        session.tally.errors(-count)
        return count

    def _by_client(self) -> Iterator[Task]:
        """What is left of listed clients, then the clients that are not listed yet."""
        session = self._session
        after = (0, 0)
        while projects := session.writer.call(
            partial(
                checkpoints.pending_projects, run=session.run, after=after, limit=PROJECTS_AT_ONCE
            )
        ):
            yield from map(ReadProject, projects)
            after = (projects[-1].client_id, projects[-1].project_id)
        yield from self._lists()

    def _by_gain(self) -> Iterator[Task]:
        """The projects that bring most, then the lists (a new project is all new), then the rest.

        Where a client is to be listed again its projects wait for the list.
        """
        session = self._session
        now = session.clock.now()
        due = session.writer.call(lambda db: DueProjects(db, session.run, now))
        yield from self._load(due, 0, due.first)
        yield from self._lists()
        yield from self._load(due, due.first, len(due))

    def _load(self, due: DueProjects, start: int, end: int) -> Iterator[Task]:
        for place in range(start, end, PROJECTS_AT_ONCE):
            upto = min(end, place + PROJECTS_AT_ONCE)
            yield from map(
                ReadProject, self._session.writer.call(partial(_tasks, due, place, upto))
            )

    def _lists(self) -> Iterator[Task]:
        session = self._session
        clients = session.writer.call(lambda db: checkpoints.pending_clients(db, session.run))
        yield from map(ListProjects, clients)


def _tasks(
    due: DueProjects, start: int, end: int, db: Connection
) -> Sequence[checkpoints.ProjectTask]:
    return due.load(db, start, end)

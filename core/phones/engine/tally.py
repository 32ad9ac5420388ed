"""The counters of a run while it runs, and the sums of its open clients."""

import threading
from dataclasses import dataclass, replace

from core.phones.events import Totals
from core.phones.storage.pages import PageCounts


@dataclass(slots=True)
class _OpenClient:
    username: str
    projects_left: int
    received: int = 0
    new: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class ClientSum:
    """What a client brought, once its last project is stored or has failed."""

    username: str
    received: int
    new: int
    failed_projects: int


class Tally:
    """Adds up what is stored. `before` are the totals of the run's earlier sessions.

    Any thread may call.
    """

    def __init__(self, before: Totals) -> None:
        self._lock = threading.Lock()
        self._totals = before
        self._clients: dict[int, _OpenClient] = {}
        self.current_client = ""

    def client_listed(self, client_id: int, username: str, projects: int) -> None:
        """The list of a client is stored; it brought `projects` that are to be read."""
        with self._lock:
            known = self._clients.setdefault(client_id, _OpenClient(username, 0))
            known.projects_left += projects
            self.current_client = username
            self._totals = replace(self._totals, clients=self._totals.clients + 1)

    def client_continued(self, client_id: int, username: str, projects: int) -> None:
        """A client that an earlier session of the run listed."""
        with self._lock:
            self._clients[client_id] = _OpenClient(username, projects)

    def page_stored(self, client_id: int, counts: PageCounts) -> None:
        with self._lock:
            total = self._totals
            self._totals = replace(
                total,
                received=total.received + counts.received,
                new=total.new + counts.new,
                known=total.known + counts.known,
                repeated=total.repeated + counts.repeated,
                rejected=total.rejected + counts.rejected,
            )
            client = self._clients.get(client_id)
            if client is not None:
                client.received += counts.received
                client.new += counts.new

    def project_finished(self, client_id: int, *, failed: bool) -> ClientSum | None:
        """One project less; the client's sum where it was the last one."""
        with self._lock:
            if not failed:
                self._totals = replace(self._totals, projects=self._totals.projects + 1)
            client = self._clients.get(client_id)
            if client is None:
                return None
            client.failed += failed
            client.projects_left -= 1
            return self._close(client_id, client)

    def client_without_projects(self, client_id: int) -> ClientSum | None:
        """A client that was listed and has nothing to read."""
        with self._lock:
            client = self._clients.get(client_id)
            return self._close(client_id, client) if client else None

    def errors(self, change: int) -> None:
        with self._lock:
            self._totals = replace(self._totals, errors=self._totals.errors + change)

    def clients_reopened(self, count: int) -> None:
        with self._lock:
            self._totals = replace(self._totals, clients=self._totals.clients - count)

    def projects_reopened(self, count: int) -> None:
        with self._lock:
            self._totals = replace(self._totals, projects=self._totals.projects - count)

    def _close(self, client_id: int, client: _OpenClient) -> ClientSum | None:
        if client.projects_left > 0:
            return None
        del self._clients[client_id]
        return ClientSum(client.username, client.received, client.new, client.failed)

    def totals(self, requests: int) -> Totals:
        with self._lock:
            return replace(self._totals, requests=requests)

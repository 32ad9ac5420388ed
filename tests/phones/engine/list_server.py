"""An account as lists that a test changes as it likes; only HTTP is left out."""

import threading
from collections.abc import Callable
from pathlib import Path

from core.clock import SystemClock
from core.phones.collector import Collector, CollectorSetup
from core.phones.engine.session import EngineSettings
from core.phones.events import Event, Mode, RunFinished
from core.phones.run_request import RunRequest
from core.phones.upstream import Client, Listing, Page, Project
from core.stop import StopSignal


class HurriedClock(SystemClock):
    """Does not wait before it tries again: its time moves on instead."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead

    def wait(self, stop: StopSignal, seconds: float) -> bool:
        short = min(seconds, 0.001)
        self._ahead += max(0.0, seconds - short)
        return super().wait(stop, short)


Record = tuple[str, str]  # number and time


class ListServer:
    """`projects` by id, each a list of records in the order in which pages show them.

    `asked` counts the pages asked for; `before_page` is called before each of them.
    """

    def __init__(self, projects: dict[int, list[Record]], page_size: int = 10) -> None:
        self.projects = projects
        self.page_size = page_size
        self.asked: list[tuple[int, int]] = []
        self.before_page: Callable[[int, int], None] = lambda project, number: None
        self._lock = threading.Lock()

    def clients(self) -> Listing[Client]:
        return Listing([Client(1, "d.one")])

    def projects_of(self, client_id: int) -> Listing[Project]:
        return Listing(Project(number, f"p{number}", 1) for number in sorted(self.projects))

    def probe(self) -> None:
        pass

    def page(self, project_id: int, number: int, date: str | None = None) -> Page:
        with self._lock:
            self.before_page(project_id, number)
            self.asked.append((project_id, number))
            records = self.cut(project_id, number)
        return Page([phone for phone, _ in records], [time for _, time in records])

    def cut(self, project_id: int, number: int) -> list[Record]:
        """The records of a page."""
        first = (number - 1) * self.page_size
        return self.projects[project_id][first : first + self.page_size]


class Account:
    """A `ListServer` and a database that collects from it."""

    def __init__(
        self, server: ListServer, database: Path, engine: EngineSettings | None = None
    ) -> None:
        self.server = server
        self.database = database
        engine = engine or EngineSettings(workers=1, delay=0.0, max_retries=0)
        self.events: list[Event] = []
        self.collector = Collector(CollectorSetup(database, engine, lambda: _Source(server)))
        self.collector.watch(self.events.append)

    def run(self, mode: Mode = Mode.FULL) -> RunFinished:
        """A whole run, and what it asked for alone stands in `server.asked`."""
        self.server.asked.clear()
        assert self.collector.start(RunRequest(mode=mode))
        return self.end()

    def end(self) -> RunFinished:
        assert self.collector.wait(60)
        last = self.events[-1]
        assert isinstance(last, RunFinished)
        return last


class _Source:
    """Gives the server the names of the protocol."""

    def __init__(self, server: ListServer) -> None:
        self._server = server

    def open_session(self) -> "_Source":
        return self

    def abandon_requests(self) -> None:
        pass

    def close(self) -> None:
        pass

    def clients(self) -> Listing[Client]:
        return self._server.clients()

    def projects(self, client_id: int) -> Listing[Project]:
        return self._server.projects_of(client_id)

    def page(self, project_id: int, number: int, date: str | None = None) -> Page:
        return self._server.page(project_id, number, date)

    def probe(self) -> None:
        self._server.probe()

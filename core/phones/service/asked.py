"""Counts and times the requests to the server that is collected from, for the metrics."""

import time
from collections.abc import Callable
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Histogram

from core.asking.troubles import Reason, UpstreamError
from core.phones.upstream import Client, Listing, Page, Project, Upstream, UpstreamSource

Answer = TypeVar("Answer")

# As the server calls them; a probe asks for the clients.
_COMMANDS = ("clients", "gck_projects", "gck_phones")
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Asked:
    """What was asked since the program started. Any thread may call."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "api_requests",
            "Requests to the server that is collected from, by what became of them.",
            ("command", "outcome"),
            registry=registry,
        )
        self._seconds = Histogram(
            "api_request_duration_seconds",
            "Time that its answers took.",
            ("command",),
            buckets=_SECONDS,
            registry=registry,
        )
        for command in _COMMANDS:  # from the start: a first failure is seen as a change then
            for outcome in ("ok", Reason.TOKEN_REJECTED, Reason.NO_CONNECTION, Reason.SERVER_ERROR):
                self._requests.labels(command, outcome)

    def measured(self, source: UpstreamSource) -> UpstreamSource:
        """`source`, counted."""
        return _Source(source, self)

    def ask(self, command: str, call: Callable[[], Answer]) -> Answer:
        """`call`, counted and timed. Raises what it raises."""
        outcome = "ok"
        began = time.perf_counter()
        try:
            return call()
        except UpstreamError as error:
            outcome = error.reason.value
            raise
        except BaseException:
            outcome = "internal"
            raise
        finally:
            self._seconds.labels(command).observe(time.perf_counter() - began)
            self._requests.labels(command, outcome).inc()


class _Source:
    def __init__(self, source: UpstreamSource, asked: Asked) -> None:
        self._source = source
        self._asked = asked

    def open_session(self) -> Upstream:
        return _Session(self._source.open_session(), self._asked)

    def abandon_requests(self) -> None:
        self._source.abandon_requests()

    def close(self) -> None:
        self._source.close()


class _Session:
    def __init__(self, upstream: Upstream, asked: Asked) -> None:
        self._upstream = upstream
        self._asked = asked

    def clients(self) -> Listing[Client]:
        return self._asked.ask("clients", self._upstream.clients)

    def projects(self, client_id: int) -> Listing[Project]:
        return self._asked.ask("gck_projects", lambda: self._upstream.projects(client_id))

    def page(self, project_id: int, number: int, date: str | None = None) -> Page:
        return self._asked.ask("gck_phones", lambda: self._upstream.page(project_id, number, date))

    def probe(self) -> None:
        self._asked.ask("clients", self._upstream.probe)

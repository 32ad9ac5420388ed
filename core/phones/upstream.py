"""What the engine needs of a server: clients, their projects, pages of records.

The engine knows only this page. DataMaster's commands and field names live in
`core.phones.datamaster`; a second upstream implements the same protocol.

Every call makes exactly one request. It returns what the server answered or raises an
`UpstreamError` of `core.asking.troubles`. Pace and retries are the business of
`core.asking.requester`, so that they stand in one place whatever the server is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Client:
    """A client account that the token sees."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Project:
    """A project of one client; `status` is the server's own number, 1 where it is silent."""

    id: int
    name: str
    status: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a project's records, as two columns of equal length.

    Columns, not objects: a page holds about 1000 records and a run a million of them.
    `created_at` keeps the server's text (it has no time zone), None where it is absent.
    """

    phones: Sequence[str | int]
    created_at: Sequence[str | None]

    def __len__(self) -> int:
        return len(self.phones)


class Upstream(Protocol):
    """A server to collect from. Each worker thread owns one (`open_session`)."""

    def clients(self) -> Sequence[Client]: ...

    def projects(self, client_id: int) -> Sequence[Project]: ...

    def page(self, project_id: int, number: int, date: str | None = None) -> Page:
        """Records of page `number` (from 1); with `date` (YYYY-MM-DD) that day's only."""
        ...

    def probe(self) -> None:
        """Ask something that always works when the server does; raise what went wrong."""
        ...


class UpstreamSource(Protocol):
    """Opens sessions and can cut off what they are waiting for (any thread may call)."""

    def open_session(self) -> Upstream: ...

    def abandon_requests(self) -> None:
        """Break off every request in flight; their calls raise `TemporaryTrouble`."""
        ...

    def close(self) -> None: ...

"""What the engine needs of a server: clients, their projects, pages of records.

The engine knows only this page. DataMaster's commands and field names live in
`core.phones.datamaster`; a second upstream implements the same protocol.

Every call makes exactly one request. It returns what the server answered or raises an
`UpstreamError` of `core.asking.troubles`. Pace and retries are the business of
`core.asking.requester`, so that they stand in one place whatever the server is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

Item = TypeVar("Item")


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
    `created_at` keeps the server's text (it has no time zone), None where it is absent. `odd` are
    the places of what is no record: there `phones` has the text that was received.
    """

    phones: Sequence[str | int]
    created_at: Sequence[str | None]
    odd: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.phones)

    def without(self, first: int) -> "Page":
        """The same without its first records."""
        return Page(self.phones[first:], self.created_at[first:]) if first else self


class Listing(list[Item]):
    """What a list of the server holds. `unreadable` says of each entry that could not be read
    what is wrong with it: it is missing here, and the run must not call itself complete."""

    def __init__(self, items: Iterable[Item] = (), unreadable: Sequence[str] = ()) -> None:
        super().__init__(items)
        self.unreadable = tuple(unreadable)


class Upstream(Protocol):
    """A server to collect from. Each worker thread owns one (`open_session`)."""

    def clients(self) -> Listing[Client]: ...

    def projects(self, client_id: int) -> Listing[Project]: ...

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


class NotJson(StrEnum):
    """What an answer is that should be JSON: the detail of Reason.NOT_JSON, stored."""

    PAGE = "page"
    ENCODING = "encoding"
    UTF_16 = "utf-16"
    NO_NUMBER = "no number"
    CONTROL = "control character"
    COMMA = "comma"
    GARBLED = "garbled"

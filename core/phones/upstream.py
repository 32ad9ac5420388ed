"""What the engine needs of a server: clients, their projects, pages of records.

The engine knows only this page. DataMaster's commands and field names live in
`core.phones.datamaster`; a second upstream implements the same protocol.

Every call makes exactly one request. It returns what the server answered or raises one of
the `UpstreamError`s below. Pace and retries are the engine's business (`core.phones.engine`), so
that they stand in one place whatever the server is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
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


class Reason(StrEnum):
    """Why a request, a client, a project or a run did not work. Stored in the database."""

    NO_CONNECTION = "no_connection"
    TIMED_OUT = "timed_out"
    DROPPED = "dropped"
    SERVER_ERROR = "server_error"  # detail: the HTTP status
    TOO_MANY_REQUESTS = "too_many_requests"
    NOT_JSON = "not_json"
    CUT_SHORT = "cut_short"
    UNKNOWN_SHAPE = "unknown_shape"  # detail: what was wrong with it
    TOO_LARGE = "too_large"
    REDIRECTED = "redirected"
    CERTIFICATE = "certificate"
    REFUSED = "refused"  # detail: the server's own words
    TOKEN_REJECTED = "token_rejected"  # noqa: S105 - a reason, not a secret
    OUTAGE = "outage"
    DISK_FULL = "disk_full"
    DATABASE = "database"
    DATABASE_HELD = "database_held"  # detail: who collects into it
    UNKNOWN_CLIENTS = "unknown_clients"  # detail: as they were typed
    NOTHING_TO_CONTINUE = "nothing_to_continue"
    DISCARDED = "discarded"  # by the operator: what it stored stays, nobody offers to continue it
    INTERNAL = "internal"


class UpstreamError(Exception):
    """Something went wrong between us and the server.

    `reason` says what in one word for the database and for translation, `detail` adds a
    few words of the server's (already cut and cleaned of control characters and secrets).
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


class TokenRejected(UpstreamError):
    """The server does not accept the token: no other request can work either."""


class TemporaryTrouble(UpstreamError):
    """Worth trying again: no network, a busy or broken server.

    `wait` is how many seconds the server asked us to wait, None where it did not say.
    """

    def __init__(self, reason: Reason, detail: str = "", wait: float | None = None) -> None:
        super().__init__(reason, detail)
        self.wait = wait


class BrokenAnswer(TemporaryTrouble):
    """An answer that is not what was agreed: cut, foreign, or of an unknown shape."""


class Refused(UpstreamError):
    """The server answered properly that it will not do this one thing."""

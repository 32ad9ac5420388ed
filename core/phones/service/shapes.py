"""What the answers look like, for OpenAPI. The values are those of core.phones.as_json."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from core.phones.events import Mode, RunState
from core.phones.run_request import RunRequest, Selection

_LARGEST = 2**53 - 1  # the largest whole number that JSON keeps everywhere


class Run(BaseModel):
    """A run under the names of the runs table."""

    id: int
    started_at: str
    completed_at: str | None
    status: str
    interrupted: bool
    mode: str
    total_clients: int
    total_projects: int
    total_phones: int
    new_phones: int
    errors_count: int
    received: int
    known: int
    repeated: int
    rejected: int
    requests: int
    projects_not_due: int
    projects_left_out: int
    clients_left_out: int
    seconds: float
    reason: str | None
    detail: str


class FailedItem(BaseModel):
    what: str
    client_id: int
    client: str
    project_id: int | None
    project: str
    reason: str
    detail: str
    explanation: str


class RunWithFailures(Run):
    """`failed` holds at most `limit` of what stayed unfinished; `errors_count` says how much."""

    failed: list[FailedItem]


class Status(BaseModel):
    database: str
    collecting: bool
    phones: int
    clients: int
    projects: int
    links: int
    rejected: int
    run: Run | None


class Cost(BaseModel):
    """None where no run has read anything of it yet. Time in seconds."""

    clients: int
    projects: int | None
    projects_not_due: int | None
    requests: int | None
    requests_without_budget: int | None
    seconds: int | None
    known_from_run: int | None


class Health(BaseModel):
    status: str
    database: str = Field(description="`ok`, or `none yet`")
    collecting: bool
    last_run: dict[str, Any] | None = Field(description="id, status, ended_at, reason")


class Began(BaseModel):
    """What was set off. `run` is None where a backup is made first."""

    state: RunState
    run: Run | None


def _whole(value: object) -> object:
    """In JSON 5.0 is the whole number 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_Name = Annotated[str, StringConstraints(max_length=200, pattern=r"\S")]
_Count = Annotated[int, Field(ge=1, le=_LARGEST, strict=True), BeforeValidator(_whole)]


class Order(BaseModel):
    """What a run shall do; everything may be left out."""

    model_config = ConfigDict(extra="forbid")

    mode: Mode = Mode.FULL
    clients: Annotated[list[_Name], Field(max_length=10_000)] = Field(
        default_factory=list, description="names or ids; empty: all"
    )
    limit_clients: _Count | None = None
    limit_projects: _Count | None = None
    max_pages: _Count | None = None
    max_requests: _Count | None = None
    max_minutes: Annotated[float, Field(ge=0.1, le=10_000_000, strict=True)] | None = None

    def request(self) -> RunRequest:
        return RunRequest(
            mode=self.mode,
            selection=Selection(
                clients=tuple(name.strip() for name in self.clients),
                limit_clients=self.limit_clients,
                limit_projects=self.limit_projects,
                max_pages=self.max_pages,
            ),
            max_requests=self.max_requests,
            max_minutes=self.max_minutes,
        )

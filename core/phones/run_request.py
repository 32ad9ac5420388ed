"""What a run is asked to do; kept in the database so that Continue does the same."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from core.phones.events import Mode


@dataclass(frozen=True, slots=True)
class Selection:
    """Which clients to collect and how much of them; empty `clients` means all.

    A client is given by id or by user name, as the operator typed it. The limits are for
    trials: the first N clients, projects of each client, pages of each project.
    """

    clients: Sequence[str] = ()
    limit_clients: int | None = None
    limit_projects: int | None = None
    max_pages: int | None = None


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What Start was asked for. The budget ends a run as completed when it is spent."""

    mode: Mode = Mode.FULL
    selection: Selection = field(default_factory=Selection)
    max_requests: int | None = None
    max_minutes: float | None = None

    @property
    def by_rhythm(self) -> bool:
        """Whether the projects are chosen by what they bring. A trial that limits the projects
        takes the first of each client, due or not."""
        return self.mode is Mode.SMART and self.selection.limit_projects is None

    def to_json(self) -> dict[str, Any]:
        """For `runs.request`."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "RunRequest":
        """What `to_json` gave."""
        values = dict(stored)
        selection = dict(values.pop("selection", {}))
        clients = tuple(selection.pop("clients", ()))
        mode = Mode(values.pop("mode", Mode.FULL))
        return cls(mode=mode, selection=Selection(clients=clients, **selection), **values)

"""Answers of services, read patiently: they carry more keys, lack some, or hold other kinds."""

from dataclasses import dataclass, field
from typing import Any

from core.hub.database.tasks import Service, Status
from core.hub.services.http import Json
from core.hub.services.trouble import Kind, ServiceTrouble, shown_detail

_STATUSES = {
    "pending": Status.PENDING,
    "queued": Status.PENDING,
    "running": Status.RUNNING,
    "stopping": Status.RUNNING,
    "stopped": Status.STOPPED,
    "paused": Status.STOPPED,
    "cancelled": Status.STOPPED,
    "completed": Status.COMPLETED,
    "done": Status.COMPLETED,
    "finished": Status.COMPLETED,
    "failed": Status.FAILED,
    "error": Status.FAILED,
    "auth_error": Status.AUTH_ERROR,
}


@dataclass(frozen=True, slots=True)
class Report:
    """What a service says of a task. `numbers` are counts by our own names, fit to be kept."""

    status: Status
    numbers: dict[str, Any] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a service says to a start."""

    task_id: str
    status: Status


def text(answer: Json, key: str) -> str:
    value = answer.get(key)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def whole(answer: Json, key: str) -> int | None:
    value = answer.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def inner(answer: Json, key: str) -> Json:
    value = answer.get(key)
    return value if isinstance(value, dict) else {}


def listed(answer: Json, service: Service, *keys: str) -> list[Any]:
    """What stands in the lists under `keys`; null stands for an empty one.

    Raises ServiceTrouble (NONSENSE) where there is no such list: that nothing was found is to be
    said by the service, not made of an answer that says nothing.
    """
    found = [[] if answer[key] is None else answer[key] for key in keys if key in answer]
    if not found or not all(isinstance(entries, list) for entries in found):
        raise ServiceTrouble(service, Kind.NONSENSE)
    return [entry for entries in found for entry in entries]


def objects(answer: Json, service: Service, key: str) -> list[Json]:
    """Those of `listed` that are objects."""
    return [entry for entry in listed(answer, service, key) if isinstance(entry, dict)]


def flag(answer: Json, key: str, service: Service) -> bool:
    """Raises ServiceTrouble (NONSENSE) where it is not said."""
    value = answer.get(key)
    if not isinstance(value, bool):
        raise ServiceTrouble(service, Kind.NONSENSE)
    return value


def status(answer: Json, service: Service) -> Status:
    """Raises ServiceTrouble (NONSENSE) where there is none, or none that we know."""
    found = _STATUSES.get(text(answer, "status").casefold())
    if found is None:
        raise ServiceTrouble(service, Kind.NONSENSE)
    return found


def begun(answer: Json, service: Service) -> Begun:
    """Raises ServiceTrouble (NONSENSE) where the answer names no task."""
    task = text(answer, "task_id").strip()
    if not task or len(task) > 200 or not task.isprintable():
        raise ServiceTrouble(service, Kind.NONSENSE)
    return Begun(task, _STATUSES.get(text(answer, "status").casefold(), Status.RUNNING))


def well(answer: Json) -> bool:
    """Whether a `/health` says so; each service has a word of its own."""
    return text(answer, "status") in ("healthy", "ok")


def counted(answer: Json, **names: str) -> dict[str, Any]:
    """The whole numbers of `answer` under our names: `counted(stats, found="items_found")`."""
    found = {ours: whole(answer, theirs) for ours, theirs in names.items()}
    return {name: value for name, value in found.items() if value is not None}


def problem(answer: Json, *keys: str) -> str:
    return next((word for key in keys if (word := shown_detail(answer.get(key)))), "")

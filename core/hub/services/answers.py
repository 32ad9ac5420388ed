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


def objects(answer: Json, key: str) -> list[Json]:
    value = answer.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


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


def counted(answer: Json, **names: str) -> dict[str, Any]:
    """The whole numbers of `answer` under our names: `counted(stats, found="items_found")`."""
    found = {ours: whole(answer, theirs) for ours, theirs in names.items()}
    return {name: value for name, value in found.items() if value is not None}


def problem(answer: Json, *keys: str) -> str:
    return next((word for key in keys if (word := shown_detail(answer.get(key)))), "")

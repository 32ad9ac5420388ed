"""Runs, state, estimates and events for other programs: the same from the command line, over HTTP
and in the log."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.database.lock import is_held
from core.phones import wording
from core.phones.estimate import Estimate
from core.phones.events import Event, Mode, RunStatus
from core.phones.storage.queries.overview import overview
from core.phones.storage.queries.runs import FailedItem, RunRow, newest_run, running_run
from core.phones.storage.reader import Reader


def status_as_json(reader: Reader) -> dict[str, Any]:
    """The totals, and the current or last run. Raises StorageFailure."""
    live = is_held(reader.path)
    run = (running_run(reader) if live else None) or newest_run(reader)
    totals = overview(reader)
    return {
        "database": str(reader.path),
        "collecting": live,
        "phones": totals.phones,
        "clients": totals.clients,
        "projects": totals.projects,
        "links": totals.links,
        "rejected": totals.rejected,
        "run": None if run is None else run_as_json(run, live=live),
    }


def run_as_json(run: RunRow, *, live: bool) -> dict[str, Any]:
    """The run under the names of the runs table. `live`: a process collects into its database."""
    return {
        "id": run.id,
        "started_at": run.started_at.isoformat(),
        "completed_at": run.completed_at.isoformat() if run.completed_at else None,
        "status": run.status.value,
        "interrupted": run.status is RunStatus.RUNNING and not live,
        "mode": run.mode.value,
        "total_clients": run.total_clients,
        "total_projects": run.total_projects,
        "total_phones": run.total_phones,
        "new_phones": run.new_phones,
        "errors_count": run.errors_count,
        "received": run.received,
        "known": run.known,
        "repeated": run.repeated,
        "rejected": run.rejected,
        "requests": run.requests,
        "projects_not_due": run.left_out.not_due,
        "projects_left_out": run.left_out.projects,
        "clients_left_out": run.left_out.clients,
        "seconds": round(run.seconds, 1),
        "reason": run.reason.value if run.reason else None,
        "detail": run.detail,
    }


def failed_as_json(item: FailedItem) -> dict[str, Any]:
    """A client or project that stayed unfinished; `explanation` is in the present language."""
    return {
        "what": item.target.value,
        "client_id": item.client_id,
        "client": item.client,
        "project_id": item.project_id,
        "project": item.project,
        "reason": item.reason,
        "detail": item.detail,
        "explanation": wording.reason(item.reason, item.detail) if item.reason else "",
    }


def estimates_as_json(found: Mapping[Mode, Estimate]) -> dict[str, dict[str, Any]]:
    """What a run of each mode would take; None where no run has read anything yet."""
    return {
        str(mode): {
            "clients": cost.clients,
            "projects": cost.projects,
            "projects_not_due": cost.not_due,
            "requests": cost.requests,
            "requests_without_budget": cost.whole,
            "seconds": None if cost.seconds is None else round(cost.seconds),
            "known_from_run": cost.run_id,
        }
        for mode, cost in found.items()
    }


def event_as_json(event: Event) -> dict[str, Any]:
    """Its fields; words of enumerations as they are stored, times as ISO 8601 in UTC."""
    return {name: _plain(value) for name, value in asdict(event).items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value

"""`app.py status`: the current or last run."""

import argparse
import json
from typing import Any

from core.cli.output import say
from core.database.lock import is_held
from core.formats import duration, moment, number
from core.i18n import _
from core.phones import wording
from core.phones.events import RunStatus
from core.phones.settings.load import load_settings
from core.phones.storage.queries.overview import overview
from core.phones.storage.queries.runs import RunRow, newest_run, running_run
from core.phones.storage.reader import Reader


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("for other programs"))
    parser.add_argument("--demo", action="store_true", help=_("of the demo's database"))


def execute(options: argparse.Namespace) -> int:
    path = load_settings(demo=options.demo).database_path
    with Reader(path) as reader:
        live = is_held(path)
        run = (running_run(reader) if live else None) or newest_run(reader)
        totals = overview(reader)
    if options.json:
        run_json = None if run is None else run_as_json(run, live=live)
        say(
            json.dumps(
                {
                    "database": str(path),
                    "collecting": live,
                    "phones": totals.phones,
                    "clients": totals.clients,
                    "projects": totals.projects,
                    "links": totals.links,
                    "rejected": totals.rejected,
                    "run": run_json,
                }
            )
        )
        return 0
    say(_("Database: {path}").format(path=path))
    say(_("Unique numbers: {count}").format(count=number(totals.phones)))
    if run is None:
        say(_("No run yet."))
        return 0
    for line in run_lines(run, live=live):
        say(line)
    return 0


def run_lines(run: RunRow, *, live: bool) -> list[str]:
    """A run in a few lines. `live`: a process is collecting into this database now."""
    status = wording.status(run.status)
    if run.status is RunStatus.RUNNING and not live:
        status = _("interrupted, can be continued")
    lines = [
        _("Run {id}: {status}, mode {mode}").format(
            id=run.id, status=status, mode=wording.mode(run.mode)
        ),
        _("  started {when}, working time {time}").format(
            when=moment(run.started_at), time=duration(run.seconds)
        ),
    ]
    for label, value in (
        (_("Clients"), run.total_clients),
        (_("Projects"), run.total_projects),
        (_("Valid numbers"), run.total_phones),
        (_("New numbers"), run.new_phones),
        (_("Errors"), run.errors_count),
    ):
        lines.append(f"  {label:<24}{number(value):>12}")
    lines += [f"  {sentence}" for sentence in wording.left_out(run.left_out)]
    if run.reason is not None:
        lines.append("  " + wording.reason(run.reason, run.detail))
    return lines


def run_as_json(run: RunRow, *, live: bool) -> dict[str, Any]:
    """The run under the names of the runs table. `live` as above."""
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
    }

"""`app.py status`: the current or last run."""

import argparse
import json

from core.cli.output import say
from core.database.lock import is_held
from core.formats import duration, moment, number
from core.i18n import _
from core.phones import wording
from core.phones.as_json import status_as_json
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
        if options.json:
            say(json.dumps(status_as_json(reader)))
            return 0
        live = is_held(path)
        run = (running_run(reader) if live else None) or newest_run(reader)
        totals = overview(reader)
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

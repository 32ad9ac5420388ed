"""`app.py runs`: all runs with their five numbers."""

import argparse
import json

from core.cli.output import say
from core.database.lock import is_held
from core.formats import moment, number
from core.i18n import _
from core.phones import wording
from core.phones.as_json import run_as_json
from core.phones.settings.load import load_settings
from core.phones.storage.queries.runs import every_run
from core.phones.storage.reader import Reader


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("for other programs"))
    parser.add_argument("--demo", action="store_true", help=_("of the demo's database"))


def execute(options: argparse.Namespace) -> int:
    path = load_settings(demo=options.demo).database_path
    with Reader(path) as reader:
        live = is_held(path)
        runs = list(every_run(reader))
    if options.json:
        say(json.dumps([run_as_json(run, live=live) for run in runs]))
        return 0
    if not runs:
        say(_("No run yet."))
    table = [
        (
            _("Run"),
            _("Started"),
            _("Mode"),
            _("Result"),
            _("Clients"),
            _("Projects"),
            _("Valid numbers"),
            _("New numbers"),
            _("Errors"),
        )
    ]
    table.extend(
        (
            str(run.id),
            moment(run.started_at),
            wording.mode(run.mode),
            wording.outcome(run.status, live=live, discarded=run.discarded),
            number(run.total_clients),
            number(run.total_projects),
            number(run.total_phones),
            number(run.new_phones),
            number(run.errors_count),
        )
        for run in runs
    )
    widths = [max(len(row[place]) for row in table) for place in range(len(table[0]))]
    for row in table if runs else ():
        cells = [
            cell.ljust(width) if 0 < place < 4 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        say("  ".join(cells).rstrip())
    return 0

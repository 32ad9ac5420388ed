"""`app.py cars reconcile`: compares with the vendor's daily file and mends."""

import argparse

from core.cars.cli.display import Display, table
from core.cars.cli.options import add_demo, day
from core.cars.cli.running import run_job
from core.cars.jobs.reconcile import Differences, reconcile
from core.cars.program import Program
from core.cars.storage.operations import Operation
from core.cli import exit_codes
from core.cli.option_values import some_path
from core.cli.output import say
from core.errors import SettingsError
from core.formats import number
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--date", type=day, metavar="YYYY-MM-DD", help=_("the day of the file; else the newest")
    )
    which.add_argument("--file", type=some_path, metavar="PATH", help=_("a file that is here"))
    parser.add_argument("--dry-run", action="store_true", help=_("only tell"))
    add_demo(parser)


def execute(options: argparse.Namespace) -> int:
    def work(program: Program, display: Display) -> int:
        source = options.file or program.files()
        if source is None:
            raise SettingsError(
                _("The vendor's daily files cannot be had without user name and password."),
                _("Set CHE168_FILES_USER and CHE168_FILES_PASSWORD, or name a file with --file."),
            )
        with (
            program.fetching(display) as job,
            job.recorded(Operation.DATA_FETCH) as record,
        ):
            found = reconcile(job, source, record, day=options.date, dry_run=options.dry_run)
        display.end()
        return _tell(found, dry_run=options.dry_run)

    return run_job(work, demo=options.demo)


def _tell(found: Differences, *, dry_run: bool) -> int:
    say(_("Compared with the file of {day}.").format(day=found.day.isoformat()))
    rows = [
        (_("Missing here"), number(found.missing)),
        (_("On sale here alone"), number(found.surplus)),
    ]
    if not dry_run:
        rows += [
            (_("Added"), number(found.added)),
            (_("Removed"), number(found.removed)),
            (_("Not answered"), number(found.unanswered)),
        ]
    table(rows)
    return exit_codes.SOME_FAILED if found.unanswered else exit_codes.DONE

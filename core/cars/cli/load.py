"""`app.py cars load`: loads every listing, once."""

import argparse

from core.cars.cli.display import Display, table
from core.cars.cli.options import add_demo, add_max_pages
from core.cars.cli.running import run_job
from core.cars.jobs.load import Load, LoadReport
from core.cars.program import Program
from core.cli import exit_codes
from core.cli.output import say, say_error
from core.formats import number
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--once", action="store_true", help=_("do not look for listings that slipped by")
    )
    add_max_pages(parser)
    add_demo(parser)


def execute(options: argparse.Namespace) -> int:
    def work(program: Program, display: Display) -> int:
        with program.fetching(display) as job:
            load = Load(job, once=options.once, max_pages=options.max_pages, files=program.files())
            report = load.run()
        display.end()
        return tell_load(report)

    return run_job(work, demo=options.demo)


def tell_load(report: LoadReport) -> int:
    """Say what a load did; returns the exit code."""
    if report.is_complete:
        say(_("Everything is loaded; `cars update` keeps it current."))
    else:
        say(_("Not everything is loaded yet; the same command goes on from here."))
    table(
        [
            (_("Pages read"), number(report.pages)),
            (_("New listings"), number(report.new)),
            (_("Seen again"), number(report.repeated)),
        ]
    )
    if report.lost_pages:
        say_error(
            _("Pages that could not be had: {count}. The next `cars load` asks again.").format(
                count=number(report.lost_pages)
            )
        )
        return exit_codes.SOME_FAILED
    return exit_codes.DONE

"""`app.py cars update`: takes over what changed since the last time."""

import argparse

from core.cars.cli.daily import every_day
from core.cars.cli.display import Display, table
from core.cars.cli.load import tell_load
from core.cars.cli.normalize import tell_normalize
from core.cars.cli.options import add_demo, add_max_pages, day
from core.cars.cli.running import run_job
from core.cars.jobs.feed import FeedReport
from core.cars.jobs.normalize import Normalizing
from core.cars.jobs.update import update
from core.cars.program import Program
from core.cli import exit_codes
from core.cli.output import say
from core.errors import UsageError
from core.formats import number
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--since", type=day, metavar="YYYY-MM-DD", help=_("go on from this day, not from the place")
    )
    parser.add_argument(
        "--no-normalize", action="store_true", help=_("leave that to `cars normalize`")
    )
    parser.add_argument(
        "--daily", action="store_true", help=_("stay, and update every day at CARS_UPDATE_AT")
    )
    add_max_pages(parser)
    add_demo(parser)


def execute(options: argparse.Namespace) -> int:
    def work(program: Program, display: Display) -> int:
        code = exit_codes.DONE
        with program.fetching(display) as job:
            report = update(
                job, since=options.since, max_pages=options.max_pages, files=program.files()
            )
            display.end()
            if report.load is not None:
                code = tell_load(report.load)
            tell_feed(report.feed)
            if not options.no_normalize:
                normalized = Normalizing(job).run()
                display.end()
                code = max(code, tell_normalize(normalized))
        return code

    def stay(program: Program, display: Display) -> int:
        at = program.settings.update_at
        if at is None:
            raise UsageError(
                _("There is no time for the daily update."),
                _("Put CARS_UPDATE_AT=04:30 or another time into the settings."),
            )
        every_day(at, program.clock, program.stop, lambda: work(program, display))
        return exit_codes.DONE

    return run_job(stay if options.daily else work, demo=options.demo)


def tell_feed(report: FeedReport) -> None:
    """Say what came of the feed."""
    if report.at_end:
        say(_("Read to the end of the feed."))
    else:
        say(_("The end of the feed is not reached yet; the same command goes on from here."))
    counts = report.counts
    table(
        [
            (_("Added"), number(counts.added)),
            (_("Changed"), number(counts.changed)),
            (_("Removed"), number(counts.removed)),
            (_("Known already"), number(counts.skipped)),
            (_("Asked one by one"), number(counts.offers_asked)),
        ]
    )

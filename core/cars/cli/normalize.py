"""`app.py cars normalize`: makes clean columns of what is new."""

import argparse

from core.cars.cli.display import Display, table
from core.cars.cli.options import add_demo
from core.cars.cli.running import run_job
from core.cars.jobs.normalize import BATCH, NormalizeReport, Normalizing
from core.cars.program import Program
from core.cli import exit_codes
from core.cli.option_values import whole_number
from core.cli.output import say, say_error
from core.formats import number
from core.i18n import _

MOST_UNKNOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--batch-size",
        type=whole_number,
        default=BATCH,
        metavar="N",
        help=_("rows in one transaction"),
    )
    parser.add_argument("--again", action="store_true", help=_("all rows, not only new ones"))
    add_demo(parser)


def execute(options: argparse.Namespace) -> int:
    def work(program: Program, display: Display) -> int:
        with program.surroundings(display) as job:
            report = Normalizing(job, options.batch_size).run(again=options.again)
        display.end()
        return tell_normalize(report)

    return run_job(work, demo=options.demo)


def tell_normalize(report: NormalizeReport) -> int:
    """Say what normalising did; returns the exit code."""
    say(_("Normalised."))
    table(
        [
            (_("Rows"), number(report.done)),
            (_("New or changed"), number(report.changed)),
            (_("Values not understood"), number(report.problems.total())),
        ]
    )
    for value, count in report.unknown.most_common(MOST_UNKNOWN):
        say(f"    {value} ({number(count)})")
    if report.bad:
        say_error(
            _("Rows that could not be normalised: {count}. They are tried again next time.").format(
                count=number(report.bad)
            )
        )
        return exit_codes.SOME_FAILED
    return exit_codes.DONE

"""`app.py cars init`: makes the tables."""

import argparse

from core.cars.cli.display import Display
from core.cars.cli.options import add_demo
from core.cars.cli.running import run_job
from core.cars.program import Program
from core.cli import exit_codes
from core.cli.output import say
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_demo(parser)


def execute(options: argparse.Namespace) -> int:
    return run_job(_init, demo=options.demo)


def _init(program: Program, display: Display) -> int:
    with program.surroundings(display) as job:
        say(_("The tables are there: {place}").format(place=job.store.place))
    return exit_codes.DONE

"""`app.py cars init`: makes the tables and, the first time only, tokens for the API."""

import argparse

from core.cars.api.tokens import CarsTokens
from core.cars.cli.display import Display
from core.cars.cli.options import add_demo
from core.cars.cli.running import run_job
from core.cars.program import Program
from core.cli import exit_codes
from core.cli.output import say
from core.database.sql.engine import open_engine
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_demo(parser)


def execute(options: argparse.Namespace) -> int:
    return run_job(_init, demo=options.demo)


def _init(program: Program, display: Display) -> int:
    with program.surroundings(display) as job:
        place = job.store.place
        say(_("The tables are there: {place}").format(place=place))
    engine = open_engine(place)
    try:
        tokens = CarsTokens(engine, place).make_first()
    finally:
        engine.dispose()
    if tokens:
        say(_("Tokens for the API. They are shown this once: keep them as you keep passwords."))
    for token in tokens:
        say(token)
    return exit_codes.DONE

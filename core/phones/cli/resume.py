"""`app.py continue`: goes on with the newest unfinished run, or retries what failed."""

import argparse

from core.i18n import _
from core.phones.cli.running import execute_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help=_("the unfinished run of the demo"))


def execute(options: argparse.Namespace) -> int:
    return execute_run(None, demo=options.demo, draw_growth=options.draw_growth)

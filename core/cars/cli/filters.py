"""`app.py cars filters`: the values that the vendor knows."""

import argparse
import json

from core.cars.cli.display import Display
from core.cars.cli.options import add_demo
from core.cars.cli.running import run_job
from core.cars.program import Program
from core.cli import exit_codes
from core.cli.output import say
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("for other programs"))
    add_demo(parser)


def execute(options: argparse.Namespace) -> int:
    def work(program: Program, display: Display) -> int:
        with program.asker(display) as asker:
            filters = asker.filters()
        display.end()
        if options.json:
            say(json.dumps(filters, ensure_ascii=False))
            return exit_codes.DONE
        for mark, models in sorted(filters["mark"].items()):
            names = models.get("model") if isinstance(models, dict) else None
            say(f"{mark}: {', '.join(map(str, names or ()))}")
        for name, values in filters.items():
            if isinstance(values, list):
                say(f"{name}: {', '.join(map(str, values))}")
        return exit_codes.DONE

    return run_job(work, demo=options.demo)

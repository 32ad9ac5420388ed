"""`app.py cars export`: listings on sale as CSV or XLSX."""

import argparse
from datetime import datetime

from core.asking.limiter import Stopped
from core.cars.cli.display import Display
from core.cars.cli.options import add_demo
from core.cars.cli.running import run_job
from core.cars.database import place_of
from core.cars.export import ExportStopped, Format, export
from core.cars.program import Program
from core.cars.storage.reading import reader
from core.cli import exit_codes
from core.cli.option_values import output
from core.cli.output import say
from core.formats import number
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=[str(name) for name in Format], default="csv")
    parser.add_argument("--out", type=output, metavar="PATH", help=_("file or folder"))
    add_demo(parser)


def execute(options: argparse.Namespace) -> int:
    def work(program: Program, display: Display) -> int:
        form = Format(options.format)
        name = f"cars_{datetime.now().astimezone():%Y-%m-%d_%H-%M-%S}.{form}"
        target = program.settings.export_dir / name
        if options.out is not None:
            options.out.need_folder()
            target = options.out.path / name if options.out.is_folder else options.out.path
        try:
            with reader(place_of(program.settings)) as db:
                rows = export(db, target, form, program.stop)
        except ExportStopped:
            raise Stopped from None
        say(str(target))
        say(_("{count} listings").format(count=number(rows)))
        return exit_codes.DONE

    return run_job(work, demo=options.demo)

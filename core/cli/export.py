"""`app.py export REPORT`: a report as CSV, XLSX or SQLite."""

import argparse
import sys
import time
from pathlib import Path

from core import wording
from core.cli import exit_codes
from core.cli.output import say
from core.cli.running import stopped_by_signals
from core.formats import number, percent
from core.i18n import _
from core.logs import setup_logging
from core.reports.catalog import ReportName
from core.reports.dialect import DELIMITERS, decimal_sign, usual_delimiter
from core.reports.export import (
    ExportCancelled,
    ExportProgress,
    ExportRequest,
    Format,
    export,
)
from core.reports.titles import title
from core.settings.load import load_settings
from core.stop import StopSignal

LINE_EVERY = 10.0  # seconds between lines where there is no terminal
DRAW_EVERY = 0.2  # seconds between two states of the line on a terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    names = "\n".join(f"  {name:<12} {title(name)}" for name in ReportName)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _("Reports:") + "\n" + names
    parser.add_argument(
        "report",
        metavar="REPORT",
        choices=[str(name) for name in ReportName],
        help=_("one of those below"),
    )
    parser.add_argument(
        "--run", type=int, metavar="N", help=_("the run it is about; else the newest")
    )
    parser.add_argument("--out", type=Path, metavar="PATH", help=_("file, or folder for `all`"))
    parser.add_argument("--format", choices=[str(name) for name in Format], default="csv")
    parser.add_argument(
        "--delimiter", choices=list(DELIMITERS), help=_("between the columns of CSV")
    )
    parser.add_argument("--demo", action="store_true", help=_("of the demo's database"))


def execute(options: argparse.Namespace) -> int:
    settings = load_settings(demo=options.demo)
    setup_logging(settings)
    delimiter = DELIMITERS[options.delimiter] if options.delimiter else usual_delimiter()
    request = ExportRequest(
        report=ReportName(options.report),
        folder=settings.export_dir,
        out=options.out.absolute() if options.out else None,
        run_id=options.run,
        format=Format(options.format),
        delimiter=delimiter,
        decimal=decimal_sign(delimiter),
    )
    stop = StopSignal()
    with stopped_by_signals(stop.request):
        line = _ProgressLine()
        try:
            result = export(settings.database_path, request, line.show, stop)
        except ExportCancelled:
            line.end()
            say(_("Cancelled. No file was written."))
            return exit_codes.STOPPED
        finally:
            line.end()
    for file in result.files:
        say(str(file))
    say(wording.rows(result.rows))
    return 0


class _ProgressLine:
    """A line that is overwritten on a terminal, a new one every 10 seconds elsewhere."""

    def __init__(self) -> None:
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        self._next = time.monotonic() + (DRAW_EVERY if self._terminal else LINE_EVERY)
        self._drawn = False

    def show(self, progress: ExportProgress) -> None:
        now = time.monotonic()
        if now < self._next or sys.stderr is None:
            return
        self._next = now + (DRAW_EVERY if self._terminal else LINE_EVERY)
        text = f"{title(progress.report)}: {percent(progress.fraction)}, {number(progress.rows)}"
        sys.stderr.write(f"\r\x1b[K{text}" if self._terminal else f"{text}\n")
        sys.stderr.flush()
        self._drawn = self._terminal

    def end(self) -> None:
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._drawn = False

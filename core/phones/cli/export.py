"""`app.py export REPORT`: a report as CSV, XLSX or SQLite."""

import argparse

from core.cli import exit_codes
from core.cli.option_values import Output, output, whole_number
from core.cli.output import say, say_error
from core.cli.progress_line import ProgressLine
from core.cli.signals import stopped_by_signals
from core.errors import UsageError
from core.formats import number, percent
from core.i18n import _
from core.logs.setup import setup_logging
from core.phones import wording
from core.phones.cli.place import chosen_place
from core.phones.reports.catalog import narrowings
from core.phones.reports.export import ExportCancelled, ExportProgress, ExportRequest, export
from core.phones.reports.names import Format, Headers, Narrowing, ReportName
from core.phones.reports.titles import left_out_words, title
from core.phones.settings.load import load_settings
from core.stop import StopSignal
from core.tables.dialect import DELIMITERS, decimal_sign, usual_delimiter


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
        "--run", type=whole_number, metavar="N", help=_("the run it is about; else the newest")
    )
    parser.add_argument("--region", metavar="NAME", help=_("numbers of this region, for `located`"))
    parser.add_argument(
        "--operator", metavar="NAME", help=_("numbers of this operator, for `located`")
    )
    parser.add_argument("--out", type=output, metavar="PATH", help=_("file, or folder for `all`"))
    parser.add_argument(
        "--format", choices=[str(name) for name in Format], help=_("csv unless PATH ends in .xlsx")
    )
    parser.add_argument(
        "--delimiter",
        choices=list(DELIMITERS),
        metavar="|".join(DELIMITERS),
        help=_("between the columns of CSV"),
    )
    parser.add_argument(
        "--headers",
        choices=[str(name) for name in Headers],
        help=_("for people, as Excel's are usually, or for programs, as those of CSV"),
    )
    parser.add_argument("--demo", action="store_true", help=_("of the demo's database"))


def execute(options: argparse.Namespace) -> int:
    form = _format(options)
    _refuse_what_would_be_ignored(options, form)
    settings = load_settings(demo=options.demo)
    setup_logging(settings)
    delimiter = DELIMITERS[options.delimiter] if options.delimiter else usual_delimiter()
    region, operator = chosen_place(settings.database_path, options)
    request = ExportRequest(
        report=ReportName(options.report),
        folder=settings.export_dir,
        out=options.out.path if options.out else None,
        run_id=_run(options),
        region_id=region,
        operator_id=operator,
        format=form,
        delimiter=delimiter,
        decimal=decimal_sign(delimiter),
        headers=Headers(options.headers) if options.headers else None,
    )
    stop = StopSignal()
    with stopped_by_signals(stop.request):
        line = ProgressLine()
        try:
            result = export(
                settings.database_path, request, lambda done: line.show(_state(done)), stop
            )
        except ExportCancelled:
            line.end()
            say(_("Cancelled. No file was written."))
            return exit_codes.STOPPED
        finally:
            line.end()
    for file in result.files:
        say(str(file))
    say(wording.rows(result.rows))
    if result.left_out:
        say_error(left_out_words(result.left_out))
    return 0


def _format(options: argparse.Namespace) -> Format:
    """As asked for, else as the file is called: Excel opens no workbook that is CSV inside."""
    asked = Format(options.format) if options.format else None
    named = None
    if options.out is not None and options.report != ReportName.ALL:  # `all` makes its folder
        options.out.need_folder()
        named = _named_format(options.out)
    if named is not None and (options.report == ReportName.BASE or asked not in {None, named}):
        raise UsageError(
            _("{path} would not be what its name says.").format(path=options.out.path),
            _("Give the file another ending, or leave --format out."),
        )
    return asked or named or Format.CSV


def _named_format(out: Output) -> Format | None:
    """The format that the name of a file promises; None where it promises none."""
    if out.is_folder:
        return None
    return next((form for form in Format if out.path.suffix.casefold() == f".{form}"), None)


def _refuse_what_would_be_ignored(options: argparse.Namespace, form: Format) -> None:
    """Who gives an option expects that it changes something."""
    if options.report == ReportName.BASE:
        given = {
            "--format": options.format,
            "--delimiter": options.delimiter,
            "--headers": options.headers,
        }
        why = _("`base` is a SQLite file of all numbers.")
    else:
        given = {"--delimiter": options.delimiter if form is Format.XLSX else None}
        why = _("A delimiter stands in CSV only.")
    ignored = [name for name, value in given.items() if value is not None]
    if ignored:
        raise UsageError(
            _("{options} cannot be used here.").format(options=", ".join(ignored)), why
        )


def _run(options: argparse.Namespace) -> int | None:
    """The run that was asked for, where the report is about one.

    `--run` belongs to every report of the contract; where it changes nothing that is told, and
    the file is not named after that run.
    """
    report = ReportName(options.report)
    run: int | None = options.run
    if run is None or Narrowing.RUN in narrowings(report):
        return run
    say_error(
        _("`{report}` is about all runs; `new` names the numbers of one.").format(report=report)
    )
    return None


def _state(progress: ExportProgress) -> str:
    return f"{title(progress.report)}: {percent(progress.fraction)}, {number(progress.rows)}"

"""`app.py lookup FILE`: which numbers of a list are known, new, repeated, or none at all."""

import argparse
from pathlib import Path

from core.cli import exit_codes
from core.cli.option_values import Output, output, some_path
from core.cli.output import say
from core.cli.progress_line import watched
from core.errors import UsageError
from core.formats import number
from core.i18n import _
from core.logs.setup import setup_logging
from core.phones import wording
from core.phones.lookup.answers import Shown, count
from core.phones.lookup.check import CheckedList, checked
from core.phones.lookup.columns import look_at, no_numbers, with_column
from core.phones.lookup.words import shown_word
from core.phones.lookup.writing import write_answers
from core.phones.reports.names import Format
from core.phones.settings.load import load_settings
from core.tables.dialect import DELIMITERS, usual_delimiter
from core.tables.reading.list_file import open_list
from core.watch import Cancelled


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=some_path, metavar="FILE", help=_("a list as CSV, XLSX or text")
    )
    parser.add_argument(
        "--column",
        metavar="C",
        help=_("heading, letter or number of the column with the numbers; else it is guessed"),
    )
    parser.add_argument(
        "--out", type=output, metavar="PATH", help=_("write the answer beside the list's columns")
    )
    parser.add_argument(
        "--only",
        choices=[str(shown) for shown in Shown],
        default=str(Shown.ALL),
        metavar="WHAT",
        help=_("write only rows that are known, new, repeated, no_number or erased"),
    )
    parser.add_argument(
        "--headers",
        choices=["words", "names"],
        default="words",
        help=_("headings and answers in words, or names for programs"),
    )
    parser.add_argument(
        "--delimiter",
        choices=list(DELIMITERS),
        metavar="|".join(DELIMITERS),
        help=_("between the columns of CSV"),
    )
    parser.add_argument("--demo", action="store_true", help=_("of the demo's database"))


def execute(options: argparse.Namespace) -> int:
    target, form = _target(options)
    settings = load_settings(demo=options.demo)
    setup_logging(settings)
    try:
        with open_list(options.file) as source, watched(_("List")) as watch:
            columns = look_at(source, settings.phone_accept)
            column = with_column(columns, options.column) if options.column else columns.column
            if column is None:
                raise no_numbers()
            reading = watch.part(0.0, 0.6 if target else 1.0)
            with checked(
                settings.database_path, source, columns, column, settings.phone_accept, reading
            ) as answer:
                files: tuple[Path, ...] = ()
                if target is not None:
                    files, _rows = write_answers(
                        answer,
                        target,
                        form,
                        DELIMITERS[options.delimiter] if options.delimiter else usual_delimiter(),
                        Shown(options.only),
                        in_words=options.headers == "words",
                        watch=watch.part(0.6, 1.0),
                    )
    except Cancelled:
        say(_("Cancelled. No file was written."))
        return exit_codes.STOPPED
    _tell(answer, Shown(options.only), files)
    return exit_codes.DONE


def _tell(answer: CheckedList, only: Shown, files: tuple[Path, ...]) -> None:
    say(_("Column: {name}").format(name=answer.columns.names[answer.column]))
    counts = answer.counts
    for shown in Shown:
        say(f"  {shown_word(shown):<24}{number(count(counts, shown)):>12}")
    say(f"  {_('Different numbers'):<24}{number(counts.distinct):>12}")
    for file in files:
        say(str(file))
    if files:
        say(wording.rows(count(counts, only)))


def _target(options: argparse.Namespace) -> tuple[Path | None, Format]:
    """The file to write, and its kind by its name. Raises UsageError."""
    out: Output | None = options.out
    if out is None:
        if options.only != Shown.ALL or options.delimiter:
            raise UsageError(
                _("Nothing is written without --out."), _("Name a file: --out answer.xlsx")
            )
        return None, Format.XLSX
    out.need_folder()
    if out.is_folder:
        return out.path / f"{options.file.stem}_checked.xlsx", Format.XLSX
    form = next((f for f in Format if out.path.suffix.casefold() == f".{f}"), None)
    if form is None:
        raise UsageError(
            _("{path} must end in .xlsx or .csv.").format(path=out.path),
            _("Choose another name for the file."),
        )
    if out.path.absolute() == options.file.absolute():
        raise UsageError(
            _("The answer would replace the list itself."), _("Choose another name for the file.")
        )
    return out.path, form

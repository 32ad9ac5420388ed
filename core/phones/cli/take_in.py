"""`app.py import FILE`: takes in an older base, so that 'new' means new to the agency."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from core.cli import exit_codes
from core.cli.option_values import some_path, whole_number
from core.cli.output import say
from core.cli.progress_line import watched
from core.errors import UsageError
from core.formats import moment, number
from core.i18n import _
from core.logs.setup import setup_logging
from core.phones.imports.base_file import open_base
from core.phones.imports.dates import ImportColumns, date_column
from core.phones.imports.history import imports
from core.phones.imports.take_in import Imported, take_in
from core.phones.imports.undo import undo_import
from core.phones.lookup.columns import ListColumns, look_at, no_numbers, with_column
from core.phones.settings.load import load_settings
from core.phones.settings.model import Settings
from core.phones.storage.exclusive import exclusive
from core.phones.storage.reader import Reader
from core.watch import Cancelled


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        nargs="?",
        type=some_path,
        metavar="FILE",
        help=_("a base: SQLite, CSV, XLSX or text"),
    )
    parser.add_argument(
        "--column",
        metavar="C",
        help=_("heading, letter or number of the column with the numbers; else it is guessed"),
    )
    parser.add_argument(
        "--dates",
        metavar="C",
        help=_("the column of the first dates, or none; else it is guessed"),
    )
    parser.add_argument("--list", action="store_true", help=_("which imports there were"))
    parser.add_argument(
        "--undo", type=whole_number, metavar="N", help=_("let go of import N as a whole")
    )
    parser.add_argument("--demo", action="store_true", help=_("of the demo's database"))


def execute(options: argparse.Namespace) -> int:
    if sum((options.file is not None, options.list, options.undo is not None)) != 1:
        raise UsageError(
            _("Name one of these: a file, --list or --undo."), _("`import --help` tells more.")
        )
    settings = load_settings(demo=options.demo)
    setup_logging(settings)
    database = settings.database_path
    if options.list:
        _tell_history(database)
        return exit_codes.DONE
    if options.undo is not None:
        with exclusive(database):
            undone = undo_import(database, options.undo, datetime.now(UTC))
        say(
            _("Undone. Numbers let go: {deleted}. Seen by runs since, and kept: {kept}.").format(
                deleted=number(undone.deleted), kept=number(undone.kept)
            )
        )
        return exit_codes.DONE
    try:
        _tell(_import(options, settings))
    except Cancelled:
        say(_("Cancelled. Nothing was stored."))
        return exit_codes.STOPPED
    return exit_codes.DONE


def _import(options: argparse.Namespace, settings: Settings) -> Imported:
    database = settings.database_path
    with (
        open_base(options.file) as source,
        watched(_("Import")) as watch,
        exclusive(database, existing=False),
    ):
        found = look_at(source, settings.phone_accept)
        chosen = _columns(found, options)
        return take_in(
            database,
            source,
            options.file.name,
            found,
            chosen,
            datetime.now(UTC),
            settings.phone_accept,
            watch,
        )


def _columns(found: ListColumns, options: argparse.Namespace) -> ImportColumns:
    phone = with_column(found, options.column) if options.column else found.column
    if phone is None:
        raise no_numbers()
    if options.dates is None:
        return ImportColumns(phone, date_column(found))
    if options.dates == "none":
        return ImportColumns(phone, None)
    return ImportColumns(phone, with_column(found, options.dates))


def _tell(done: Imported) -> None:
    say(_("Import {number}").format(number=done.id))
    for label, value in (
        (_("Rows"), done.rows),
        (_("Taken in"), done.added),
        (_("Known before"), done.known),
        (_("Repeated"), done.repeated),
        (_("No numbers"), done.rejected),
        (_("Erased"), done.erased),
    ):
        say(f"  {label:<24}{number(value):>12}")
    say(_("To let go of it as a whole: import --undo {number}").format(number=done.id))


def _tell_history(database: Path) -> None:
    with Reader(database) as reader:
        found = imports(reader)
    if not found:
        say(_("Nothing was imported yet."))
    for row in found:
        state = _("undone") if row.undone_at else _("taken in: {n}").format(n=number(row.added))
        say(f"{row.id:>4}  {moment(row.imported_at)}  {row.name}  {state}")

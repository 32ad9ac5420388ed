"""`app.py forget PHONE`: erase a number everywhere and never store it again."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from core.cli import exit_codes
from core.cli.output import say
from core.errors import UsageError
from core.formats import number
from core.i18n import _
from core.logs.setup import setup_logging
from core.own_name import own_name
from core.phones.settings.load import load_settings
from core.phones.storage.exclusive import exclusive
from core.phones.storage.forget import forget, is_number
from core.phones.storage.traces import forget_elsewhere, half_files, other_databases


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("phone", metavar="PHONE", help=_("the number, however it is written"))
    parser.add_argument(
        "--backups", action="store_true", help=_("erase it from the backups as well")
    )
    parser.add_argument("--demo", action="store_true", help=_("of the demo's database"))


def execute(options: argparse.Namespace) -> int:
    settings = load_settings(demo=options.demo)
    setup_logging(settings)
    if not is_number(options.phone):
        raise UsageError(
            _("This is no phone number."), _("Give all its digits, for example +79071234567.")
        )
    database, now = settings.database_path, datetime.now(UTC)
    others = other_databases(database) + half_files(database, settings.export_dir)
    left: list[Path] = []
    with exclusive(database):
        erased = forget(database, options.phone, now)
        if options.backups:
            left = forget_elsewhere(database, options.phone, now, settings.export_dir)
    if erased.anything:
        say(
            _(
                "Erased: the number, links to projects: {links}, rejected records: {rejected}."
            ).format(links=number(erased.links), rejected=number(erased.rejected))
        )
    else:
        say(_("The number is not in the database."))
    say(_("It will not be stored again."))
    if not erased.traceless:
        say(_("Another program reads the database. Close it and erase again to remove all traces."))
    for path in left:
        say(_("It may still be in {path}.").format(path=path))
    if others and options.backups and not left:
        say(_("It is in no backup any more, nor in any other file of the program."))
    elif others and not options.backups:
        again = _("Backups made before may still hold it: {program} forget PHONE --backups")
        say(again.format(program=own_name()))
    say(_("Files that were exported before may still hold it."))
    return exit_codes.DONE

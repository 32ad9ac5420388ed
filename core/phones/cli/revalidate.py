"""`app.py revalidate`: try rejected numbers again with today's numbering metadata."""

import argparse

from core.cli import exit_codes
from core.cli.output import say
from core.cli.progress_line import watched
from core.formats import number
from core.i18n import _
from core.logs.setup import setup_logging
from core.phones.settings.load import load_settings
from core.phones.storage.exclusive import exclusive
from core.phones.storage.revalidate import revalidate
from core.watch import Cancelled


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help=_("of the demo's database"))


def execute(options: argparse.Namespace) -> int:
    settings = load_settings(demo=options.demo)
    setup_logging(settings)
    database, accept = settings.database_path, settings.phone_accept
    try:
        with exclusive(database), watched(_("Rejected numbers")) as watch:
            done = revalidate(database, accept, watch)
    except Cancelled:
        say(_("Cancelled. What was done so far is kept."))
        return exit_codes.STOPPED
    say(
        _(
            "Tried again: {tried}. Accepted now: {accepted}. Numbers not stored before: {new}."
        ).format(
            tried=number(done.tried), accepted=number(done.accepted), new=number(done.new_phones)
        )
    )
    return exit_codes.DONE

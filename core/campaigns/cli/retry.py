"""`app.py campaigns retry GROUP`: let what failed in the newest session be tried again."""

import argparse

from core.campaigns.cli.opened import opened
from core.campaigns.cli.wishes import add_group
from core.campaigns.storage.keeping_groups import need_group
from core.campaigns.storage.sessions import retry
from core.cli import exit_codes
from core.cli.output import say
from core.formats import number
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_group(parser)
    parser.add_argument(
        "--repeat-unknown",
        action="store_true",
        help=_("also what may have arrived: some chats may get it twice"),
    )


def execute(options: argparse.Namespace) -> int:
    with opened() as database, database.transaction() as connection:
        need_group(connection, options.group)
        again, freed = retry(
            connection,
            options.group,
            database.clock.now(),
            repeat_unknown=options.repeat_unknown,
        )
    say(
        _("Messages to try again: {count}. Chats no longer blocked: {freed}.").format(
            count=number(again), freed=number(freed)
        )
    )
    if again or freed:
        say(_("campaigns start {group} sends them.").format(group=options.group))
    return exit_codes.DONE

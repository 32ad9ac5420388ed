"""What pause, resume and stop have in common: a wish that every computer hears."""

import argparse

from core.campaigns.cli.opened import opened
from core.campaigns.storage.keeping_groups import ask
from core.campaigns.words import Wish
from core.cli import exit_codes
from core.cli.output import say
from core.i18n import _


def add_group(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("group", metavar="GROUP", help=_("name of the group"))


def wish(group: str, what: Wish, answer: str) -> int:
    with opened() as database, database.transaction() as connection:
        ask(connection, group, what)
    say(answer)
    return exit_codes.DONE

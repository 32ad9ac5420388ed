"""`app.py campaigns stop GROUP`."""

import argparse

from core.campaigns.cli.wishes import add_group, wish
from core.campaigns.words import Wish
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_group(parser)


def execute(options: argparse.Namespace) -> int:
    answer = _("Whoever sends for {group} ends after the message that is under way.")
    return wish(options.group, Wish.STOP, answer.format(group=options.group))

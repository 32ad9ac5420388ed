"""`app.py campaigns reset GROUP`: begin a group anew."""

import argparse

from core.campaigns.cli.asking import add_yes, is_sure
from core.campaigns.cli.opened import opened
from core.campaigns.cli.wishes import add_group
from core.campaigns.storage.keeping_groups import need_group, need_idle
from core.campaigns.storage.sessions import reset
from core.cli import exit_codes
from core.cli.output import say
from core.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_group(parser)
    add_yes(parser)


def execute(options: argparse.Namespace) -> int:
    with opened() as database:
        with database.transaction() as connection:
            need_group(connection, options.group)
        question = _(
            "Forget what {group} has sent in all sessions? Every chat can get every message again."
        )
        if is_sure(question.format(group=options.group), options):
            with database.transaction() as connection:
                need_idle(connection, options.group)
                reset(connection, options.group)
            say(_("{group} stands as if it had never been started.").format(group=options.group))
    return exit_codes.DONE

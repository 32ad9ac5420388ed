"""`app.py campaigns listen GROUP`: hear who subscribes and who stops, without sending."""

import argparse

from core.campaigns.cli.opened import opened
from core.campaigns.cli.parts import Ears, Parts
from core.campaigns.cli.wishes import add_group
from core.campaigns.storage.keeping_senders import senders_of
from core.cli import exit_codes
from core.cli.output import say
from core.cli.signals import stopped_by_signals
from core.errors import UsageError
from core.i18n import _
from core.stop import StopSignal

LOOK_EVERY = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_group(parser)


def execute(options: argparse.Namespace) -> int:
    with opened(pool_size=20) as database:
        settings = database.of_group(options.group)
        with database.transaction() as connection:
            senders = senders_of(connection, database.cipher, options.group)
        if not senders:
            raise UsageError(_("No sender works for {group}.").format(group=options.group))
        parts = Parts(database, settings, senders)
        ears, stop = Ears(parts, options.group), StopSignal()
        with stopped_by_signals(stop.request):
            ears.start()
            say(_("Listening. Ctrl+C ends it."))
            while not stop.is_set and not ears.wait(LOOK_EVERY):
                pass
            ears.stop()
        parts.close()
    return exit_codes.STOPPED if stop.is_set else ears.exit_code

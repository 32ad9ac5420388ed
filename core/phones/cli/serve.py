"""`app.py serve`: for a server; waits for commands by Telegram and for the daily time."""

import argparse
from typing import TYPE_CHECKING

from core.cli.exit_codes import DONE, STOPPED
from core.cli.output import losses_do_not_matter, say
from core.cli.signals import stopped_by_signals
from core.i18n import _
from core.logs.setup import setup_logging
from core.phones import wording
from core.phones.events import Event, Mode, RunFinished, RunStarted
from core.phones.program import open_program
from core.phones.serve import Server
from core.phones.settings.model import Settings

if TYPE_CHECKING:  # the packed program is without it
    from core.web.address import Address


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--mode",
        choices=[mode.value for mode in Mode],
        default=Mode.FULL.value,
        help=_("how the daily run reads (default: full)"),
    )


def execute(options: argparse.Namespace) -> int:
    """Until Ctrl+C or SIGTERM. 0, or 130 where a run was stopped by that."""
    losses_do_not_matter()
    program = open_program()
    try:
        settings = program.settings
        setup_logging(settings)
        settings.required_token()
        program.telegram.draw_growth = options.draw_growth
        program.collector.watch(_tell)
        server = Server(program, Mode(options.mode))
        with stopped_by_signals(server.stop):
            interrupted = server.run(lambda: _tell_what_for(settings, program.service.address))
        return STOPPED if interrupted else DONE
    finally:
        program.close()


def _tell_what_for(settings: Settings, address: "Address | None") -> None:
    if settings.daily_at is not None:
        say(_("Collecting every day at {time}.").format(time=f"{settings.daily_at:%H:%M}"))
    if settings.telegram_enabled:
        say(_("Waiting for commands by Telegram."))
    if address is not None:
        say(_("Answering over HTTP at {address}.").format(address=address.url))
        if not address.is_loopback:
            say(_("Others can reach it: all but /health needs a token."))
    say(_("Ctrl+C ends the program."))


def _tell(event: Event) -> None:
    """Only how runs begin and end: the rest is in the log."""
    if isinstance(event, RunStarted | RunFinished) and (line := wording.log_line(event)):
        say(line[1])
